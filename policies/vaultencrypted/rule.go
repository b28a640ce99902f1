// Package vaultencrypted holds the rule vault-encrypted.
package vaultencrypted

import "redoubt/policies/rule"

// Rule is the rule vault-encrypted.
var Rule = rule.Rule{
	ID:    "vault-encrypted",
	Title: "A vault is encrypted with a key of the system",
	Why: "The copy in the other home opens with the replica of this key; a vault under the key of AWS copies " +
		"to no other account.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",
	Severity: rule.High,
	Remedy:   "Set kmsKeyArn to the backup key of the home.",
	Resource: rule.OwnKey("kmsKeyArn", "aws:backup/vault:Vault"),
}
