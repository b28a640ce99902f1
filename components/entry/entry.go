package entry

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is part of every URN below an Entry. Changing it replaces live load
// balancers unless New also gains an alias for the old type.
const Type = "redoubt:entry:Entry"

// Entry is how users reach one home.
type Entry struct {
	pulumi.ResourceState

	// ZoneID is the hosted zone of the domain.
	ZoneID pulumi.StringOutput `pulumi:"zoneId"`
	// LoadBalancerArn and LoadBalancerArnSuffix identify the load balancer; the
	// suffix is what its metrics are called by.
	LoadBalancerArn       pulumi.StringOutput `pulumi:"loadBalancerArn"`
	LoadBalancerArnSuffix pulumi.StringOutput `pulumi:"loadBalancerArnSuffix"`
	// Address is the load balancer's own DNS name.
	Address pulumi.StringOutput `pulumi:"address"`
	// SecurityGroupID is the load balancer's, for the agents to let in.
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`
	// SwitchNamespace and SwitchMetric name the metric that this home puts to act.
	SwitchNamespace pulumi.StringOutput `pulumi:"switchNamespace"`
	SwitchMetric    pulumi.StringOutput `pulumi:"switchMetric"`
	// HealthCheckID is the check that this home's failover record obeys, empty
	// when it obeys none, or not yet.
	HealthCheckID pulumi.StringOutput `pulumi:"healthCheckId"`
	// PeerHealthCheckID is the check that the secondary's record obeys; only a
	// primary with an ARCSwitch has one, for the inventory to carry over.
	PeerHealthCheckID pulumi.StringOutput `pulumi:"peerHealthCheckId"`
	// RoutingControlArns are the routing controls of an ARCSwitch by home,
	// RoutingPanelArn the panel that they are in, and ClusterEndpoints where their
	// state is set, by region. All are empty elsewhere.
	RoutingControlArns pulumi.StringMapOutput `pulumi:"routingControlArns"`
	RoutingPanelArn    pulumi.StringOutput    `pulumi:"routingPanelArn"`
	ClusterEndpoints   pulumi.StringMapOutput `pulumi:"clusterEndpoints"`
	// ProbeHealthCheckID is the check of the home's own name. It moves no traffic.
	ProbeHealthCheckID pulumi.StringOutput `pulumi:"probeHealthCheckId"`
	// TargetGroupArns are the target groups by agent.
	TargetGroupArns pulumi.StringMapOutput `pulumi:"targetGroupArns"`
}

// New registers the entry under name, of at most twelve characters. The region
// comes from the AWS provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Entry, error) {
	e, err := build(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("entry %q: %w", name, err)
	}
	return e, nil
}

func build(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Entry, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	if len(name) > maxName {
		return nil, fmt.Errorf("name has %d characters, want at most %d", len(name), maxName)
	}
	c := &Entry{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"domain":  pulumi.String(a.Domain),
		"switch":  pulumi.String(a.Switch),
		"protect": pulumi.Bool(a.Protect),
	}, c, opts...); err != nil {
		return nil, err
	}
	d := &declaration{ctx: ctx, name: name, args: a, entry: c, groups: map[string]*lb.TargetGroup{}}
	d.preset()
	for _, step := range []func() error{d.balancer, d.targets, d.listeners, d.move, d.records, d.agentRecords} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	d.finish()
	return c, ctx.RegisterResourceOutputs(c, c.outputs())
}

// declaration carries what the parts of one entry share while they are registered.
type declaration struct {
	ctx   *pulumi.Context
	name  string
	args  Args
	entry *Entry
	// lb is the load balancer, groups its target groups by agent.
	lb     *lb.LoadBalancer
	groups map[string]*lb.TargetGroup
	// domain is the failover record.
	domain pulumi.Resource
}

// part returns the logical name of a part.
func (d *declaration) part(name string) string { return d.name + "-" + name }

// options returns the options of a part.
func (d *declaration) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(d.entry)}, more...)
}

// guarded returns the options of a part that must not be lost by mistake.
func (d *declaration) guarded(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return d.options(append(more, pulumi.Protect(d.args.Protect))...)
}

// preset sets the outputs that not every entry has.
func (d *declaration) preset() {
	empty := pulumi.String("").ToStringOutput()
	e := d.entry
	e.SwitchNamespace, e.SwitchMetric, e.HealthCheckID, e.PeerHealthCheckID = empty, empty, empty, empty
	e.RoutingControlArns, e.RoutingPanelArn = pulumi.StringMap{}.ToStringMapOutput(), empty
	e.ClusterEndpoints = pulumi.StringMap{}.ToStringMapOutput()
}

// finish sets the outputs that every entry has.
func (d *declaration) finish() {
	e := d.entry
	e.ZoneID = d.args.ZoneID.ToStringOutput()
	e.LoadBalancerArn, e.LoadBalancerArnSuffix, e.Address = d.lb.Arn, d.lb.ArnSuffix, d.lb.DnsName
	arns := pulumi.StringMap{}
	for agent, group := range d.groups {
		arns[agent] = group.Arn
	}
	e.TargetGroupArns = arns.ToStringMapOutput()
}

func (e *Entry) outputs() pulumi.Map {
	return pulumi.Map{
		"zoneId": e.ZoneID, "loadBalancerArn": e.LoadBalancerArn, "loadBalancerArnSuffix": e.LoadBalancerArnSuffix,
		"address": e.Address, "securityGroupId": e.SecurityGroupID, "switchNamespace": e.SwitchNamespace,
		"switchMetric": e.SwitchMetric, "healthCheckId": e.HealthCheckID, "peerHealthCheckId": e.PeerHealthCheckID,
		"routingControlArns": e.RoutingControlArns, "routingPanelArn": e.RoutingPanelArn, "clusterEndpoints": e.ClusterEndpoints,
		"probeHealthCheckId": e.ProbeHealthCheckID, "targetGroupArns": e.TargetGroupArns,
	}
}
