// Package bucketencrypted holds the rule bucket-encrypted.
package bucketencrypted

import "redoubt/policies/rule"

// Rule is the rule bucket-encrypted.
var Rule = rule.Rule{
	ID:    "bucket-encrypted",
	Title: "A bucket is encrypted with a key of the system",
	Why: "Replication to the other home encrypts with its key there; an object under the key of AWS is copied " +
		"without one.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
	Severity: rule.Medium,
	Remedy:   "Set sseAlgorithm to aws:kms with a kmsMasterKeyId in every rule.",
	Resource: &rule.ResourceRule{
		Types: []string{
			"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	rules := r.List("rules")
	if len(rules) == 0 {
		return r.Want("rules", false, "a rule with a key")
	}
	var out []rule.Finding
	for _, one := range rules {
		algorithm := one.At("applyServerSideEncryptionByDefault.sseAlgorithm")
		if algorithm.Text() != "aws:kms" || !one.At("applyServerSideEncryptionByDefault.kmsMasterKeyId").OwnKey() {
			out = append(out, r.Violation("sseAlgorithm is %s, want \"aws:kms\" with a key of the home", algorithm))
		}
	}
	return out
}
