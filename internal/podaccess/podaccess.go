// Package podaccess declares who a program of Redoubt is in a home's cluster: its account, what it may read there, and
// the role at AWS that only its pods can have. The components whose pods are not agents share it.
package podaccess

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

// Account is a program's account in the namespace of the agents.
type Account struct {
	Ctx    *pulumi.Context
	Parent pulumi.Resource
	// Resource begins the names of the declared resources, Called is the program's name in the cluster.
	Resource, Called, Namespace string
}

// Child are the options of a resource below the account's component.
func (a Account) Child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(a.Parent)}, own...)
}

// Meta is the metadata of an object of the program in the agents' namespace.
func (a Account) Meta() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{
		Name: pulumi.String(a.Called), Namespace: pulumi.String(a.Namespace), Labels: a.Labels(),
	}
}

// Labels are those of every object of the program.
func (a Account) Labels() pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":    pulumi.String(a.Called),
		"app.kubernetes.io/part-of": pulumi.String(a.Namespace),
	}
}

// inCluster is the name of what belongs to no namespace.
func (a Account) inCluster() string { return a.Namespace + "-" + a.Called }

// Declare declares the account itself.
func (a Account) Declare() (pulumi.Resource, error) {
	return corev1.NewServiceAccount(a.Ctx, a.Resource+"-account", &corev1.ServiceAccountArgs{
		Metadata: a.Meta(), AutomountServiceAccountToken: pulumi.Bool(false),
	}, a.Child()...)
}

func (a Account) subjects() rbacv1.SubjectArray {
	return rbacv1.SubjectArray{rbacv1.SubjectArgs{
		Kind: pulumi.String("ServiceAccount"), Name: pulumi.String(a.Called), Namespace: pulumi.String(a.Namespace),
	}}
}

// Reads lets the account read what the rules name, in its namespace and in the cluster, and nothing else. It returns
// what must stand before a pod reads.
func (a Account) Reads(inside, wide []objects.Rule) ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	if len(inside) > 0 {
		bound, err := a.readsInside(inside)
		if err != nil {
			return nil, err
		}
		out = append(out, bound)
	}
	if len(wide) > 0 {
		bound, err := a.readsCluster(wide)
		if err != nil {
			return nil, err
		}
		out = append(out, bound)
	}
	return out, nil
}

func (a Account) readsInside(list []objects.Rule) (pulumi.Resource, error) {
	role, err := rbacv1.NewRole(a.Ctx, a.Resource+"-reader", &rbacv1.RoleArgs{
		Metadata: a.Meta(), Rules: rules(list),
	}, a.Child()...)
	if err != nil {
		return nil, err
	}
	return rbacv1.NewRoleBinding(a.Ctx, a.Resource+"-reads", &rbacv1.RoleBindingArgs{
		Metadata: a.Meta(), Subjects: a.subjects(), RoleRef: refers("Role", a.Called),
	}, a.Child(pulumi.DependsOn([]pulumi.Resource{role}))...)
}

func (a Account) readsCluster(list []objects.Rule) (pulumi.Resource, error) {
	meta := &metav1.ObjectMetaArgs{Name: pulumi.String(a.inCluster()), Labels: a.Labels()}
	role, err := rbacv1.NewClusterRole(a.Ctx, a.Resource+"-cluster-reader", &rbacv1.ClusterRoleArgs{
		Metadata: meta, Rules: rules(list),
	}, a.Child()...)
	if err != nil {
		return nil, err
	}
	return rbacv1.NewClusterRoleBinding(a.Ctx, a.Resource+"-cluster-reads", &rbacv1.ClusterRoleBindingArgs{
		Metadata: meta, Subjects: a.subjects(), RoleRef: refers("ClusterRole", a.inCluster()),
	}, a.Child(pulumi.DependsOn([]pulumi.Resource{role}))...)
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

// Role is what the account is at AWS.
type Role struct {
	Name        string
	Description pulumi.StringInput
	// Policy is all that the role may do, as JSON.
	Policy  pulumi.StringInput
	Cluster pulumi.StringInput
}

// Has declares the role, which only pods of the account can have
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html). It returns the role's ARN, and what must stand
// before a pod starts.
func (a Account) Has(r Role) (pulumi.StringOutput, pulumi.Resource, error) {
	role, err := iam.NewRole(a.Ctx, a.Resource+"-role", &iam.RoleArgs{
		Name: pulumi.String(r.Name), Description: r.Description.ToStringOutput().ToStringPtrOutput(),
		AssumeRolePolicy: pulumi.String(iampolicy.PodTrust(a.Namespace, a.Called).JSON()),
	}, a.Child()...)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	allowed, err := iam.NewRolePolicy(a.Ctx, a.Resource+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: r.Policy,
	}, a.Child()...)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	association, err := eks.NewPodIdentityAssociation(a.Ctx, a.Resource+"-identity", &eks.PodIdentityAssociationArgs{
		ClusterName: r.Cluster, Namespace: pulumi.String(a.Namespace),
		ServiceAccount: pulumi.String(a.Called), RoleArn: role.Arn,
	}, a.Child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	return role.Arn, association, err
}
