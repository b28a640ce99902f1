// Package subjectalarm holds the rule subject-alarm.
package subjectalarm

import (
	"strconv"

	"redoubt/policies/rule"
	"redoubt/watch"
)

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"

// Rule is the rule subject-alarm.
var Rule = rule.Rule{
	ID:       "subject-alarm",
	Title:    "Every store and every agent has an alarm in each home",
	Why:      "What nobody is told of is recovered when users complain.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_monitor_aws_resources_monitor_resources.html",
	Severity: rule.High,
	Remedy:   "Declare components/watch in both homes, with the store or agent in its catalogue (watch/).",
	Stack:    &rule.StackRule{Check: check},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	if on, err := strconv.ParseBool(g.Settings["redoubt:watch"]); err == nil && !on { // not set is on
		g.About("the watch of the %s home", g.Home)
		return []rule.Finding{g.NotJudged("redoubt:watch is false: nobody is told of anything here")}
	}
	stores, agents := map[string]bool{}, map[string]bool{}
	for _, a := range g.OfType(alarm) {
		stores[a.Text("tags.redoubt:store")] = true
		agents[a.Text("tags.redoubt:agent")] = true
	}
	var out []rule.Finding
	for _, bare := range watch.Bare(g.System, func(store, agent string) bool {
		return store != "" && stores[store] || agent != "" && agents[agent]
	}) {
		g.About("%s", bare)
		out = append(out, g.Violation("has no alarm in the %s home, want one or more", g.Home))
	}
	return out
}
