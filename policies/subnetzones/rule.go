// Package subnetzones holds the rule subnet-zones.
package subnetzones

import "redoubt/policies/rule"

// Rule is the rule subnet-zones.
var Rule = rule.Rule{
	ID:       "subnet-zones",
	Title:    "The subnets of a network stand in three zones",
	Why:      "What is placed in a network fails over to no other zones than its subnets have.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
	Severity: rule.High,
	Remedy:   "Declare a subnet of each kind in each of at least leastZones zones.",
	Options:  rule.ZonesOption(),
	Stack:    rule.Each("network", look, "aws:ec2/vpc:Vpc"),
}

func look(g *rule.Graph, n *rule.Resource, c rule.Config) []rule.Finding {
	if n.Read {
		return nil // an adopted network has its own subnets
	}
	return g.WantZonesBeside(n, rule.Subnet, "its subnets", c)
}
