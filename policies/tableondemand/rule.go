// Package tableondemand holds the rule table-on-demand.
package tableondemand

import "redoubt/policies/rule"

// Rule is the rule table-on-demand.
var Rule = rule.Rule{
	ID:    "table-on-demand",
	Title: "A table takes the load that a failover sends it",
	Why: "Provisioned capacity is scaled to the load of before: the receiving home throttles just when all " +
		"writes arrive.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html",
	Severity: rule.Medium,
	Remedy:   "Set billingMode to PAY_PER_REQUEST.",
	Resource: rule.Fixed("billingMode", "PAY_PER_REQUEST", "aws:dynamodb/table:Table"),
}
