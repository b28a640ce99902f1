// Package balancermultizone holds the rule balancer-multi-zone.
package balancermultizone

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	subnets    = "subnets"
	leastZones = "leastZones"
)

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
	Resource: &rule.ResourceRule{Types: []string{"aws:lb/loadBalancer:LoadBalancer"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastZones)
	return r.Want(subnets, r.At(subnets).Len() >= least, fmt.Sprintf("at least %d", least))
}
