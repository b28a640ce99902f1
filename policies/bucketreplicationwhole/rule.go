// Package bucketreplicationwhole holds the rule bucket-replication-whole.
package bucketreplicationwhole

import "redoubt/policies/rule"

// parts must be Enabled in each rule.
var parts = []string{
	"status", "deleteMarkerReplication.status", "sourceSelectionCriteria.sseKmsEncryptedObjects.status",
	"sourceSelectionCriteria.replicaModifications.status",
}

// Rule is the rule bucket-replication-whole.
var Rule = rule.Rule{
	ID:    "bucket-replication-whole",
	Title: "Replication takes every object, its deletion and its encryption",
	Why: "What a rule leaves out is missing in the other home on the day it takes over, and nobody sees it " +
		"before.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html",
	Severity: rule.High,
	Remedy: "Enable the rule without a filter, with delete markers, replica changes and objects encrypted by " +
		"KMS.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:s3/bucketReplicationConfig:BucketReplicationConfig"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	rules := r.List("rules")
	if len(rules) == 0 {
		return r.Want("rules", false, "a rule for every object")
	}
	var out []rule.Finding
	for _, one := range rules {
		for _, part := range parts {
			if one.At(part).Text() != "Enabled" {
				out = append(out, r.Violation("%s is %s, want \"Enabled\"", part, one.At(part)))
			}
		}
		for _, narrow := range []string{"filter.tag", "filter.and"} {
			if one.At(narrow).Exists() {
				out = append(out, r.Violation("%s is %s, want every object", narrow, one.At(narrow)))
			}
		}
		if one.At("filter.prefix").Text() != "" {
			out = append(out, r.Violation("filter.prefix is %s, want every object", one.At("filter.prefix")))
		}
	}
	return out
}
