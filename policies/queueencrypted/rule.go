// Package queueencrypted holds the rule queue-encrypted.
package queueencrypted

import "redoubt/policies/rule"

// Rule is the rule queue-encrypted.
var Rule = rule.Rule{
	ID:       "queue-encrypted",
	Title:    "A queue is encrypted with a key of the system",
	Why:      "Only who may use the key may send and read, in both homes alike; the key of AWS has no such policy.",
	Source:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
	Severity: rule.Medium,
	Remedy:   "Set kmsMasterKeyId to the key of the home.",
	Resource: rule.OwnKey("kmsMasterKeyId", "aws:sqs/queue:Queue"),
}
