// Package secretencrypted holds the rule secret-encrypted.
package secretencrypted

import "redoubt/policies/rule"

// Rule is the rule secret-encrypted.
var Rule = rule.Rule{
	ID:    "secret-encrypted",
	Title: "A secret is encrypted with a key of the system",
	Why: "The key of AWS opens for nobody of another account, and nobody watches it; the key of the home is " +
		"kept and replicated.",
	Source:   "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
	Severity: rule.Medium,
	Remedy:   "Set kmsKeyId to the key of the home.",
	Resource: rule.OwnKey("kmsKeyId", "aws:secretsmanager/secret:Secret"),
}
