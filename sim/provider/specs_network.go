package provider

import "maps"

// specs is the table of the simulated types.
var specs = mergeSpecs(specsOfNetwork, specsOfIdentity, specsOfData, specsOfStorage, specsOfEntry, specsOfWatch,
	specsOfBackup)

func mergeSpecs(groups ...map[string]spec) map[string]spec {
	all := map[string]spec{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

var ruleLists = []string{"ingress", "egress"}

var specsOfNetwork = map[string]spec{
	"aws:ec2/vpc:Vpc": {kind: "AWS::EC2::VPC", defaults: map[string]any{"enableDnsSupport": true,
		"instanceTenancy": "default"}},
	"aws:ec2/subnet:Subnet":                   {kind: "AWS::EC2::Subnet"},
	"aws:ec2/internetGateway:InternetGateway": {kind: "AWS::EC2::InternetGateway"},
	"aws:ec2/eip:Eip":                         {kind: "AWS::EC2::EIP"},
	"aws:ec2/natGateway:NatGateway": {kind: "AWS::EC2::NatGateway", defaults: map[string]any{
		"connectivityType": "public"}},
	"aws:ec2/routeTable:RouteTable":                       {kind: "AWS::EC2::RouteTable", sets: []string{"routes", "propagatingVgws"}},
	"aws:ec2/route:Route":                                 {kind: "AWS::EC2::Route"},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": {kind: "AWS::EC2::SubnetRouteTableAssociation"},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {kind: "AWS::EC2::VPCEndpoint", sets: []string{"subnetIds", "securityGroupIds",
		"routeTableIds", "subnetConfigurations"}, defaults: map[string]any{"vpcEndpointType": "Gateway"}},
	"aws:ec2/securityGroup:SecurityGroup": {kind: "AWS::EC2::SecurityGroup", name: byName(255), sets: ruleLists,
		defaults: map[string]any{"description": "Managed by Pulumi"}},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {kind: "AWS::EC2::DefaultSecurityGroup", sets: ruleLists},
	"aws:ec2/flowLog:FlowLog": {kind: "AWS::EC2::FlowLog", defaults: map[string]any{
		"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600.0}},
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":                 {kind: "AWS::EC2::VPCPeeringConnection"},
	"aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": {kind: "AWS::EC2::VPCPeeringConnectionAccepter"},
	"aws:ec2/peeringConnectionOptions:PeeringConnectionOptions":         {kind: "AWS::EC2::VPCPeeringConnectionOptions"},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":         {kind: "AWS::EC2::SecurityGroupIngress"},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":           {kind: "AWS::EC2::SecurityGroupEgress"},
}
