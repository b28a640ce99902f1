// Package recoveryrole holds the rule recovery-role.
package recoveryrole

import "redoubt/policies/rule"

// Rule is the rule recovery-role, whose subject is not there yet.
var Rule = rule.Rule{
	ID:    "recovery-role",
	Title: "The role that recovers may do what the plans call, and nothing else",
	Why: "A role that may do less stops a recovery in its middle; one that may do more is the best target in " +
		"the account.",
	Source:   "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
	Severity: rule.High,
	Remedy:   "Let components/control make the role from the plans.",
	Pending:  "#10: components/control",
}
