// Package viewers lets those who may look at a home's cluster see what the
// program declares there and EKS's own view policy leaves out. Secrets are not among it.
package viewers

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is part of every URN below a Viewers. Changing it replaces the role
// unless New also gains an alias for the old type.
const Type = "redoubt:viewers:Viewers"

// role is what the role and its binding are called in the cluster.
const role = "redoubt-viewers"

const rbac = "rbac.authorization.k8s.io"

// Rules are what viewers read beside what the view policy of EKS allows
// (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html): by API group, the kinds that the
// home declares without a namespace, and those of its controllers.
var Rules = map[string][]string{
	"apiextensions.k8s.io":   {"customresourcedefinitions"},
	"apiregistration.k8s.io": {"apiservices"},
	"elbv2.k8s.aws":          {"targetgroupbindings"},
	"keda.sh":                {"scaledobjects", "triggerauthentications"},
	"networking.istio.io":    {"destinationrules", "proxyconfigs", "serviceentries", "sidecars", "virtualservices"},
	rbac:                     {"clusterrolebindings", "clusterroles", "rolebindings", "roles"},
	"scheduling.k8s.io":      {"priorityclasses"},
	"security.istio.io":      {"authorizationpolicies", "peerauthentications"},
	"telemetry.istio.io":     {"telemetries"},
}

// Args configures the viewers of one cluster.
type Args struct {
	// Group is the Kubernetes group that they are members of. Required.
	Group string
}

// Viewers is what those who may look see in one cluster.
type Viewers struct {
	pulumi.ResourceState
}

// New registers the viewers under name. Options must carry the provider of the
// home's cluster, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Viewers, error) {
	v, err := newViewers(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("viewers %q: %w", name, err)
	}
	return v, nil
}

func newViewers(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Viewers, error) {
	if args == nil {
		return nil, errors.New("args are required")
	}
	if args.Group == "" {
		return nil, errors.New("group is empty")
	}
	v := &Viewers{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"group": pulumi.String(args.Group)}, v,
		opts...); err != nil {
		return nil, err
	}
	reads, err := rbacv1.NewClusterRole(ctx, name+"-role", &rbacv1.ClusterRoleArgs{
		Metadata: meta(), Rules: rules(),
	}, pulumi.Parent(v))
	if err != nil {
		return nil, err
	}
	if _, err := rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: meta(),
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			Kind: pulumi.String("Group"), Name: pulumi.String(args.Group), ApiGroup: pulumi.String(rbac),
		}},
		RoleRef: &rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String(rbac), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(role),
		},
	}, pulumi.Parent(v), pulumi.DependsOn([]pulumi.Resource{reads})); err != nil {
		return nil, err
	}
	return v, ctx.RegisterResourceOutputs(v, pulumi.Map{})
}

func meta() *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Name: pulumi.String(role), Labels: pulumi.StringMap{
		"app.kubernetes.io/name": pulumi.String(role), "app.kubernetes.io/part-of": pulumi.String("redoubt"),
	}}
}

// rules are the Rules as Kubernetes takes them, in the order of their groups.
func rules() rbacv1.PolicyRuleArray {
	var out rbacv1.PolicyRuleArray
	for _, group := range slices.Sorted(maps.Keys(Rules)) {
		out = append(out, rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray([]string{group}), Resources: pulumi.ToStringArray(Rules[group]),
			Verbs: pulumi.ToStringArray([]string{"get", "list", "watch"}),
		})
	}
	return out
}
