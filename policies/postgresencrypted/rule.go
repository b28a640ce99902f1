// Package postgresencrypted holds the rule postgres-encrypted.
package postgresencrypted

import "redoubt/policies/rule"

const cluster = "aws:rds/cluster:Cluster"

// Rule is the rule postgres-encrypted.
var Rule = rule.Rule{
	ID:    "postgres-encrypted",
	Title: "A database is encrypted with a key of the system",
	Why: "A snapshot under the key of AWS cannot be copied to another region or account with a key that opens " +
		"there.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",
	Severity: rule.High,
	Remedy:   "Set storageEncrypted to true, and kmsKeyId of the cluster to the key of its home.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:rds/cluster:Cluster", "aws:rds/globalCluster:GlobalCluster"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	out := r.WantFixed("storageEncrypted", true)
	if r.Type == cluster {
		out = append(out, r.WantOwnKey("kmsKeyId")...)
	}
	return out
}
