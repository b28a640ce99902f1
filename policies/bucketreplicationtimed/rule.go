// Package bucketreplicationtimed holds the rule bucket-replication-timed.
package bucketreplicationtimed

import "redoubt/policies/rule"

// Rule is the rule bucket-replication-timed.
var Rule = rule.Rule{
	ID:    "bucket-replication-timed",
	Title: "Replication has a time that it must keep, and tells when it does not",
	Why: "Without replication time control nobody promises when an object is there, and without metrics " +
		"nobody knows the loss.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
	Severity: rule.Medium,
	Remedy:   "Enable replicationTime and metrics of 15 minutes, the only time that S3 offers.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:s3/bucketReplicationConfig:BucketReplicationConfig"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, one := range r.List("rules") {
		for _, part := range []string{"destination.replicationTime.status", "destination.metrics.status"} {
			if one.At(part).Text() != "Enabled" {
				out = append(out, r.Violation("%s is %s, want \"Enabled\"", part, one.At(part)))
			}
		}
	}
	return out
}
