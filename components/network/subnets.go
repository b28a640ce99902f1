package network

import (
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// anywhere is every address that no other route knows.
const anywhere = "0.0.0.0/0"

// subnets registers the three subnets of each zone and the way out of each
// kind: the public ones through the internet gateway, the private ones through the NAT
// gateway of their own zone, the isolated ones nowhere.
func (b *builder) subnets() error {
	public, gateway, err := b.publicSubnets()
	if err != nil {
		return err
	}
	private, err := b.kind("private", b.args.carved.Private, "kubernetes.io/role/internal-elb", "1")
	if err != nil {
		return err
	}
	isolated, err := b.kind("isolated", b.args.carved.Isolated)
	if err != nil {
		return err
	}
	addresses := pulumi.StringArray{}
	for n, letter := range b.args.letters {
		address, err := b.nat(letter, public[n], gateway)
		if err != nil {
			return err
		}
		addresses = append(addresses, address.PublicIp)
	}
	b.network.NatAddresses = addresses.ToStringArrayOutput()
	b.network.PublicSubnetIDs = after(gateway, idsOf(public))
	b.network.PrivateSubnetIDs = idsOf(private)
	b.network.IsolatedSubnetIDs = idsOf(isolated)
	return nil
}

// publicSubnets registers the subnets of load balancers. One route table is
// enough for them: an internet gateway belongs to the region and to no zone.
func (b *builder) publicSubnets() ([]*ec2.Subnet, *ec2.InternetGateway, error) {
	gateway, err := ec2.NewInternetGateway(b.ctx, b.name+"-internet", &ec2.InternetGatewayArgs{
		VpcId: b.network.VpcID,
		Tags:  b.tags("internet"),
	}, b.child)
	if err != nil {
		return nil, nil, err
	}
	id, err := b.routeTable("public")
	if err != nil {
		return nil, nil, err
	}
	if err := b.route("public-internet", id, ec2.RouteArgs{GatewayId: gateway.ID()}); err != nil {
		return nil, nil, err
	}
	var all []*ec2.Subnet
	for n, cidr := range b.args.carved.Public {
		subnet, err := b.subnet("public", n, cidr, "kubernetes.io/role/elb", "1")
		if err != nil {
			return nil, nil, err
		}
		if err := b.associate("public-"+b.args.letters[n], subnet, id); err != nil {
			return nil, nil, err
		}
		all = append(all, subnet)
	}
	return all, gateway, nil
}

// kind registers a subnet and a route table for it in each zone. No two zones
// share a table, so that what happens to one zone's way out stays in that zone.
func (b *builder) kind(kind string, cidrs []netip.Prefix, tags ...string) ([]*ec2.Subnet, error) {
	var all []*ec2.Subnet
	for n, cidr := range cidrs {
		subnet, err := b.subnet(kind, n, cidr, tags...)
		if err != nil {
			return nil, err
		}
		suffix := kind + "-" + b.args.letters[n]
		id, err := b.routeTable(suffix)
		if err != nil {
			return nil, err
		}
		if err := b.associate(suffix, subnet, id); err != nil {
			return nil, err
		}
		b.tables = append(b.tables, table{suffix: suffix, id: id})
		all = append(all, subnet)
	}
	return all, nil
}

// nat registers a zone's NAT gateway and the route of the zone's private
// subnet to it. Both the address and the gateway need the internet gateway in place,
// or AWS refuses them and hangs on their removal.
func (b *builder) nat(letter string, public *ec2.Subnet, gateway *ec2.InternetGateway) (*ec2.Eip, error) {
	after := pulumi.DependsOn([]pulumi.Resource{gateway})
	address, err := ec2.NewEip(b.ctx, b.name+"-nat-address-"+letter, &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   b.tags("nat-" + letter),
	}, b.child, after)
	if err != nil {
		return nil, err
	}
	nat, err := ec2.NewNatGateway(b.ctx, b.name+"-nat-"+letter, &ec2.NatGatewayArgs{
		SubnetId:         public.ID(),
		AllocationId:     address.ID().ToStringOutput(),
		ConnectivityType: pulumi.String("public"),
		Tags:             b.tags("nat-" + letter),
	}, b.child, after, pulumi.DeleteBeforeReplace(true)) // two gateways cannot hold one address
	if err != nil {
		return nil, err
	}
	suffix := "private-" + letter
	for _, t := range b.tables {
		if t.suffix == suffix {
			return address, b.route(suffix+"-internet", t.id, ec2.RouteArgs{NatGatewayId: nat.ID()})
		}
	}
	return address, nil
}

func (b *builder) subnet(kind string, n int, cidr netip.Prefix, tags ...string) (*ec2.Subnet, error) {
	part := kind + "-" + b.args.letters[n]
	return ec2.NewSubnet(b.ctx, b.name+"-"+part, &ec2.SubnetArgs{
		VpcId:            b.network.VpcID,
		CidrBlock:        pulumi.String(cidr.String()),
		AvailabilityZone: pulumi.String(b.args.Site.Zones[n]),
		// Nothing gets a public address by accident: load balancers and NAT gateways bring their own.
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                b.tags(part, append(tags, "redoubt:subnet", kind)...),
	}, b.child)
}

// routeTable registers a table without routes of its own: inline routes and
// those of ec2.Route on one table delete each other.
func (b *builder) routeTable(suffix string) (pulumi.StringOutput, error) {
	rt, err := ec2.NewRouteTable(b.ctx, b.name+"-routes-"+suffix, &ec2.RouteTableArgs{
		VpcId: b.network.VpcID,
		Tags:  b.tags(suffix),
	}, b.child)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return rt.ID().ToStringOutput(), nil
}

// route registers a route of a table to anywhere, or to where to says.
func (b *builder) route(suffix string, id pulumi.StringInput, to ec2.RouteArgs) error {
	to.RouteTableId = id
	if to.DestinationCidrBlock == nil {
		to.DestinationCidrBlock = pulumi.String(anywhere)
	}
	_, err := ec2.NewRoute(b.ctx, b.name+"-route-"+suffix, &to, b.child)
	return err
}

func (b *builder) associate(suffix string, subnet *ec2.Subnet, id pulumi.StringInput) error {
	_, err := ec2.NewRouteTableAssociation(b.ctx, b.name+"-association-"+suffix, &ec2.RouteTableAssociationArgs{
		SubnetId:     subnet.ID(),
		RouteTableId: id,
	}, b.child)
	return err
}

// after makes whatever uses the subnets wait for the gateway, and go before it:
// AWS refuses a load balancer that faces the internet in a VPC without one, and does not take the
// gateway from a VPC while a load balancer holds an address of it
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
func after(gateway *ec2.InternetGateway, ids pulumi.StringArrayOutput) pulumi.StringArrayOutput {
	return pulumi.All(gateway.ID(), ids).ApplyT(func(v []any) []string {
		return v[1].([]string)
	}).(pulumi.StringArrayOutput)
}

func idsOf(subnets []*ec2.Subnet) pulumi.StringArrayOutput {
	ids := pulumi.StringArray{}
	for _, s := range subnets {
		ids = append(ids, s.ID())
	}
	return ids.ToStringArrayOutput()
}
