// Package agents builds one home's agents: what runs on Kubernetes, who it is
// to AWS, what may reach it, and how it survives the loss of a zone.
//
// Both homes declare the same objects under the same names. How many replicas
// run is decided at the first update, by the home and the tier's strategy, and
// from then on by plans and scalers: an update never undoes a failover (see Replicas in
// docs/capacity.md).
package agents

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// Type is part of every URN below an Agents. Changing it replaces live agents
// unless New also gains an alias for the old type.
const Type = "redoubt:agents:Agents"

// Agents are the agents of one home.
type Agents struct {
	pulumi.ResourceState

	// Namespace is where the agents run.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// RoleArns maps each agent to the role that its pods have.
	RoleArns pulumi.StringMapOutput `pulumi:"roleArns"`
}

// New registers the agents under name. Options must carry the providers of the
// home's region and of its cluster, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Agents, error) {
	a, err := newAgents(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("agents %q: %w", name, err)
	}
	return a, nil
}

func newAgents(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Agents, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Agents{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home":   pulumi.String(a.Scope.Home),
		"agents": pulumi.Int(len(a.agents())),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c, classes: map[string]pulumi.Resource{}}
	if err := b.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"namespace": c.Namespace, "roleArns": c.RoleArns})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Agents
	namespace pulumi.Resource
	// classes are the priority classes, by the name of the class.
	classes map[string]pulumi.Resource
	// credentials is what scalers of queues ask with.
	credentials pulumi.Resource
}

func (b *builder) build() error {
	for _, step := range []func() error{b.shared, b.priorities, b.closed, b.doors, b.scalerCredentials} {
		if err := step(); err != nil {
			return err
		}
	}
	roles := pulumi.StringMap{}
	for _, agent := range b.args.agents() {
		arn, err := b.agent(agent)
		if err != nil {
			return fmt.Errorf("agent %q: %w", agent.Name, err)
		}
		roles[agent.Name] = arn
	}
	b.component.RoleArns = roles.ToStringMapOutput()
	return nil
}

// agent declares everything of one agent and returns its role.
func (b *builder) agent(agent system.Agent) (pulumi.StringOutput, error) {
	arn, identity, err := b.identity(agent)
	if err != nil {
		return arn, err
	}
	deployment, err := b.deployment(agent, identity)
	if err != nil {
		return arn, err
	}
	for _, step := range []func() error{
		func() error { return b.service(agent) },
		func() error { return b.budget(agent) },
		func() error { return b.policy(agent) },
		func() error { return b.scaler(agent, deployment) },
	} {
		if err := step(); err != nil {
			return arn, err
		}
	}
	return arn, nil
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// inside returns the options of an object in the agents' namespace.
func (b *builder) inside(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return b.child(append(own, pulumi.DependsOn([]pulumi.Resource{b.namespace}))...)
}

// part is the logical name of a child.
func (b *builder) part(of, what string) string { return b.name + "-" + of + "-" + what }
