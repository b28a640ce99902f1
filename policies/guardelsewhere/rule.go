// Package guardelsewhere holds the rule guard-elsewhere.
package guardelsewhere

import "redoubt/policies/rule"

// Rule is the rule guard-elsewhere, whose subject is not there yet.
var Rule = rule.Rule{
	ID:       "guard-elsewhere",
	Title:    "An experiment has a guard outside of the region in which it breaks something",
	Why:      "A stop alarm in the region that is cut off sees nothing and stops nothing.",
	Source:   "https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html",
	Severity: rule.High,
	Remedy:   "Give the experiment a guard in the other home (components/chaos).",
	Pending:  "#8: components/chaos",
}
