// Package balancermultizone holds the rule balancer-multi-zone.
package balancermultizone

import "redoubt/policies/rule"

// Rule is the rule balancer-multi-zone.
var Rule = rule.Rule{
	ID:    "balancer-multi-zone",
	Title: "A load balancer stands in three zones",
	Why: "A load balancer in two zones has half its addresses after the loss of one, and no room to shift a " +
		"second away.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
	Severity: rule.High,
	Remedy:   "List the public subnet of each zone in subnets.",
	Options:  rule.ZonesOption(),
	Stack:    rule.InZones("subnets", "aws:lb/loadBalancer:LoadBalancer"),
}
