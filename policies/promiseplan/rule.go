// Package promiseplan holds the rule promise-plan.
package promiseplan

import (
	"slices"

	"redoubt/assess"
	"redoubt/policies/promise"
	"redoubt/policies/rule"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// Rule is the rule promise-plan.
var Rule = rule.Rule{
	ID: "promise-plan",
	Title: "A plan for the loss of the region moves every store and starts every agent, and one for each store " +
		"restores it",
	Why: "What no plan knows of is recovered by hand and by heart, after everything else, by people who have " +
		"not slept.",
	Source: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/" +
		"rel_planning_for_recovery_disaster_recovery.html",
	Severity: rule.High,
	Remedy:   "Give the store its place in both homes (store-place), or the planner a step for its kind.",
	Options:  promise.Options,
	Stack:    promise.Stack(judge),
}

func judge(g *rule.Graph, r assess.Report) []rule.Finding {
	var out []rule.Finding
	restored := map[string]bool{}
	for _, p := range r.Plans {
		switch {
		case p.Scenario == planner.Restore && p.Err != nil:
			g.About("store %q", p.Store)
			out = append(out, g.Violation("no plan restores it: %v", p.Err))
		case p.Scenario == planner.RegionLoss && p.Err != nil:
			g.About("the loss of the region")
			out = append(out, g.Violation("no plan recovers from it: %v", p.Err))
		case p.Scenario == planner.RegionLoss:
			out = append(out, forgotten(g, p.Plan)...)
		}
		restored[p.Store] = true
	}
	for _, s := range g.System.Stores {
		if !restored[s.Name] {
			g.About("store %q", s.Name)
			out = append(out, g.NotJudged("nobody planned its restore"))
		}
	}
	return out
}

// forgotten are the stores and agents that the plan has no step for. What runs in both homes is not started.
func forgotten(g *rule.Graph, p plan.Plan) []rule.Finding {
	var out []rule.Finding
	for _, st := range g.System.Stores {
		if !slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Subject.Store == st.Name }) {
			g.About("store %q", st.Name)
			out = append(out, g.Violation("has no step in the plan for the loss of the region"))
		}
	}
	for _, a := range g.System.Agents {
		tier, _ := g.System.Tier(a.Tier)
		started := slices.ContainsFunc(p.Steps, func(s plan.Step) bool {
			return s.Role == plan.Start && s.Subject.Agent == a.Name
		})
		if tier.Strategy != system.ActiveActive && !started {
			g.About("agent %q", a.Name)
			out = append(out, g.Violation("is not started by the plan for the loss of the region"))
		}
	}
	return out
}
