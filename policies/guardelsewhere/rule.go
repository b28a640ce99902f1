// Package guardelsewhere holds the rule guard-elsewhere.
package guardelsewhere

import (
	"slices"
	"strings"

	"redoubt/policies/rule"
)

const (
	template = "aws:fis/experimentTemplate:ExperimentTemplate"
	target   = "aws:cloudwatch/eventTarget:EventTarget"
	pattern  = "aws:cloudwatch/eventRule:EventRule"
)

// Rule is the rule guard-elsewhere.
var Rule = rule.Rule{
	ID:       "guard-elsewhere",
	Title:    "An experiment has a stop alarm in its region, and a guard outside of it",
	Why:      "A stop alarm in the region that is cut off sees nothing and stops nothing.",
	Source:   "https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html",
	Severity: rule.High,
	Remedy:   "Declare experiments with components/chaos in both homes: each guards the other's.",
	Stack:    &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, t := range g.OfType(template) {
		g.About("experiment %q", t.Name)
		t = g.ByURN(t.URN)
		alarms := slices.DeleteFunc(t.List("stopConditions"), func(v rule.Value) bool { return v.At("source").Text() != "aws:cloudwatch:alarm" })
		if len(alarms) == 0 {
			out = append(out, g.ViolationAt(t, "no alarm stops it"))
		}
	}
	if len(g.OfType(template)) == 0 {
		return out
	}
	g.About("the experiments of the %s home", g.Home)
	tells := slices.ContainsFunc(g.OfType(target), func(t *rule.Resource) bool { return strings.Contains(t.Text("arn"), ":event-bus/") })
	if !tells {
		out = append(out, g.Violation("nothing here tells the other home's region that its experiments must stop"))
	}
	hears := slices.ContainsFunc(g.OfType(pattern), func(r *rule.Resource) bool {
		return strings.Contains(r.Text("eventPattern"), "-experiments-guard") && guardsUs(r, g)
	})
	if !hears {
		out = append(out, g.Violation("nothing here listens to a guard in the other home"))
	}
	return out
}

// guardsUs reports whether a rule listens to the other home's guard, not to this one's own.
func guardsUs(r *rule.Resource, g *rule.Graph) bool {
	return strings.Contains(r.Text("eventPattern"), "-"+string(g.Home.Peer())+"-experiments-guard")
}
