// Package queuedeadletter holds the rule queue-dead-letter.
package queuedeadletter

import (
	"encoding/json"

	"redoubt/policies/rule"
)

const (
	policy       = "redrivePolicy"
	mostReceives = "mostReceives"
)

// Rule is the rule queue-dead-letter.
var Rule = rule.Rule{
	ID:    "queue-dead-letter",
	Title: "A message that nobody can handle leaves its queue and is kept",
	Why: "One poisoned message that comes back for ever keeps a worker busy, and after a failover all of them " +
		"at once.",
	Source:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
	Severity: rule.High,
	Remedy:   "Set redrivePolicy with a deadLetterTargetArn and a maxReceiveCount of at most mostReceives.",
	Options: []rule.Option{
		{Name: mostReceives, Kind: rule.Integer, Default: 10, Min: 1, Max: 1000,
			Describes: "The most times that a message is tried."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:sqs/queue:Queue"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	if r.Exists("redriveAllowPolicy") {
		return nil // it is the dead-letter queue of others
	}
	text := r.Text(policy)
	if text == "" {
		return r.Want(policy, false, "a dead-letter queue")
	}
	var p struct {
		Target   string `json:"deadLetterTargetArn"`
		Receives int    `json:"maxReceiveCount"`
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return []rule.Finding{r.Violation("%s is no JSON: %v", policy, err)}
	}
	if most := c.Int(mostReceives); p.Target == "" || p.Receives < 1 || p.Receives > most {
		return []rule.Finding{r.Violation("%s has the target %q after %d receives, want a target after 1 to %d",
			policy, p.Target, p.Receives, most)}
	}
	return nil
}
