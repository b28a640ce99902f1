// Package secretrecoverywindow holds the rule secret-recovery-window.
package secretrecoverywindow

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	window    = "recoveryWindowInDays"
	leastDays = "leastDays"
)

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
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:secretsmanager/secret:Secret"},
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
