// Package scheduleretries holds the rule schedule-retries.
package scheduleretries

import "redoubt/policies/rule"

const leastAttempts = "leastAttempts"

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
	// Not set is 185.
	Resource: rule.Least{Path: "target.retryPolicy.maximumRetryAttempts", Option: leastAttempts, IfSet: true}.Of(
		"aws:scheduler/schedule:Schedule"),
}
