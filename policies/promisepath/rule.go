// Package promisepath holds the rule promise-path.
package promisepath

import (
	"errors"

	"redoubt/assess"
	"redoubt/policies/promise"
	"redoubt/policies/rule"
	"redoubt/recovery/planner"
)

// Rule is the rule promise-path.
var Rule = rule.Rule{
	ID: "promise-path",
	Title: "What users wait for when the region is lost asks neither that region nor a control plane of one " +
		"fixed region",
	Why: "The changes of Route 53 records and of IAM are made in one region of the world: a recovery that " +
		"needs them waits for that region too.",
	Source:   "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html",
	Severity: rule.High,
	Remedy:   "Let the plan act in the receiving home alone, as the switch does (recovery/planner).",
	Options:  promise.Options,
	Stack:    promise.Stack(judge),
}

func judge(g *rule.Graph, r assess.Report) []rule.Finding {
	var out []rule.Finding
	for _, p := range r.Plans {
		if p.Scenario != planner.RegionLoss {
			continue
		}
		g.About("the plan for the loss of the region")
		if p.Err != nil {
			return []rule.Finding{g.NotJudged("there is none (promise-plan)")}
		}
		for _, err := range each(planner.Check(p.Plan)) {
			var broken *planner.Violation
			if errors.As(err, &broken) && (broken.Rule == planner.NoLostRegion || broken.Rule == planner.NoFixedRegion) {
				out = append(out, g.Violation("%v", err))
			}
		}
	}
	return out
}

// each are the errors that were joined.
func each(err error) []error {
	if all, joined := err.(interface{ Unwrap() []error }); joined {
		return all.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
