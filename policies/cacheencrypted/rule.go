// Package cacheencrypted holds the rule cache-encrypted.
package cacheencrypted

import "redoubt/policies/rule"

// Rule is the rule cache-encrypted.
var Rule = rule.Rule{
	ID:    "cache-encrypted",
	Title: "A cache is encrypted at rest and on its way",
	Why: "A member of a global datastore takes its encryption from the first; what that one lacks can never " +
		"be added later.",
	Source:   "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
	Severity: rule.Medium,
	Remedy:   "Set atRestEncryptionEnabled, transitEncryptionEnabled and kmsKeyId.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:elasticache/replicationGroup:ReplicationGroup"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	out := r.WantOwnKey("kmsKeyId")
	if r.Exists("globalReplicationGroupId") {
		return out // a member takes the rest from the first
	}
	out = append(out, r.WantFixed("atRestEncryptionEnabled", true)...)
	return append(out, r.WantFixed("transitEncryptionEnabled", true)...)
}
