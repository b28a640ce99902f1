// Package topicencrypted holds the rule topic-encrypted.
package topicencrypted

import "redoubt/policies/rule"

// Rule is the rule topic-encrypted.
var Rule = rule.Rule{
	ID:    "topic-encrypted",
	Title: "A topic is encrypted with a key of the system",
	Why: "What a topic tells of a recovery says what is broken; with a key its readers are those of the " +
		"system.",
	Source:   "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
	Severity: rule.Low,
	Remedy:   "Set kmsMasterKeyId to the key of the home.",
	Resource: rule.OwnKey("kmsMasterKeyId", "aws:sns/topic:Topic"),
}
