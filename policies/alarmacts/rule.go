// Package alarmacts holds the rule alarm-acts.
package alarmacts

import (
	"slices"
	"strings"

	"redoubt/policies/rule"
)

const (
	alarm    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	over     = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	reader   = "aws:route53/healthCheck:HealthCheck"
	switches = "Redoubt/Switch"
)

// Rule is the rule alarm-acts.
var Rule = rule.Rule{
	ID:       "alarm-acts",
	Title:    "An alarm tells somebody, or moves something",
	Why:      "An alarm without an action is red in a console that nobody looks at.",
	Source:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
	Severity: rule.Medium,
	Remedy:   "Give the alarm an alarmAction, let a composite alarm with one or a health check read it, and leave actionsEnabled on.",
	Stack:    &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	read := monitored(g)
	for _, h := range g.OfType(reader) {
		read[h.Text("cloudwatchAlarmName")] = true
	}
	var composites []string
	for _, c := range g.OfType(over) {
		if c.At("alarmActions").Len() > 0 && (!c.Exists("actionsEnabled") || c.True("actionsEnabled")) {
			composites = append(composites, c.Text("alarmRule"))
		}
	}
	// gathered reports whether a composite alarm that acts stands on the alarm.
	gathered := func(name string) bool {
		return slices.ContainsFunc(composites, func(on string) bool { return strings.Contains(on, `"`+name+`"`) })
	}
	var out []rule.Finding
	for _, a := range g.OfType(alarm) {
		g.About("alarm %q", a.Name)
		a = g.ByURN(a.URN)
		if a.Exists("actionsEnabled") && !a.True("actionsEnabled") {
			out = append(out, g.ViolationAt(a, "actionsEnabled is %s, want true", a.At("actionsEnabled")))
			continue
		}
		// The switch is read by a health check of the home that owns the records.
		if a.At("alarmActions").Len() == 0 && !read[a.Text("name")] && !gathered(a.Text("name")) && a.Text("namespace") != switches {
			out = append(out, g.ViolationAt(a, "has no action, and no health check reads it"))
		}
	}
	return out
}
