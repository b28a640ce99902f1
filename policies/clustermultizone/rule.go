// Package clustermultizone holds the rule cluster-multi-zone.
package clustermultizone

import "redoubt/policies/rule"

// Rule is the rule cluster-multi-zone.
var Rule = rule.Rule{
	ID:    "cluster-multi-zone",
	Title: "A cluster reaches three zones",
	Why: "The control plane puts its interfaces in these subnets: nodes in a zone without one lose it with " +
		"another zone.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
	Severity: rule.High,
	Remedy:   "List the private subnet of each zone in vpcConfig.subnetIds.",
	Options:  rule.ZonesOption(),
	Stack:    rule.InZones("vpcConfig.subnetIds", "aws:eks/cluster:Cluster"),
}
