package machine

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/recovery/rights"
)

const (
	// group is what the functions of both homes are members of in a cluster, and what their rights there are called.
	group = "redoubt-recover"
	rbac  = "rbac.authorization.k8s.io"
)

// enter lets the function into the cluster, and that of the other home, as far as plans go: into the agents' namespace, for
// what recovery/rights says.
func (b *builder) enter() error {
	if err := b.entry("entry", b.component.FunctionRoleArn); err != nil {
		return err
	}
	if b.args.PeerRoleArn != "" {
		if err := b.entry("peer-entry", pulumi.String(b.args.PeerRoleArn)); err != nil {
			return err
		}
	}
	meta := func() *metav1.ObjectMetaArgs {
		return &metav1.ObjectMetaArgs{Name: pulumi.String(group), Namespace: pulumi.String(b.args.Namespace)}
	}
	var rules rbacv1.PolicyRuleArray
	for _, r := range rights.Inside() {
		rules = append(rules, rbacv1.PolicyRuleArgs{ApiGroups: pulumi.ToStringArray([]string{r.Group}),
			Resources: pulumi.ToStringArray([]string{r.Resource}), Verbs: pulumi.ToStringArray([]string{r.Verb})})
	}
	may, err := rbacv1.NewRole(b.ctx, b.name+"-inside", &rbacv1.RoleArgs{Metadata: meta(), Rules: rules}, b.child()...)
	if err != nil {
		return err
	}
	_, err = rbacv1.NewRoleBinding(b.ctx, b.name+"-binding", &rbacv1.RoleBindingArgs{
		Metadata: meta(),
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{Kind: pulumi.String("Group"), Name: pulumi.String(group),
			ApiGroup: pulumi.String(rbac)}},
		RoleRef: &rbacv1.RoleRefArgs{ApiGroup: pulumi.String(rbac), Kind: pulumi.String("Role"), Name: pulumi.String(group)},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{may}))...)
	return err
}

// entry makes a role a member of the group.
func (b *builder) entry(as string, role pulumi.StringInput) error {
	_, err := eks.NewAccessEntry(b.ctx, b.name+"-"+as, &eks.AccessEntryArgs{
		ClusterName: b.args.Cluster, PrincipalArn: role, Type: pulumi.String("STANDARD"),
		KubernetesGroups: pulumi.ToStringArray([]string{group}),
	}, b.child()...)
	return err
}
