// Package promiserecovery holds the rule promise-recovery.
package promiserecovery

import (
	"time"

	"redoubt/assess"
	"redoubt/policies/promise"
	"redoubt/policies/rule"
	"redoubt/recovery/plan"
	"redoubt/timings"
)

// Rule is the rule promise-recovery.
var Rule = rule.Rule{
	ID:    "promise-recovery",
	Title: "Every tier is predicted to keep its RTO and its RPO, after every disruption",
	Why: "A change can break a promise that nobody touched: a larger database takes longer to restore, a " +
		"smaller standby longer to fill. What would lose more than the RPO waits for a person, and misses the " +
		"RTO too.",
	Source:   "decision: an objective has to hold in nineteen of twenty simulated recoveries (redoubt assess)",
	Severity: rule.High,
	Remedy:   "redoubt assess --what-if tells what would help; else promise less in system.yaml.",
	Options:  promise.Options,
	Stack:    promise.Stack(judge),
}

func judge(g *rule.Graph, r assess.Report) []rule.Finding {
	return promise.Each(g, r, func(d assess.Disruption, f assess.Forecast) []rule.Finding {
		var out []rule.Finding
		if promise.Missed(f.HoldsRTO, f.Of) {
			out = append(out, missed(g, d, f, objective{"RTO", f.RTO.P95, f.WantRTO, f.HoldsRTO, promise.Longest(d)}))
		}
		if promise.Missed(f.HoldsRPO, f.Of) {
			out = append(out, missed(g, d, f, objective{"RPO", f.RPO.P95, f.WantRPO, f.HoldsRPO, ""}))
		}
		return out
	})
}

// objective is one that is missed, and the step that costs the time.
type objective struct {
	name      string
	got, want plan.Duration
	holds     float64
	step      string
}

func missed(g *rule.Graph, d assess.Disruption, f assess.Forecast, o objective) rule.Finding {
	return g.Violation("%s: the %s is predicted to be %s (95 of 100), want %s: it holds in %s of %d simulated "+
		"recoveries%s", promise.Of(d.Name), o.name, predicted(o.got), timings.Short(time.Duration(o.want)),
		promise.Percent(o.holds), f.Of, o.step)
}

// predicted is a figure as people read it; a recovery that does not come counts as a year (assess).
func predicted(d plan.Duration) string {
	if time.Duration(d) >= promise.Never {
		return "never"
	}
	return timings.Short(time.Duration(d))
}
