// Package controllers builds what the agents need in their cluster besides
// nodes: the load balancer controller, which registers pods at the entry; KEDA, which
// scales consumers by their queues; the mesh's control plane, and its plugin on each node; and the cluster autoscaler.
//
// Their objects are rendered ahead of time from pinned sources (rendered/, see
// tools/charts) or written by hand (own/), so that an update asks no chart
// repository, and each object is a resource of its own. Images come from the home's own registry.
package controllers

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Type is part of every URN below a Controllers. Changing it replaces live
// controllers unless New also gains an alias for the old type.
const Type = "redoubt:controllers:Controllers"

// Args configures a Controllers.
type Args struct {
	// Scope says whose controllers they are and where. Required.
	Scope naming.Scope
	// ClusterName is the home's cluster, as computed; Cluster is the same once the cluster
	// stands, so that what is about it waits. Required.
	ClusterName string
	Cluster     pulumi.StringInput
	// VpcID is the home's network. Required.
	VpcID pulumi.StringInput
	// TargetGroupArns are the target groups of the entry, by agent. The load balancer
	// controller registers pods in these and no others. At least one.
	TargetGroupArns map[string]pulumi.StringInput
	// Nodes are the nodes that the cluster autoscaler grows and shrinks. Required.
	Nodes Nodes
	// QueueArns are the queues by whose length KEDA scales, by store.
	QueueArns map[string]pulumi.StringInput
}

// Nodes are the nodes of a home.
type Nodes struct {
	// Groups are their Auto Scaling groups, by zone. At least one.
	Groups map[string]pulumi.StringInput
	// Least and Most are between how many nodes the autoscaler keeps each group. The ends of the groups
	// themselves are wider and never change: see components/cluster.
	Least, Most int
}

// Controllers are the controllers of one home's cluster.
type Controllers struct {
	pulumi.ResourceState

	// RoleArns maps each controller that calls AWS to its role.
	RoleArns pulumi.StringMapOutput `pulumi:"roleArns"`
}

// New registers the controllers under name. Options must carry the providers of
// the home's region and of its cluster, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Controllers, error) {
	c, err := newControllers(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("controllers %q: %w", name, err)
	}
	return c, nil
}

func newControllers(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Controllers, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	objects, err := manifests()
	if err != nil {
		return nil, err
	}
	c := &Controllers{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"cluster": pulumi.String(a.ClusterName), "objects": pulumi.Int(len(objects)),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	identities, err := b.identities()
	if err != nil {
		return nil, err
	}
	if err := b.objects(objects, identities); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"roleArns": c.RoleArns})
}

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is incomplete: %+v", a.Scope)
	}
	if a.ClusterName == "" {
		add("clusterName is empty")
	}
	if a.Cluster == nil {
		add("cluster is required")
	}
	if a.VpcID == nil {
		add("vpcId is required")
	}
	if len(a.TargetGroupArns) == 0 {
		add("targetGroupArns are empty: no agent is public")
	}
	if len(a.Nodes.Groups) == 0 {
		add("nodes.groups are empty: the autoscaler would know no node")
	}
	if n := a.Nodes; n.Least < 1 || n.Most < n.Least {
		add("nodes are %d to %d in a zone, want 1 or more and no less than the least", n.Least, n.Most)
	}
	return a, errors.Join(errs...)
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Controllers
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}
