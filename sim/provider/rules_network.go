package provider

import "slices"

// rulesOf holds the upstream provider's validators, by type token. They were
// observed on terraform-provider-aws 5.100.0, which pulumi-aws 6.83.2 wraps;
// what only AWS itself refuses is checked by the simulated world instead.
var rulesOf = mergeRules(rulesOfNetwork, rulesOfData, rulesOfStorage, rulesOfEntry, rulesOfIdentity, rulesOfWatch,
	rulesOfBackup)

func mergeRules(groups ...map[string][]rule) map[string][]rule {
	all := map[string][]rule{}
	for _, group := range groups {
		for token, rules := range group {
			all[token] = slices.Concat(all[token], rules)
		}
	}
	return all
}

var securityGroupRule = []rule{
	exactlyOne("", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
	cidr("cidrIpv4", 0, 32),
	between("fromPort", -1, 65535),
	between("toPort", -1, 65535),
}

var rulesOfNetwork = map[string][]rule{
	"aws:ec2/vpc:Vpc": {
		cidr("cidrBlock", 16, 28),
		conflicts("", "cidrBlock", "ipv4NetmaskLength"),
		oneOf("instanceTenancy", "default", "dedicated"),
		requires("", "ipv4NetmaskLength", "ipv4IpamPoolId"),
		conflicts("", "assignGeneratedIpv6CidrBlock", "ipv6IpamPoolId"),
	},
	"aws:ec2/subnet:Subnet": {
		conflicts("", "availabilityZone", "availabilityZoneId"),
		cidr("cidrBlock", 0, 32),
		oneOf("privateDnsHostnameTypeOnLaunch", "ip-name", "resource-name"),
	},
	"aws:ec2/eip:Eip": {
		oneOf("domain", "vpc", "standard"),
		conflicts("", "vpc", "domain"),
	},
	"aws:ec2/natGateway:NatGateway": {
		oneOf("connectivityType", "public", "private"),
		conflicts("", "secondaryPrivateIpAddressCount", "secondaryPrivateIpAddresses"),
		matches("privateIp", `^(\d{1,3}\.){3}\d{1,3}$`, "an IPv4 address"),
	},
	"aws:ec2/route:Route": {
		exactlyOne("", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
		exactlyOne("", "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId",
			"natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId"),
		cidr("destinationCidrBlock", 0, 32),
	},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": {exactlyOne("", "subnetId", "gatewayId")},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {
		oneOf("vpcEndpointType", "Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
		oneOf("ipAddressType", "ipv4", "dualstack", "ipv6"),
		oneOf("dnsOptions.dnsRecordIpType", "ipv4", "dualstack", "ipv6", "service-defined"),
		exactlyOne("", "serviceName", "resourceConfigurationArn", "serviceNetworkArn"),
		jsonDocument("policy"),
	},
	"aws:ec2/securityGroup:SecurityGroup": {
		without("name", `^sg-`, "a name must not begin with sg-"),
		length("name", 0, 255),
		length("namePrefix", 0, 229),
		conflicts("", "name", "namePrefix"),
		length("description", 0, 255),
		matches("description", `^[\w .:/()#,@\[\]+=&;{}!$*-]*$`, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
	},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   securityGroupRule,
	"aws:ec2/flowLog:FlowLog": {
		exactlyOne("", "eniId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"),
		conflicts("", "logGroupName", "logDestination"),
		oneOfNumbers("maxAggregationInterval", 60, 600),
		oneOf("logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
		oneOf("trafficType", "ACCEPT", "REJECT", "ALL"),
		arn("logDestination"),
		arn("iamRoleArn"),
		oneOf("destinationOptions.fileFormat", "plain-text", "parquet"),
	},
}
