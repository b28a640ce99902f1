// Package targetdraining holds the rule target-draining.
package targetdraining

import "redoubt/policies/rule"

const mostSeconds = "mostSeconds"

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
	Resource: rule.OneTo("deregistrationDelay", mostSeconds, "aws:lb/targetGroup:TargetGroup"),
}
