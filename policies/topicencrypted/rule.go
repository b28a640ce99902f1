// Package topicencrypted holds the rule topic-encrypted.
package topicencrypted

import "redoubt/policies/rule"

const (
	key = "kmsMasterKeyId"
	// theirs is how a message shows the key of AWS; one that only the update brings is a key of the program.
	theirs = `"alias/aws/sns"`
)

// Rule is the rule topic-encrypted.
var Rule = rule.Rule{
	ID:    "topic-encrypted",
	Title: "A topic is encrypted with a key of the system",
	Why: "What a topic tells of a recovery says what is broken; with a key its readers are those of the " +
		"system.",
	Source:   "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
	Severity: rule.Low,
	Remedy:   "Set kmsMasterKeyId to the key of the home.",
	Resource: &rule.ResourceRule{Types: []string{"aws:sns/topic:Topic"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(key, r.Exists(key) && r.At(key).String() != theirs, "a key of the home")
}
