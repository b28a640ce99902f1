// Package tabledeletionprotection holds the rule table-deletion-protection.
package tabledeletionprotection

import "redoubt/policies/rule"

const protection = "deletionProtectionEnabled"

// Rule is the rule table-deletion-protection.
var Rule = rule.Rule{
	ID:    "table-deletion-protection",
	Title: "A table cannot be deleted by one call",
	Why: "A deleted replica takes its point-in-time recovery along, and the other home cannot make it again " +
		"while this one is away.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
	Severity: rule.High,
	Remedy:   "Set deletionProtectionEnabled to true.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(protection, r.True(protection), "true")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.True(protection), protection, true)
}
