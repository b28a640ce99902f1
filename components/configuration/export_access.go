package configuration

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

// meta is the metadata of an object of the export in the agents' namespace.
func (b *exporter) meta() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{
		Name: pulumi.String(Exporter), Namespace: pulumi.String(b.args.Namespace), Labels: b.labels(),
	}
}

// wide is the metadata of an object of the export in no namespace.
func (b *exporter) wide() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Name: pulumi.String(b.args.Namespace + "-" + Exporter), Labels: b.labels()}
}

func (b *exporter) labels() pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":    pulumi.String(Exporter),
		"app.kubernetes.io/part-of": pulumi.String(b.args.Namespace),
	}
}

// account declares who the export is to the cluster.
func (b *exporter) account() error {
	account, err := corev1.NewServiceAccount(b.ctx, b.name+"-account", &corev1.ServiceAccountArgs{
		Metadata: b.meta(), AutomountServiceAccountToken: pulumi.Bool(false),
	}, b.child()...)
	b.before = append(b.before, account)
	return err
}

// reader lets the export read what is kept, and nothing else: no secret, no
// other namespace, nothing that changes anything.
func (b *exporter) reader() error {
	inside, cluster := objects.Rules(b.args.Namespace)
	role, err := rbacv1.NewRole(b.ctx, b.name+"-reader", &rbacv1.RoleArgs{
		Metadata: b.meta(), Rules: rules(inside),
	}, b.child()...)
	if err != nil {
		return err
	}
	wide, err := rbacv1.NewClusterRole(b.ctx, b.name+"-cluster-reader", &rbacv1.ClusterRoleArgs{
		Metadata: b.wide(), Rules: rules(cluster),
	}, b.child()...)
	if err != nil {
		return err
	}
	subjects := rbacv1.SubjectArray{rbacv1.SubjectArgs{
		Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(Exporter), Namespace: pulumi.String(b.args.Namespace),
	}}
	bound, err := rbacv1.NewRoleBinding(b.ctx, b.name+"-reads", &rbacv1.RoleBindingArgs{
		Metadata: b.meta(), Subjects: subjects, RoleRef: refers("Role", Exporter),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{role}))...)
	if err != nil {
		return err
	}
	bounds, err := rbacv1.NewClusterRoleBinding(b.ctx, b.name+"-cluster-reads", &rbacv1.ClusterRoleBindingArgs{
		Metadata: b.wide(), Subjects: subjects, RoleRef: refers("ClusterRole", b.args.Namespace+"-"+Exporter),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{wide}))...)
	b.before = append(b.before, bound, bounds)
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

// identity declares who the export is to AWS: a role that only its pods can
// have, and that may write below one prefix of one bucket.
func (b *exporter) identity() error {
	s := b.args.Scope
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Name: pulumi.String(s.Role("export")),
		Description: pulumi.Sprintf("Writes the Kubernetes objects of the %s home into its configuration bucket",
			s.Home),
		AssumeRolePolicy: pulumi.String(iampolicy.PodTrust(b.args.Namespace, Exporter).JSON()),
	}, b.child()...)
	if err != nil {
		return err
	}
	b.component.RoleArn = role.Arn
	text := pulumi.All(b.args.Bucket, b.args.KeyArn).ApplyT(func(v []any) (string, error) {
		return b.args.allowed(v[0].(string), v[1].(string)).Checked()
	}).(pulumi.StringOutput)
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: text,
	}, b.child()...)
	if err != nil {
		return err
	}
	association, err := eks.NewPodIdentityAssociation(b.ctx, b.name+"-identity", &eks.PodIdentityAssociationArgs{
		ClusterName: b.args.Cluster, Namespace: pulumi.String(b.args.Namespace),
		ServiceAccount: pulumi.String(Exporter), RoleArn: role.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	b.before = append(b.before, association)
	return err
}

// allowed is all that the export may do to AWS. S3 makes a data key for what it
// writes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html); with a bucket key the
// encryption context is the bucket.
func (a ExportArgs) allowed(bucket, key string) iampolicy.Document {
	arn := "arn:aws:s3:::" + bucket
	seal := iampolicy.Statement{Sid: "Seal", Actions: []string{"kms:GenerateDataKey"}, Resources: []string{key}}.With(
		iampolicy.Condition{Operator: "StringEquals", Key: "kms:ViaService",
			Values: []string{"s3." + a.Scope.Region + ".amazonaws.com"}}).With(
		iampolicy.Condition{Operator: "StringLike", Key: "kms:EncryptionContext:aws:s3:arn",
			Values: []string{arn, arn + "/" + ObjectsPrefix(a.Scope.Home) + "*"}})
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Write", Actions: []string{"s3:PutObject"}, Resources: []string{arn + "/" + ObjectsPrefix(a.Scope.Home) + "*"}},
		seal,
	}}
}
