// Package healthcheckspeed holds the rule health-check-speed.
package healthcheckspeed

import (
	"slices"

	"redoubt/policies/rule"
)

const mostSeconds = "mostSeconds"

// endpoints are the types that ask an endpoint.
var endpoints = []string{"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"}

// Rule is the rule health-check-speed.
var Rule = rule.Rule{
	ID:       "health-check-speed",
	Title:    "A health check of an endpoint fails within a minute",
	Why:      "The alarms and gates of a failover stand on it; each minute more is a minute more of the outage.",
	Source:   "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html",
	Severity: rule.High,
	Remedy:   "Set requestInterval and failureThreshold so that their product is at most mostSeconds.",
	Options: []rule.Option{
		{Name: mostSeconds, Kind: rule.Integer, Default: 60, Min: 10, Max: 300,
			Describes: "The most seconds until the check fails."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:route53/healthCheck:HealthCheck"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	if !slices.Contains(endpoints, r.Text("type")) {
		return nil
	}
	seconds, most := orElse(r.At("requestInterval"), 30)*orElse(r.At("failureThreshold"), 3), c.Int(mostSeconds)
	if seconds > most {
		return []rule.Finding{r.Violation("fails after %d seconds, want at most %d", seconds, most)}
	}
	return nil
}

// orElse is a number, or what AWS takes when it is not set.
func orElse(v rule.Value, otherwise int) int {
	if v.Exists() {
		return v.Int()
	}
	return otherwise
}
