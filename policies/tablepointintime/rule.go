// Package tablepointintime holds the rule table-point-in-time.
package tablepointintime

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	replica   = "aws:dynamodb/tableReplica:TableReplica"
	on        = "pointInTimeRecovery.enabled"
	days      = "pointInTimeRecovery.recoveryPeriodInDays"
	leastDays = "leastDays"
)

// Rule is the rule table-point-in-time.
var Rule = rule.Rule{
	ID:    "table-point-in-time",
	Title: "A table can be restored to any second of the last weeks",
	Why: "Damage replicates to the other home within a second; only point-in-time recovery goes back behind " +
		"it, in each replica for itself.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
	Severity: rule.High,
	Remedy:   "Set pointInTimeRecovery.enabled, and recoveryPeriodInDays to at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 35, Min: 1, Max: 35,
			Describes: "The fewest days of point-in-time recovery."},
	},
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	if r.Type == replica {
		return r.WantFixed("pointInTimeRecovery", true)
	}
	if !r.True(on) {
		return r.Want(on, false, "true")
	}
	least := c.Int(leastDays)
	return r.Want(days, !r.Exists(days) || r.Int(days) >= least, fmt.Sprintf("at least %d", least)) // not set is 35
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	if r.Type == replica {
		return rule.Mend(r.True("pointInTimeRecovery"), "pointInTimeRecovery", true)
	}
	return rule.Mend(r.True(on), on, true)
}
