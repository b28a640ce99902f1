// Package keydeletionwindow holds the rule key-deletion-window.
package keydeletionwindow

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	window    = "deletionWindowInDays"
	leastDays = "leastDays"
)

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
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastDays)
	return r.Want(window, !r.Exists(window) || r.Int(window) >= least, fmt.Sprintf("at least %d", least)) // not set is 30
}

func remediate(r *rule.Resource, c rule.Config) map[string]any {
	return rule.Mend(!r.Exists(window) || r.Int(window) >= c.Int(leastDays), window, c.Int(leastDays))
}
