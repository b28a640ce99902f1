// Package restoretestrecurs holds the rule restore-test-recurs.
package restoretestrecurs

import (
	"strings"

	"redoubt/policies/rule"
)

const (
	schedule = "scheduleExpression"
	window   = "recoveryPointSelection.selectionWindowDays"
	mostDays = "mostDays"
)

// Rule is the rule restore-test-recurs.
var Rule = rule.Rule{
	ID:    "restore-test-recurs",
	Title: "A restore is tested every month, from a recent backup",
	Why: "A test of last year proves last year, and one of an old backup says nothing of those that are made " +
		"now.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
	Severity: rule.Medium,
	Remedy:   "Let scheduleExpression run in every month, and set selectionWindowDays to at most mostDays.",
	Options: []rule.Option{
		{Name: mostDays, Kind: rule.Integer, Default: 14, Min: 1, Max: 365,
			Describes: "The oldest backup that a test may take, in days."},
	},
	Resource: &rule.ResourceRule{
		Types: []string{"aws:backup/restoreTestingPlan:RestoreTestingPlan"},
		Check: check,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	fields := strings.Fields(r.Text(schedule)) // minute, hour, day of the month, month, day of the week, year
	monthly := len(fields) == 6 && fields[3] == "*"
	out := r.Want(schedule, monthly, "one of every month")
	return append(out, r.WantOneTo(window, c.Int(mostDays))...)
}
