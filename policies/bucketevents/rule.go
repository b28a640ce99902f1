// Package bucketevents holds the rule bucket-events.
package bucketevents

import "redoubt/policies/rule"

// Rule is the rule bucket-events.
var Rule = rule.Rule{
	ID:    "bucket-events",
	Title: "A bucket tells EventBridge of every change",
	Why: "AWS Backup takes continuous backups of a bucket from these events: without them it can go back to " +
		"no moment.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html",
	Severity: rule.Medium,
	Remedy:   "Set eventbridge to true.",
	Resource: rule.Mended("eventbridge", true, "aws:s3/bucketNotification:BucketNotification"),
}
