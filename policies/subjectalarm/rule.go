// Package subjectalarm holds the rule subject-alarm.
package subjectalarm

import "redoubt/policies/rule"

// Rule is the rule subject-alarm, whose subject is not there yet.
var Rule = rule.Rule{
	ID:       "subject-alarm",
	Title:    "Every store and every agent has an alarm in each home",
	Why:      "What nobody is told of is recovered when users complain.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_monitor_aws_resources_monitor_resources.html",
	Severity: rule.High,
	Remedy:   "Declare components/watch in both homes.",
	Pending:  "#9: components/watch",
}
