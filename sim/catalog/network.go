package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
)

var networkRows = []row{
	{"aws:ec2/vpc:Vpc", "aws_vpc", ec2.VpcArgs{}, ec2.VpcState{}},
	{"aws:ec2/subnet:Subnet", "aws_subnet", ec2.SubnetArgs{}, ec2.SubnetState{}},
	{"aws:ec2/internetGateway:InternetGateway", "aws_internet_gateway", ec2.InternetGatewayArgs{}, ec2.InternetGatewayState{}},
	{"aws:ec2/eip:Eip", "aws_eip", ec2.EipArgs{}, ec2.EipState{}},
	{"aws:ec2/natGateway:NatGateway", "aws_nat_gateway", ec2.NatGatewayArgs{}, ec2.NatGatewayState{}},
	{"aws:ec2/routeTable:RouteTable", "aws_route_table", ec2.RouteTableArgs{}, ec2.RouteTableState{}},
	{"aws:ec2/route:Route", "aws_route", ec2.RouteArgs{}, ec2.RouteState{}},
	{"aws:ec2/routeTableAssociation:RouteTableAssociation", "aws_route_table_association", ec2.RouteTableAssociationArgs{}, ec2.RouteTableAssociationState{}},
	{"aws:ec2/vpcEndpoint:VpcEndpoint", "aws_vpc_endpoint", ec2.VpcEndpointArgs{}, ec2.VpcEndpointState{}},
	{"aws:ec2/securityGroup:SecurityGroup", "aws_security_group", ec2.SecurityGroupArgs{}, ec2.SecurityGroupState{}},
	{"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws_default_security_group", ec2.DefaultSecurityGroupArgs{}, ec2.DefaultSecurityGroupState{}},
	{"aws:ec2/flowLog:FlowLog", "aws_flow_log", ec2.FlowLogArgs{}, ec2.FlowLogState{}},
	{"aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "aws_vpc_peering_connection", ec2.VpcPeeringConnectionArgs{}, ec2.VpcPeeringConnectionState{}},
	{"aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter", "aws_vpc_peering_connection_accepter", ec2.VpcPeeringConnectionAccepterArgs{}, ec2.VpcPeeringConnectionAccepterState{}},
	{"aws:ec2/peeringConnectionOptions:PeeringConnectionOptions", "aws_vpc_peering_connection_options", ec2.PeeringConnectionOptionsArgs{}, ec2.PeeringConnectionOptionsState{}},
	{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws_vpc_security_group_ingress_rule", vpc.SecurityGroupIngressRuleArgs{}, vpc.SecurityGroupIngressRuleState{}},
	{"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws_vpc_security_group_egress_rule", vpc.SecurityGroupEgressRuleArgs{}, vpc.SecurityGroupEgressRuleState{}},
	{"aws:ec2/launchTemplate:LaunchTemplate", "aws_launch_template", ec2.LaunchTemplateArgs{}, ec2.LaunchTemplateState{}},
	{"aws:ec2/capacityReservation:CapacityReservation", "aws_ec2_capacity_reservation", ec2.CapacityReservationArgs{}, ec2.CapacityReservationState{}},
}
