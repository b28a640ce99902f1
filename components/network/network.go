// Package network builds the network of one home: a VPC over three zones that
// loses no more than a zone when a zone is lost, and its peering with the other home.
package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/regions"
)

// Type is part of every URN below a Network. Changing it replaces live
// networks unless New also gains an alias for the old type.
const Type = "redoubt:network:Network"

// Zones is how many zones a network spans: with fewer, the loss of one leaves
// no majority, and AWS offers no more than three in most regions.
const Zones = 3

// Args configures the network of one home.
type Args struct {
	// Scope and Site are the home that the network belongs to.
	Scope naming.Scope
	Site  regions.Site
	// Peer is the other home as last seen; nil while it is not ready.
	Peer *Peer
	// Adopt uses a VPC that exists instead of making one.
	Adopt *Adopt
	// FlowLogDays is how long flow logs are kept. Zero means 90. An adopted
	// VPC has flow logs of its own.
	FlowLogDays int
	// LogKeyArn encrypts the flow logs. Required unless a VPC is adopted.
	LogKeyArn pulumi.StringInput
	// Endpoints are the services, such as ecr.api, that are reached without
	// leaving the network. Nil means DefaultEndpoints; an empty list none.
	Endpoints []string
}

// Peer is what the peering must know of the other home.
type Peer struct {
	// Region and CIDR are where the other home lives.
	Region string
	CIDR   netip.Prefix
	// VpcID is the other home's VPC. The secondary home requires it: it requests the peering.
	VpcID string
	// PeeringID is the requested connection. The primary home requires it: it accepts the peering.
	PeeringID string
}

// Adopt names a VPC that exists. Nothing of it is made or changed but the
// peering and its routes, so its zones, its ways out, its endpoints and its flow logs
// stay its owner's concern.
type Adopt struct {
	VpcID string
	// The subnets of each kind, one in each zone, in the order of the site's zones.
	PublicSubnetIDs, PrivateSubnetIDs, IsolatedSubnetIDs []string
	// The route tables that the private and the isolated subnets use. A table
	// that several subnets share is listed once.
	PrivateRouteTableIDs, IsolatedRouteTableIDs []string
}

// Network is one home's network. Its subnets are in the order of the site's zones.
type Network struct {
	pulumi.ResourceState

	VpcID pulumi.StringOutput `pulumi:"vpcId"`
	// PublicSubnetIDs hold load balancers and NAT gateways.
	PublicSubnetIDs pulumi.StringArrayOutput `pulumi:"publicSubnetIds"`
	// PrivateSubnetIDs hold agents; they reach out through their own zone's NAT gateway.
	PrivateSubnetIDs pulumi.StringArrayOutput `pulumi:"privateSubnetIds"`
	// IsolatedSubnetIDs hold stores; they have no way out.
	IsolatedSubnetIDs pulumi.StringArrayOutput `pulumi:"isolatedSubnetIds"`
	// NatAddresses are where the home's calls come from, for the allow-lists of
	// outside services. Empty for an adopted VPC.
	NatAddresses pulumi.StringArrayOutput `pulumi:"natAddresses"`
	// PeeringID is the connection between the homes, "" until there is one.
	PeeringID pulumi.StringOutput `pulumi:"peeringId"`

	// CIDR is the network's address range, Peered whether the other home can be reached.
	CIDR   netip.Prefix
	Peered bool
}

// New registers the network under name. The region comes from the AWS
// provider in opts, which the children inherit through their parent.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Network, error) {
	n, err := newNetwork(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", name, err)
	}
	return n, nil
}

func newNetwork(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Network, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	n := &Network{CIDR: a.Site.CIDR, Peered: a.Peer != nil}
	if err := ctx.RegisterComponentResourceV2(Type, name, a.inputs(), n, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, child: pulumi.Parent(n), network: n}
	n.NatAddresses = pulumi.StringArray{}.ToStringArrayOutput()
	n.PeeringID = pulumi.String("").ToStringOutput()
	build := b.make
	if a.Adopt != nil {
		build = b.adopt
	}
	if err := build(); err != nil {
		return nil, err
	}
	if err := b.peer(); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"vpcId":             n.VpcID,
		"publicSubnetIds":   n.PublicSubnetIDs,
		"privateSubnetIds":  n.PrivateSubnetIDs,
		"isolatedSubnetIds": n.IsolatedSubnetIDs,
		"natAddresses":      n.NatAddresses,
		"peeringId":         n.PeeringID,
	})
}

// builder holds what the parts of one network share.
type builder struct {
	ctx     *pulumi.Context
	name    string
	args    resolved
	child   pulumi.ResourceOption
	network *Network
	// tables are the route tables of the private and the isolated subnets.
	tables []table
}

// table is a route table and the suffix of the children that belong to it.
type table struct {
	suffix string
	id     pulumi.StringInput
}

// make registers a whole new network.
func (b *builder) make() error {
	vpc, err := ec2.NewVpc(b.ctx, b.name+"-vpc", &ec2.VpcArgs{
		CidrBlock: pulumi.String(b.args.Site.CIDR.String()),
		// Private names of interface endpoints need both.
		EnableDnsHostnames: pulumi.Bool(true),
		EnableDnsSupport:   pulumi.Bool(true),
		// Address usage as a metric: a subnet without free addresses is a capacity shortage.
		EnableNetworkAddressUsageMetrics: pulumi.Bool(true),
		Tags:                             b.tags("vpc"),
	}, b.child)
	if err != nil {
		return err
	}
	b.network.VpcID = vpc.ID().ToStringOutput()
	for _, part := range []func() error{
		b.lockDefaultGroup, b.subnets, b.gatewayEndpoints, b.interfaceEndpoints, b.flowLogs,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// lockDefaultGroup takes every rule from the VPC's default security group, so
// that what forgets to name a group can reach nothing. The default network ACL is left
// as it is: it is stateless, and experiments that cut a zone work by replacing it.
func (b *builder) lockDefaultGroup() error {
	_, err := ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default-group", &ec2.DefaultSecurityGroupArgs{
		VpcId: b.network.VpcID,
		Tags:  b.tags("default-locked"),
	}, b.child)
	return err
}

// tags names one part in the console, with further tags as key and value pairs.
func (b *builder) tags(part string, more ...string) pulumi.StringMap {
	s := b.args.Scope
	out := pulumi.StringMap{"Name": pulumi.String(naming.Join(256, s.System, string(s.Home), part))}
	for n := 0; n+1 < len(more); n += 2 {
		out[more[n]] = pulumi.String(more[n+1])
	}
	return out
}
