// Package keydeletionwindow holds the rule key-deletion-window.
package keydeletionwindow

import "redoubt/policies/rule"

const leastDays = "leastDays"

// Rule is the rule key-deletion-window.
var Rule = rule.Rule{
	ID:    "key-deletion-window",
	Title: "A key that somebody deletes can be brought back for a month",
	Why: "With the key every backup under it is gone for ever, in both homes; the window is all the time " +
		"there is to see it.",
	Source:   "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
	Severity: rule.High,
	Remedy:   "Set deletionWindowInDays to at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 30, Min: 7, Max: 30,
			Describes: "The fewest days before a deleted key is gone."},
	},
	// Not set is 30.
	Resource: rule.Least{Path: "deletionWindowInDays", Option: leastDays, IfSet: true, Mends: true}.Of(
		"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"),
}
