// Package healthcheckunknown holds the rule health-check-unknown.
package healthcheckunknown

import "redoubt/policies/rule"

// Rule is the rule health-check-unknown.
var Rule = rule.Rule{
	ID:    "health-check-unknown",
	Title: "The switch keeps its last position when its metric is silent",
	Why: "Silence is what a lost region sends: any other answer would move the traffic by itself, before the " +
		"data.",
	Source:   "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html",
	Severity: rule.High,
	Remedy:   "Set insufficientDataHealthStatus to LastKnownStatus.",
	Resource: &rule.ResourceRule{Types: []string{"aws:route53/healthCheck:HealthCheck"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	if r.Text("type") != "CLOUDWATCH_METRIC" {
		return nil
	}
	return r.WantFixed("insufficientDataHealthStatus", "LastKnownStatus")
}
