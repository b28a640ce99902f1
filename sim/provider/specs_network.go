package provider

import "maps"

// specs is the table of the simulated types.
var specs = mergeSpecs(specsOfVault, specsOfNetwork, specsOfIdentity, specsOfData, specsOfStorage, specsOfEntry,
	specsOfWatch, specsOfAppConfig,
	specsOfDynamoDB, specsOfSQS,
	specsOfBackup,
	specsOfDiscovery,
	specsOfCluster,
	specsOfCache,
	specsOfQuotas,
	specsOfFIS,
)

func mergeSpecs(groups ...map[string]spec) map[string]spec {
	all := map[string]spec{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

var specsOfNetwork = map[string]spec{
	"aws:ec2/vpc:Vpc":                                                   {kind: "AWS::EC2::VPC"},
	"aws:ec2/subnet:Subnet":                                             {kind: "AWS::EC2::Subnet"},
	"aws:ec2/internetGateway:InternetGateway":                           {kind: "AWS::EC2::InternetGateway"},
	"aws:ec2/eip:Eip":                                                   {kind: "AWS::EC2::EIP"},
	"aws:ec2/natGateway:NatGateway":                                     {kind: "AWS::EC2::NatGateway"},
	"aws:ec2/routeTable:RouteTable":                                     {kind: "AWS::EC2::RouteTable"},
	"aws:ec2/route:Route":                                               {kind: "AWS::EC2::Route"},
	"aws:ec2/routeTableAssociation:RouteTableAssociation":               {kind: "AWS::EC2::SubnetRouteTableAssociation"},
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                   {kind: "AWS::EC2::VPCEndpoint", sticky: []string{"dnsOptions", "subnetConfigurations"}},
	"aws:ec2/securityGroup:SecurityGroup":                               {kind: "AWS::EC2::SecurityGroup", name: byName(255)},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":                 {kind: "AWS::EC2::DefaultSecurityGroup"},
	"aws:ec2/flowLog:FlowLog":                                           {kind: "AWS::EC2::FlowLog", sticky: []string{"destinationOptions"}},
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":                 {kind: "AWS::EC2::VPCPeeringConnection"},
	"aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": {kind: "AWS::EC2::VPCPeeringConnectionAccepter"},
	"aws:ec2/peeringConnectionOptions:PeeringConnectionOptions": {kind: "AWS::EC2::VPCPeeringConnectionOptions",
		sticky: []string{"accepter", "requester"}},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {kind: "AWS::EC2::SecurityGroupIngress"},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {kind: "AWS::EC2::SecurityGroupEgress"},
}
