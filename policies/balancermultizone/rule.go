// Package balancermultizone holds the rule balancer-multi-zone.
package balancermultizone

import "redoubt/policies/rule"

const (
	subnets    = "subnets"
	leastZones = "leastZones"
)

var types = []string{"aws:lb/loadBalancer:LoadBalancer"}

// Rule is the rule balancer-multi-zone.
var Rule = rule.Rule{
	ID:    "balancer-multi-zone",
	Title: "A load balancer stands in three zones",
	Why: "A load balancer in two zones has half its addresses after the loss of one, and no room to shift a " +
		"second away.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
	Severity: rule.High,
	Remedy:   "List the public subnet of each zone in subnets.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	return g.InZones(types, subnets, c.Int(leastZones))
}
