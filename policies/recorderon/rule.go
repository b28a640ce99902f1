// Package recorderon holds the rule recorder-on.
package recorderon

import "redoubt/policies/rule"

// Rule is the rule recorder-on.
var Rule = rule.Rule{
	ID:       "recorder-on",
	Title:    "AWS Config records what the framework judges",
	Why:      "A recorder that is off leaves the framework with the last state it saw, which looks well for ever.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html",
	Severity: rule.Medium,
	Remedy:   "Set isEnabled to true.",
	Resource: rule.Mended("isEnabled", true, "aws:cfg/recorderStatus:RecorderStatus"),
}
