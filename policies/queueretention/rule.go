// Package queueretention holds the rule queue-retention.
package queueretention

import "redoubt/policies/rule"

const (
	retention     = "messageRetentionSeconds"
	leastDays     = "leastDays"
	leastDeadDays = "leastDeadDays"
	day           = 24 * 60 * 60
)

// Rule is the rule queue-retention.
var Rule = rule.Rule{
	ID:    "queue-retention",
	Title: "A queue keeps a message over a long weekend, a dead-letter queue as long as it can",
	Why: "A message that outlives its retention is gone without a trace, and a move to the dead-letter queue " +
		"does not start it anew.",
	Source:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
	Severity: rule.Medium,
	Remedy:   "Set messageRetentionSeconds to at least leastDays, of a dead-letter queue to leastDeadDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 4, Min: 1, Max: 14,
			Describes: "The fewest days that a message is kept."},
		{Name: leastDeadDays, Kind: rule.Integer, Default: 14, Min: 1, Max: 14,
			Describes: "The same for a dead-letter queue."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:sqs/queue:Queue"}, Check: check, Remediate: remediate},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	return r.WantLeast(retention, least(r, c))
}

func remediate(r *rule.Resource, c rule.Config) map[string]any {
	return rule.Mend(r.Int(retention) >= least(r, c), retention, least(r, c))
}

func least(r *rule.Resource, c rule.Config) int {
	if r.Exists("redriveAllowPolicy") {
		return c.Int(leastDeadDays) * day
	}
	return c.Int(leastDays) * day
}
