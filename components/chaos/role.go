package chaos

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/system/experiments"
)

// account is the service account of the pods that the service runs, and the user that its role is in the cluster:
// https://docs.aws.amazon.com/fis/latest/userguide/eks-pod-actions.html
const account = "fis-experiment"

// role is what the service is while an experiment runs: it may do what the declared actions need, and write the log.
func (b *builder) role() (*iam.Role, []pulumi.Resource, error) {
	s := b.args.Scope
	role, allowed, err := b.serviceRole("experiments", "Breaks on purpose what the declared experiments name", "fis.amazonaws.com",
		s.ARN("fis", "experiment/*"), b.mayBreak)
	if err != nil {
		return nil, nil, err
	}
	return role, []pulumi.Resource{allowed}, nil
}

// mayBreak is what the catalogue says that the actions need.
func (b *builder) mayBreak() (iampolicy.Document, error) {
	s := b.args.Scope
	grants, err := experiments.Grants(b.all, b.words(experiments.Experiment{}))
	if err != nil {
		return iampolicy.Document{}, err
	}
	var out iampolicy.Document
	for _, g := range grants {
		one := iampolicy.Statement{Actions: g.Actions, Conditions: g.When}
		for _, on := range g.On {
			one.Resources = append(one.Resources, b.resource(on))
		}
		out.Statements = append(out.Statements, one)
	}
	out.Statements = append(out.Statements, iampolicy.Statement{
		Sid: "Log", // delivery of logs knows no resources: docs.aws.amazon.com/fis/latest/userguide/monitoring-logging.html
		Actions: []string{"logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
			"logs:PutResourcePolicy"},
		Resources: []string{"*"},
	}.With(iampolicy.Condition{Operator: "StringEquals", Key: "aws:RequestedRegion", Values: []string{s.Region}}))
	return out, nil
}

// resource is one of the catalogue's as IAM has it.
func (b *builder) resource(on string) string {
	if on == "*" || len(on) > 4 && on[:4] == "arn:" {
		return on
	}
	for n := range on {
		if on[n] == ':' {
			return b.args.Scope.ARN(on[:n], on[n+1:])
		}
	}
	return on
}

// serviceRole is a role of a service of the account, acting for the resources of a pattern where one is given.
func (b *builder) serviceRole(part, why, service, source string, may func() (iampolicy.Document, error)) (*iam.Role, *iam.RolePolicy, error) {
	policy, err := may()
	if err != nil {
		return nil, nil, err
	}
	text, err := policy.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("role %s: %w", part, err)
	}
	conditions := []iampolicy.Condition{iampolicy.SourceAccount(b.args.Scope.Account)}
	if source != "" {
		conditions = append(conditions, iampolicy.SourceArn(source))
	}
	role, err := iam.NewRole(b.ctx, b.name+"-"+part+"-role", &iam.RoleArgs{
		Name: pulumi.String(b.args.Scope.Role("chaos-" + part)), Description: pulumi.String(why),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust(service, conditions...).JSON()), Tags: b.tags(part),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-policy", &iam.RolePolicyArgs{
		Role: role.Name, Policy: pulumi.String(text),
	}, b.child()...)
	return role, allowed, err
}

// enter lets the service into the agents' namespace, as far as its page says that it must be.
func (b *builder) enter(role *iam.Role) ([]pulumi.Resource, error) {
	meta := func() *metav1.ObjectMetaArgs {
		return &metav1.ObjectMetaArgs{Name: pulumi.String(account), Namespace: pulumi.String(b.args.Namespace)}
	}
	entry, err := eks.NewAccessEntry(b.ctx, b.name+"-entry", &eks.AccessEntryArgs{
		ClusterName: pulumi.String(b.args.Scope.Kubernetes()), PrincipalArn: role.Arn, UserName: pulumi.String(account),
		Type: pulumi.String("STANDARD"),
	}, b.child()...)
	if err != nil {
		return nil, err
	}
	as, err := corev1.NewServiceAccount(b.ctx, b.name+"-account", &corev1.ServiceAccountArgs{
		Metadata: meta(), AutomountServiceAccountToken: pulumi.Bool(true),
	}, b.child()...)
	if err != nil {
		return nil, err
	}
	may, err := rbacv1.NewRole(b.ctx, b.name+"-role", &rbacv1.RoleArgs{Metadata: meta(), Rules: rules()}, b.child()...)
	if err != nil {
		return nil, err
	}
	const group = "rbac.authorization.k8s.io"
	binding, err := rbacv1.NewRoleBinding(b.ctx, b.name+"-binding", &rbacv1.RoleBindingArgs{
		Metadata: meta(),
		Subjects: rbacv1.SubjectArray{
			rbacv1.SubjectArgs{Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(account), Namespace: pulumi.String(b.args.Namespace)},
			rbacv1.SubjectArgs{Kind: pulumi.String("User"), Name: pulumi.String(account), ApiGroup: pulumi.String(group)},
		},
		RoleRef: &rbacv1.RoleRefArgs{ApiGroup: pulumi.String(group), Kind: pulumi.String("Role"), Name: pulumi.String(account)},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{as, may}))...)
	return []pulumi.Resource{entry, binding}, err
}

// leaders lets the members of a group lead experiments in the cluster: they set, hold and take away what is called
// experiments.ObjectName in the agents' namespace, and list pods to choose one.
func (b *builder) leaders() error {
	meta := func() *metav1.ObjectMetaArgs {
		return &metav1.ObjectMetaArgs{Name: pulumi.String(leaders), Namespace: pulumi.String(b.args.Namespace)}
	}
	may, err := rbacv1.NewRole(b.ctx, b.name+"-leaders", &rbacv1.RoleArgs{Metadata: meta(), Rules: leading()}, b.child()...)
	if err != nil {
		return err
	}
	const group = "rbac.authorization.k8s.io"
	_, err = rbacv1.NewRoleBinding(b.ctx, b.name+"-leaders-binding", &rbacv1.RoleBindingArgs{
		Metadata: meta(),
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{Kind: pulumi.String("Group"), Name: pulumi.String(experiments.Group),
			ApiGroup: pulumi.String(group)}},
		RoleRef: &rbacv1.RoleRefArgs{ApiGroup: pulumi.String(group), Kind: pulumi.String("Role"), Name: pulumi.String(leaders)},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{may}))...)
	return err
}

// leaders is what their role and its binding are called.
const leaders = "redoubt-experiments"

// leading are the rights of a leader. A name cannot bound what is created.
func leading() rbacv1.PolicyRuleArray {
	out := rbacv1.PolicyRuleArray{rbacv1.PolicyRuleArgs{ApiGroups: pulumi.ToStringArray([]string{""}),
		Resources: pulumi.ToStringArray([]string{"pods"}), Verbs: pulumi.ToStringArray([]string{"list"})}}
	add := func(group, plural string) {
		groups, resources := pulumi.ToStringArray([]string{group}), pulumi.ToStringArray([]string{plural})
		out = append(out, rbacv1.PolicyRuleArgs{ApiGroups: groups, Resources: resources, Verbs: pulumi.ToStringArray([]string{"create"})},
			rbacv1.PolicyRuleArgs{ApiGroups: groups, Resources: resources, Verbs: pulumi.ToStringArray([]string{"get", "patch", "delete"}),
				ResourceNames: pulumi.ToStringArray([]string{experiments.ObjectName})})
	}
	for _, k := range experiments.Kinds {
		group, _, _ := strings.Cut(k.APIVersion, "/")
		add(group, k.Plural)
	}
	add("batch", "jobs")
	return out
}

// rules are those of the service's page, in the agents' namespace alone.
func rules() rbacv1.PolicyRuleArray {
	rule := func(group, resource string, verbs ...string) rbacv1.PolicyRuleArgs {
		return rbacv1.PolicyRuleArgs{ApiGroups: pulumi.ToStringArray([]string{group}),
			Resources: pulumi.ToStringArray([]string{resource}), Verbs: pulumi.ToStringArray(verbs)}
	}
	return rbacv1.PolicyRuleArray{
		rule("", "configmaps", "get", "create", "patch", "delete"),
		rule("", "pods", "create", "list", "get", "delete", "deletecollection"),
		rule("", "pods/ephemeralcontainers", "update"),
		rule("", "pods/exec", "create"),
		rule("apps", "deployments", "get"),
	}
}
