package arbiter

import (
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/flowlog"
)

// cidr is the network's range, and that of its subnets: a /24 each. No peering leads here, so it may be anybody's.
var cidr = netip.MustParsePrefix("10.42.0.0/20")

// place is where the task runs.
type place struct {
	subnets pulumi.StringArray
	group   pulumi.StringOutput
}

// network declares public subnets that let out what the task asks and nobody in.
func (b *builder) network() (place, error) {
	var p place
	net, err := ec2.NewVpc(b.ctx, b.name+"-vpc", &ec2.VpcArgs{
		CidrBlock: pulumi.String(cidr.String()), EnableDnsSupport: pulumi.Bool(true), EnableDnsHostnames: pulumi.Bool(true),
	}, b.child()...)
	if err != nil {
		return p, err
	}
	if _, err := ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default-group", &ec2.DefaultSecurityGroupArgs{
		VpcId: net.ID(),
	}, b.child()...); err != nil {
		return p, err
	}
	if err := b.subnets(net, &p); err != nil {
		return p, err
	}
	if err := flowlog.New(b.ctx, b.name, flowlog.Args{
		Scope: b.args.Scope, Group: b.args.flowGroup(), Days: logDays, KeyArn: b.keyArn, VpcID: net.ID().ToStringOutput(),
	}, b.child()...); err != nil {
		return p, err
	}
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-group", &ec2.SecurityGroupArgs{
		Description: pulumi.String("The arbiter's observer: nobody in, TLS out"), VpcId: net.ID(),
	}, b.child()...)
	if err != nil {
		return p, err
	}
	p.group = group.ID().ToStringOutput()
	_, err = vpc.NewSecurityGroupEgressRule(b.ctx, b.name+"-out", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(), Description: pulumi.String("Load balancers of the homes, and AWS"),
		CidrIpv4: pulumi.String("0.0.0.0/0"), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
	}, b.child()...)
	return p, err
}

func (b *builder) subnets(net *ec2.Vpc, p *place) error {
	gateway, err := ec2.NewInternetGateway(b.ctx, b.name+"-gateway", &ec2.InternetGatewayArgs{VpcId: net.ID()}, b.child()...)
	if err != nil {
		return err
	}
	table, err := ec2.NewRouteTable(b.ctx, b.name+"-routes", &ec2.RouteTableArgs{VpcId: net.ID()}, b.child()...)
	if err != nil {
		return err
	}
	if _, err := ec2.NewRoute(b.ctx, b.name+"-route-out", &ec2.RouteArgs{
		RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String("0.0.0.0/0"), GatewayId: gateway.ID(),
	}, b.child()...); err != nil {
		return err
	}
	at := cidr.Addr().As4()
	for n, zone := range b.args.Zones {
		at[2] = cidr.Addr().As4()[2] + byte(n)
		s, err := ec2.NewSubnet(b.ctx, b.name+"-subnet-"+zone, &ec2.SubnetArgs{
			VpcId: net.ID(), AvailabilityZone: pulumi.String(zone),
			CidrBlock: pulumi.String(netip.PrefixFrom(netip.AddrFrom4(at), 24).String()),
		}, b.child()...)
		if err != nil {
			return err
		}
		if _, err := ec2.NewRouteTableAssociation(b.ctx, b.name+"-routes-"+zone, &ec2.RouteTableAssociationArgs{
			RouteTableId: table.ID(), SubnetId: s.ID(),
		}, b.child()...); err != nil {
			return err
		}
		p.subnets = append(p.subnets, s.ID().ToStringOutput())
	}
	return nil
}
