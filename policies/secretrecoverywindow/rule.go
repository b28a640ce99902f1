// Package secretrecoverywindow holds the rule secret-recovery-window.
package secretrecoverywindow

import "redoubt/policies/rule"

const leastDays = "leastDays"

// Rule is the rule secret-recovery-window.
var Rule = rule.Rule{
	ID:       "secret-recovery-window",
	Title:    "A secret that somebody deletes can be brought back for a month",
	Why:      "Without its password the receiving home has a database that nobody can open.",
	Source:   "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
	Severity: rule.High,
	Remedy:   "Set recoveryWindowInDays to at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 30, Min: 7, Max: 30,
			Describes: "The fewest days before a deleted secret is gone."},
	},
	// Not set is 30.
	Resource: rule.Least{Path: "recoveryWindowInDays", Option: leastDays, IfSet: true, Mends: true}.Of(
		"aws:secretsmanager/secret:Secret"),
}
