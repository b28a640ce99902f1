// Package logretention holds the rule log-retention.
package logretention

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	retention = "retentionInDays"
	leastDays = "leastDays"
)

// Rule is the rule log-retention.
var Rule = rule.Rule{
	ID:    "log-retention",
	Title: "Logs are kept for months",
	Why: "Damage is often older than the weeks that a short retention leaves, and the review of a drill looks " +
		"back further.",
	Source:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
	Severity: rule.Low,
	Remedy:   "Set retentionInDays to at least leastDays, or to 0 for ever.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 90, Min: 1, Max: 3653,
			Describes: "The fewest days that a log is kept."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:cloudwatch/logGroup:LogGroup"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least, days := c.Int(leastDays), r.Int(retention)
	return r.Want(retention, days == 0 || days >= least, fmt.Sprintf("at least %d", least)) // 0 and not set are for ever
}
