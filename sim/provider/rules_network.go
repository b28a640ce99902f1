package provider

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// rulesOf holds the upstream provider's validators, by type token. They were
// observed on terraform-provider-aws 5.100.0, which pulumi-aws 6.83.2 wraps;
// what only AWS itself refuses is checked by the simulated world instead.
var rulesOf = mergeRules(rulesOfVault, rulesOfNetwork, rulesOfData, rulesOfStorage, rulesOfEntry, rulesOfIdentity,
	rulesOfWatch,
	rulesOfDynamoDB, rulesOfSQS,
	rulesOfBackup,
	rulesOfCache,
	rulesOfPlatform,
	rulesOfFlags,
)

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
	"aws:ec2/subnet:Subnet": {ipv4("cidrBlock")},
	"aws:ec2/route:Route":   {ipv4("destinationCidrBlock")},
	"aws:ec2/vpc:Vpc": {
		cidr("cidrBlock", 16, 28),
		oneOfNumbers("ipv6NetmaskLength", 44, 48, 52, 56, 60),
	},
	"aws:ec2/natGateway:NatGateway": {
		matches("privateIp", `^(\d{1,3}\.){3}\d{1,3}$`, "an IPv4 address"),
		{"", natConnectivity},
	},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {
		conflicts("", "serviceName", "resourceConfigurationArn", "serviceNetworkArn"),
	},
	"aws:ec2/securityGroup:SecurityGroup": {
		without("name", `^sg-`, "a name must not begin with sg-"),
		matches("description", `^[\w .:/()#,@\[\]+=&;{}!$*-]*$`, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
	},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   securityGroupRule,
	"aws:ec2/flowLog:FlowLog": {
		oneOfNumbers("maxAggregationInterval", 60, 600),
	},
}

// natConnectivity refuses what goes with the other kind of NAT gateway only.
func natConnectivity(nat resource.PropertyMap) []Failure {
	typ, known := plain(nat["connectivityType"])
	if !known {
		return nil
	}
	wrong := []string{"secondaryPrivateIpAddressCount"}
	if typ.IsString() && typ.StringValue() == "private" {
		wrong = []string{"allocationId", "secondaryAllocationIds"}
	}
	var faults []Failure
	for _, name := range together(nat, wrong) {
		if v, _ := bare(nat[resource.PropertyKey(name)]); zero(v) {
			continue
		}
		faults = append(faults, Failure{name, "does not go with this connectivityType"})
	}
	return faults
}
