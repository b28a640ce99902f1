// Package logencrypted holds the rule log-encrypted.
package logencrypted

import "redoubt/policies/rule"

// Rule is the rule log-encrypted.
var Rule = rule.Rule{
	ID:       "log-encrypted",
	Title:    "Logs are encrypted with a key of the system",
	Why:      "What a recovery logs names what is broken and who may mend it.",
	Source:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
	Severity: rule.Low,
	Remedy:   "Set kmsKeyId to the key of the home.",
	Resource: rule.OwnKey("kmsKeyId", "aws:cloudwatch/logGroup:LogGroup"),
}
