// Package bucketversioning holds the rule bucket-versioning.
package bucketversioning

import "redoubt/policies/rule"

// Rule is the rule bucket-versioning.
var Rule = rule.Rule{
	ID:    "bucket-versioning",
	Title: "A bucket keeps every version of its objects",
	Why: "Without versions an object that was overwritten or deleted by mistake is gone, in both homes: " +
		"replication and object lock need versions too.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
	Severity: rule.High,
	Remedy:   "Set versioningConfiguration.status to Enabled.",
	Resource: rule.Mended("versioningConfiguration.status", "Enabled",
		"aws:s3/bucketVersioningV2:BucketVersioningV2", "aws:s3/bucketVersioning:BucketVersioning"),
}
