// Package nodesrepair holds the rule nodes-repair.
package nodesrepair

import "redoubt/policies/rule"

// Rule is the rule nodes-repair.
var Rule = rule.Rule{
	ID:    "nodes-repair",
	Title: "A node that is ill is replaced by itself",
	Why: "A node that runs and does not work keeps its pods, and the capacity for the loss of a zone is gone " +
		"before the zone is.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
	Severity: rule.Medium,
	Remedy:   "Set nodeRepairConfig.enabled to true.",
	Resource: rule.Mended("nodeRepairConfig.enabled", true, "aws:eks/nodeGroup:NodeGroup"),
}
