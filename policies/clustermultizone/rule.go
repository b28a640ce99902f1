// Package clustermultizone holds the rule cluster-multi-zone.
package clustermultizone

import "redoubt/policies/rule"

const (
	subnets    = "vpcConfig.subnetIds"
	leastZones = "leastZones"
)

var types = []string{"aws:eks/cluster:Cluster"}

// Rule is the rule cluster-multi-zone.
var Rule = rule.Rule{
	ID:    "cluster-multi-zone",
	Title: "A cluster reaches three zones",
	Why: "The control plane puts its interfaces in these subnets: nodes in a zone without one lose it with " +
		"another zone.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
	Severity: rule.High,
	Remedy:   "List the private subnet of each zone in vpcConfig.subnetIds.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	return g.InZones(types, subnets, c.Int(leastZones))
}
