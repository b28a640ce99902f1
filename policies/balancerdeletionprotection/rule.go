// Package balancerdeletionprotection holds the rule balancer-deletion-protection.
package balancerdeletionprotection

import "redoubt/policies/rule"

// Rule is the rule balancer-deletion-protection.
var Rule = rule.Rule{
	ID:       "balancer-deletion-protection",
	Title:    "A load balancer cannot be deleted by one call",
	Why:      "A new one has a new name, and the records of both homes point at the old one.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
	Severity: rule.High,
	Remedy:   "Set enableDeletionProtection to true.",
	Resource: rule.Mended("enableDeletionProtection", true, "aws:lb/loadBalancer:LoadBalancer"),
}
