// Package bucketversioning holds the rule bucket-versioning.
package bucketversioning

import "redoubt/policies/rule"

const status = "versioningConfiguration.status"

// Rule is the rule bucket-versioning.
var Rule = rule.Rule{
	ID:    "bucket-versioning",
	Title: "A bucket keeps every version of its objects",
	Why: "Without versions an object that was overwritten or deleted by mistake is gone, in both homes: replication and object " +
		"lock need versions too.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
	Severity: rule.High,
	Remedy:   "Set versioningConfiguration.status to Enabled.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:s3/bucketVersioningV2:BucketVersioningV2", "aws:s3/bucketVersioning:BucketVersioning"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(status, r.Text(status) == "Enabled", `"Enabled"`)
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	if r.Text(status) == "Enabled" {
		return nil
	}
	return map[string]any{status: "Enabled"}
}
