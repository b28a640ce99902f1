// Package scheduleretries holds the rule schedule-retries.
package scheduleretries

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	attempts      = "target.retryPolicy.maximumRetryAttempts"
	leastAttempts = "leastAttempts"
)

// Rule is the rule schedule-retries.
var Rule = rule.Rule{
	ID:    "schedule-retries",
	Title: "What a schedule starts is tried again",
	Why: "A start that falls into a short outage is otherwise left out until the next day, and nobody hears " +
		"of it.",
	Source:   "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
	Severity: rule.Low,
	Remedy:   "Set target.retryPolicy.maximumRetryAttempts to at least leastAttempts.",
	Options: []rule.Option{
		{Name: leastAttempts, Kind: rule.Integer, Default: 1, Min: 1, Max: 185,
			Describes: "The fewest times that a start is tried again."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:scheduler/schedule:Schedule"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastAttempts)
	enough := !r.Exists(attempts) || r.Int(attempts) >= least // not set is 185
	return r.Want(attempts, enough, fmt.Sprintf("at least %d", least))
}
