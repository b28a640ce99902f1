// Package recorderon holds the rule recorder-on.
package recorderon

import "redoubt/policies/rule"

const on = "isEnabled"

// Rule is the rule recorder-on.
var Rule = rule.Rule{
	ID:       "recorder-on",
	Title:    "AWS Config records what the framework judges",
	Why:      "A recorder that is off leaves the framework with the last state it saw, which looks well for ever.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html",
	Severity: rule.Medium,
	Remedy:   "Set isEnabled to true.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:cfg/recorderStatus:RecorderStatus"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(on, r.True(on), "true")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.True(on), on, true)
}
