// Package mesh declares how the agents of one home call each other and what
// stands outside: who may, how long it may take, how often it is tried, how many calls stand
// at once, and when a replica is left out. All of it comes from the calls, needs and stores that
// the system declares; components/mesh/rules makes the objects.
//
// Each home has a mesh of its own. A failover between homes is the switch's: see docs/mesh.md.
package mesh

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/mesh/rules"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Type is part of every URN below a Mesh. Changing it replaces live rules unless
// New also gains an alias for the old type.
const Type = "redoubt:mesh:Mesh"

// Args configures a Mesh.
type Args struct {
	// Scope says whose mesh it is and where. Required.
	Scope naming.Scope
	// System declares the agents and what they call. Required.
	System *system.System
	// Namespace is the agents' own, which stands before. Required.
	Namespace string
	// Entry are the ranges in which the load balancer stands, Stores those of databases and caches. Required.
	Entry, Stores []string
	// LeaseRegions are the other regions whose tables hold the lease of the active home; none without an arbiter.
	LeaseRegions []string
	// Waiting are agents that this home leaves out for now.
	Waiting []string
}

// Mesh is what holds the calls of one home's agents.
type Mesh struct {
	pulumi.ResourceState

	// Objects is how many objects it declares.
	Objects pulumi.IntOutput `pulumi:"objects"`
}

// New registers the mesh under name. Options must carry the provider of the
// home's cluster, and a dependency on the controllers, which bring the kinds, and on the
// agents, which bring the namespace.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Mesh, error) {
	m, err := newMesh(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("mesh %q: %w", name, err)
	}
	return m, nil
}

func newMesh(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Mesh, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	objects := rules.Objects(a.System, a.agents(), rules.Place{
		Namespace: a.Namespace, Region: a.Scope.Region, Account: a.Scope.Account, Entry: a.Entry, Stores: a.Stores, LeaseRegions: a.LeaseRegions,
	})
	m := &Mesh{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "namespace": pulumi.String(a.Namespace),
	}, m, opts...); err != nil {
		return nil, err
	}
	for _, o := range objects {
		if err := declare(ctx, name, a.Namespace, o, m); err != nil {
			return nil, fmt.Errorf("%s %s: %w", o.Kind, o.Name, err)
		}
	}
	m.Objects = pulumi.Int(len(objects)).ToIntOutput()
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"objects": m.Objects})
}

// declare makes one object. An update does not wait for proxies to obey: they
// take a change within seconds, and keep the last one while the control plane is away.
func declare(ctx *pulumi.Context, name, namespace string, o rules.Object, m *Mesh) error {
	_, err := apiextensions.NewCustomResource(ctx, name+"-"+strings.ToLower(o.Kind)+"-"+o.Name,
		&apiextensions.CustomResourceArgs{
			ApiVersion: pulumi.String(o.APIVersion), Kind: pulumi.String(o.Kind),
			Metadata:    &metav1.ObjectMetaArgs{Name: pulumi.String(o.Name), Namespace: pulumi.String(namespace)},
			OtherFields: kubernetes.UntypedArgs{"spec": o.Spec},
		}, pulumi.Parent(m))
	return err
}

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.System == nil || len(a.System.Agents) == 0 {
		return Args{}, errors.New("system declares no agents")
	}
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System != a.System.Name || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is incomplete or not that of system %q: %+v", a.System.Name, a.Scope)
	}
	if a.Namespace == "" {
		add("namespace is empty")
	}
	for _, list := range []struct {
		name   string
		ranges []string
	}{{"entry", a.Entry}, {"stores", a.Stores}} {
		if len(list.ranges) == 0 {
			add("%s is empty", list.name)
		}
		for _, r := range list.ranges {
			if p, err := netip.ParsePrefix(r); err != nil || p != p.Masked() {
				add("%s has %q, want a range such as 10.40.0.0/16", list.name, r)
			}
		}
	}
	_, faults := a.System.Budgets()
	for _, f := range faults {
		errs = append(errs, errors.New(f.String()))
	}
	return a, errors.Join(errs...)
}

// agents are those that this home runs.
func (a Args) agents() []system.Agent {
	return slices.DeleteFunc(slices.Clone(a.System.Agents), func(agent system.Agent) bool {
		return slices.Contains(a.Waiting, agent.Name)
	})
}
