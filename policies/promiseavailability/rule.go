// Package promiseavailability holds the rule promise-availability.
package promiseavailability

import (
	"redoubt/assess"
	"redoubt/policies/promise"
	"redoubt/policies/rule"
)

// Rule is the rule promise-availability.
var Rule = rule.Rule{
	ID:    "promise-availability",
	Title: "Every tier is predicted to serve as much of a year as it promises, for every disruption",
	Why: "A recovery can keep its RTO and still happen too often, or wait for a person: the minutes of a year " +
		"are what users meet.",
	Source: "decision: recorded rates of losses times the simulated outage, the decision of a person in it " +
		"(redoubt assess)",
	Severity: rule.Medium,
	Remedy: "A strategy that serves through the loss, or a fallback for the dependency; else promise less in " +
		"system.yaml.",
	Options: promise.Options,
	Stack:   promise.Stack(judge),
}

// year is a year in minutes.
const year = 365 * 24 * 60

func judge(g *rule.Graph, r assess.Report) []rule.Finding {
	var out []rule.Finding
	for _, a := range r.Availability {
		tier, known := g.System.Tier(a.Tier)
		if !known {
			continue
		}
		g.About("tier %q", a.Tier)
		for _, part := range a.Parts {
			want := tier.Objectives[part.Disruption].Availability
			if got := 1 - part.Minutes/year; want > 0 && got < want {
				out = append(out, g.Violation("%s: predicted to refuse requests for %.0f minutes of a year, want %.0f at most "+
					"(availability %v): %.2f a year (%s)", promise.Of(part.Disruption), part.Minutes, (1-want)*year, want,
					part.PerYear, part.GroundedOn))
			}
		}
	}
	return out
}
