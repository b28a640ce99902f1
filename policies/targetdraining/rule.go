// Package targetdraining holds the rule target-draining.
package targetdraining

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	delay       = "deregistrationDelay"
	mostSeconds = "mostSeconds"
)

// Rule is the rule target-draining.
var Rule = rule.Rule{
	ID:       "target-draining",
	Title:    "A target that leaves finishes what it began, and not for ever",
	Why:      "Without draining every scale-in and every update cuts requests; an endless one holds a recovery up.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html",
	Severity: rule.Medium,
	Remedy:   "Set deregistrationDelay to 1 to mostSeconds.",
	Options: []rule.Option{
		{Name: mostSeconds, Kind: rule.Integer, Default: 300, Min: 1, Max: 3600,
			Describes: "The most seconds that a target drains."},
	},
	Resource: &rule.ResourceRule{Types: []string{"aws:lb/targetGroup:TargetGroup"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	most := c.Int(mostSeconds)
	return r.Want(delay, r.Int(delay) >= 1 && r.Int(delay) <= most, fmt.Sprintf("1 to %d", most))
}
