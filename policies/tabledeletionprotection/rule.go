// Package tabledeletionprotection holds the rule table-deletion-protection.
package tabledeletionprotection

import "redoubt/policies/rule"

// Rule is the rule table-deletion-protection.
var Rule = rule.Rule{
	ID:    "table-deletion-protection",
	Title: "A table cannot be deleted by one call",
	Why: "A deleted replica takes its point-in-time recovery along, and the other home cannot make it again " +
		"while this one is away.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
	Severity: rule.High,
	Remedy:   "Set deletionProtectionEnabled to true.",
	Resource: rule.Mended("deletionProtectionEnabled", true,
		"aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"),
}
