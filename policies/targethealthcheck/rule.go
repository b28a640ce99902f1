// Package targethealthcheck holds the rule target-health-check.
package targethealthcheck

import "redoubt/policies/rule"

const mostSeconds = "mostSeconds"

// Rule is the rule target-health-check.
var Rule = rule.Rule{
	ID:       "target-health-check",
	Title:    "A target that fails leaves within a minute",
	Why:      "Until then each request that reaches it fails, and after a failover all targets are new.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
	Severity: rule.High,
	Remedy: "Set healthCheck with a path, and an interval and unhealthyThreshold whose product is at most " +
		"mostSeconds.",
	Options: []rule.Option{
		{Name: mostSeconds, Kind: rule.Integer, Default: 60, Min: 10, Max: 3000,
			Describes: "The most seconds until a target that fails is out."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:lb/targetGroup:TargetGroup"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	out := r.Want("healthCheck.path", r.Text("healthCheck.path") != "", "a path of the agent")
	interval, threshold := r.At("healthCheck.interval"), r.At("healthCheck.unhealthyThreshold")
	seconds := interval.Int() * threshold.Int()
	if most := c.Int(mostSeconds); seconds < 1 || seconds > most {
		out = append(out, r.Violation("a target is out after %s times %s seconds, want 1 to %d", threshold, interval, most))
	}
	return out
}
