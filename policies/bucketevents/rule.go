// Package bucketevents holds the rule bucket-events.
package bucketevents

import "redoubt/policies/rule"

const bridge = "eventbridge"

// Rule is the rule bucket-events.
var Rule = rule.Rule{
	ID:    "bucket-events",
	Title: "A bucket tells EventBridge of every change",
	Why: "AWS Backup takes continuous backups of a bucket from these events: without them it can go back to " +
		"no moment.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html",
	Severity: rule.Medium,
	Remedy:   "Set eventbridge to true.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:s3/bucketNotification:BucketNotification"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(bridge, r.True(bridge), "true")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.True(bridge), bridge, true)
}
