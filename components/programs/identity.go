package programs

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/inventory/objects"
)

// called is the name of everything in the cluster that is the program's own.
func (b *builder) called() string { return Prefix + b.args.Part }

// meta is the metadata of an object of the program in the agents' namespace.
func (b *builder) meta() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{
		Name: pulumi.String(b.called()), Namespace: pulumi.String(b.args.Namespace), Labels: b.labels(),
	}
}

// wide is the metadata of an object of the program in no namespace.
func (b *builder) wide() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Name: pulumi.String(b.args.Namespace + "-" + b.called()), Labels: b.labels()}
}

func (b *builder) labels() pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":    pulumi.String(b.called()),
		"app.kubernetes.io/part-of": pulumi.String(b.args.Namespace),
	}
}

func (b *builder) own() pulumi.StringMap {
	return pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(b.called())}
}

// account declares who the program is to the cluster.
func (b *builder) account() error {
	account, err := corev1.NewServiceAccount(b.ctx, b.name+"-account", &corev1.ServiceAccountArgs{
		Metadata: b.meta(), AutomountServiceAccountToken: pulumi.Bool(false),
	}, b.child()...)
	b.before = append(b.before, account)
	return err
}

// reads reports whether the program reads anything of the cluster.
func (b *builder) reads() bool { return len(b.args.Inside)+len(b.args.Wide) > 0 }

// reader lets the program read what it names, and nothing else.
func (b *builder) reader() error {
	subjects := rbacv1.SubjectArray{rbacv1.SubjectArgs{
		Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(b.called()), Namespace: pulumi.String(b.args.Namespace),
	}}
	if len(b.args.Inside) > 0 {
		role, err := rbacv1.NewRole(b.ctx, b.name+"-reader", &rbacv1.RoleArgs{
			Metadata: b.meta(), Rules: rules(b.args.Inside),
		}, b.child()...)
		if err != nil {
			return err
		}
		bound, err := rbacv1.NewRoleBinding(b.ctx, b.name+"-reads", &rbacv1.RoleBindingArgs{
			Metadata: b.meta(), Subjects: subjects, RoleRef: refers("Role", b.called()),
		}, b.child(pulumi.DependsOn([]pulumi.Resource{role}))...)
		if err != nil {
			return err
		}
		b.before = append(b.before, bound)
	}
	if len(b.args.Wide) == 0 {
		return nil
	}
	role, err := rbacv1.NewClusterRole(b.ctx, b.name+"-cluster-reader", &rbacv1.ClusterRoleArgs{
		Metadata: b.wide(), Rules: rules(b.args.Wide),
	}, b.child()...)
	if err != nil {
		return err
	}
	bound, err := rbacv1.NewClusterRoleBinding(b.ctx, b.name+"-cluster-reads", &rbacv1.ClusterRoleBindingArgs{
		Metadata: b.wide(), Subjects: subjects, RoleRef: refers("ClusterRole", b.args.Namespace+"-"+b.called()),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{role}))...)
	b.before = append(b.before, bound)
	return err
}

func refers(kind, name string) *rbacv1.RoleRefArgs {
	return &rbacv1.RoleRefArgs{
		ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String(kind), Name: pulumi.String(name),
	}
}

func rules(list []objects.Rule) rbacv1.PolicyRuleArray {
	var out rbacv1.PolicyRuleArray
	for _, r := range list {
		rule := rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{r.Group}), Resources: pulumi.ToStringArray(r.Resources),
			Verbs: pulumi.ToStringArray([]string{r.Verb}),
		}
		if len(r.Names) > 0 {
			rule.ResourceNames = pulumi.ToStringArray(r.Names)
		}
		out = append(out, rule)
	}
	return out
}

// identity declares who the program is to AWS: a role that only its pods can have.
func (b *builder) identity() error {
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(b.args.Part)),
		Description:      pulumi.Sprintf("What the %s may do in the %s home", b.args.Part, b.args.Scope.Home),
		AssumeRolePolicy: pulumi.String(iampolicy.PodTrust(b.args.Namespace, b.called()).JSON()),
	}, b.child()...)
	if err != nil {
		return err
	}
	b.component.RoleArn = role.Arn
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: b.args.checked(),
	}, b.child()...)
	if err != nil {
		return err
	}
	association, err := eks.NewPodIdentityAssociation(b.ctx, b.name+"-identity", &eks.PodIdentityAssociationArgs{
		ClusterName: b.args.Cluster, Namespace: pulumi.String(b.args.Namespace),
		ServiceAccount: pulumi.String(b.called()), RoleArn: role.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	b.before = append(b.before, association)
	return err
}
