// Package tableondemand holds the rule table-on-demand.
package tableondemand

import "redoubt/policies/rule"

const mode = "billingMode"

// Rule is the rule table-on-demand.
var Rule = rule.Rule{
	ID:    "table-on-demand",
	Title: "A table takes the load that a failover sends it",
	Why: "Provisioned capacity is scaled to the load of before: the receiving home throttles just when all " +
		"writes arrive.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html",
	Severity: rule.Medium,
	Remedy:   "Set billingMode to PAY_PER_REQUEST.",
	Resource: &rule.ResourceRule{Types: []string{"aws:dynamodb/table:Table"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(mode, r.Text(mode) == "PAY_PER_REQUEST", `"PAY_PER_REQUEST"`)
}
