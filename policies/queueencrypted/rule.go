// Package queueencrypted holds the rule queue-encrypted.
package queueencrypted

import "redoubt/policies/rule"

const (
	key = "kmsMasterKeyId"
	// theirs is how a message shows the key of AWS; one that only the update brings is a key of the program.
	theirs = `"alias/aws/sqs"`
)

// Rule is the rule queue-encrypted.
var Rule = rule.Rule{
	ID:       "queue-encrypted",
	Title:    "A queue is encrypted with a key of the system",
	Why:      "Only who may use the key may send and read, in both homes alike; the key of AWS has no such policy.",
	Source:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
	Severity: rule.Medium,
	Remedy:   "Set kmsMasterKeyId to the key of the home.",
	Resource: &rule.ResourceRule{Types: []string{"aws:sqs/queue:Queue"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(key, r.Exists(key) && r.At(key).String() != theirs, "a key of the home")
}
