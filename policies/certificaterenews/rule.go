// Package certificaterenews holds the rule certificate-renews.
package certificaterenews

import "redoubt/policies/rule"

// Rule is the rule certificate-renews.
var Rule = rule.Rule{
	ID:    "certificate-renews",
	Title: "A certificate renews itself",
	Why: "A certificate of the home that waits runs out unseen, and the day it must serve no client believes " +
		"it.",
	Source:   "https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html",
	Severity: rule.Medium,
	Remedy:   "Set validationMethod to DNS.",
	Resource: rule.Fixed("validationMethod", "DNS", "aws:acm/certificate:Certificate"),
}
