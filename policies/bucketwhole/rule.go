// Package bucketwhole holds the rule bucket-whole.
package bucketwhole

import (
	"strings"

	"redoubt/policies/rule"
)

const bucket = "aws:s3/bucketV2:BucketV2"

// parts are the types that every bucket needs, by what their names end in.
var parts = []struct{ typ, ends string }{
	{"aws:s3/bucketVersioningV2:BucketVersioningV2", "versioning"},
	{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "encryption"},
	{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "lifecycle"},
	{"aws:s3/bucketNotification:BucketNotification", "events"},
}

// Rule is the rule bucket-whole.
var Rule = rule.Rule{
	ID:    "bucket-whole",
	Title: "Every bucket has its versions, encryption, lifecycle and events declared",
	Why: "A bucket without one of them is silently what AWS makes of it: one version, no end, and no " +
		"continuous backup.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
	Severity: rule.High,
	Remedy:   "Declare the bucket by components/bucket, which gives it all parts.",
	Stack:    rule.Each("bucket", look, bucket),
}

func look(g *rule.Graph, b *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, part := range parts {
		if name := strings.TrimSuffix(b.Name, "-bucket") + "-" + part.ends; !g.Has(part.typ, name) {
			out = append(out, g.ViolationAt(b, "has no %s, want %s", part.ends, name))
		}
	}
	return out
}
