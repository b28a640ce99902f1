// Package backupfrequency holds the rule backup-frequency.
package backupfrequency

import (
	"strings"

	"redoubt/policies/rule"
)

const leastDays = "leastDays"

// Rule is the rule backup-frequency.
var Rule = rule.Rule{
	ID:    "backup-frequency",
	Title: "A plan makes a backup every day and keeps it for weeks",
	Why: "A rarer backup loses more than a day, and one that goes within days is gone before slow damage is " +
		"seen.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html",
	Severity: rule.High,
	Remedy:   "Give the plan a rule that runs daily and whose lifecycle.deleteAfter is at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 35, Min: 1, Max: 36500,
			Describes: "The fewest days that the daily backup is kept."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:backup/plan:Plan"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastDays)
	for _, one := range r.List("rules") {
		days := one.At("lifecycle.deleteAfter")
		if daily(one.At("schedule").Text()) && (!days.Exists() || days.Int() >= least) { // not set is for ever
			return nil
		}
	}
	return []rule.Finding{r.Violation("no rule runs every day and keeps for at least %d days", least)}
}

// daily reports whether a schedule runs at least once a day: its day of the
// month, month and day of the week are any.
func daily(schedule string) bool {
	fields := strings.Fields(strings.TrimSuffix(strings.TrimPrefix(schedule, "cron("), ")"))
	if len(fields) != 6 {
		return false
	}
	for _, day := range fields[2:5] {
		if day != "*" && day != "?" {
			return false
		}
	}
	return true
}
