// Package tableencrypted holds the rule table-encrypted.
package tableencrypted

import "redoubt/policies/rule"

const replica = "aws:dynamodb/tableReplica:TableReplica"

// Rule is the rule table-encrypted.
var Rule = rule.Rule{
	ID:    "table-encrypted",
	Title: "A table is encrypted with a key of the system",
	Why: "The key of AWS is of one region and nobody can keep it; a key of the system has a replica that is " +
		"kept and watched.",
	Source:   "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
	Severity: rule.Medium,
	Remedy:   "Set serverSideEncryption with a kmsKeyArn, and kmsKeyArn of a replica.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	if r.Type == replica {
		return r.WantOwnKey("kmsKeyArn")
	}
	out := r.WantFixed("serverSideEncryption.enabled", true)
	return append(out, r.WantOwnKey("serverSideEncryption.kmsKeyArn")...)
}
