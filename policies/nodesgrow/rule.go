// Package nodesgrow holds the rule nodes-grow.
package nodesgrow

import "redoubt/policies/rule"

// Rule is the rule nodes-grow.
var Rule = rule.Rule{
	ID:    "nodes-grow",
	Title: "A group of nodes can grow, and AWS does not take its nodes back",
	Why: "The nodes of a zone take over what a lost zone ran; a group at its maximum, or of spare capacity, " +
		"has none to give.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
	Severity: rule.Medium,
	Remedy:   "Set scalingConfig.maxSize above desiredSize, and capacityType to ON_DEMAND.",
	Resource: &rule.ResourceRule{Types: []string{"aws:eks/nodeGroup:NodeGroup"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	desired, most := r.At("scalingConfig.desiredSize"), r.At("scalingConfig.maxSize")
	var out []rule.Finding
	if most.Int() <= desired.Int() {
		out = append(out, r.Violation("scalingConfig.maxSize is %s, want more than the desired %s", most, desired))
	}
	kind := r.At("capacityType")
	taken := kind.Exists() && kind.Text() != "ON_DEMAND" && kind.Text() != "CAPACITY_BLOCK"
	return append(out, r.Want("capacityType", !taken, `"ON_DEMAND"`)...)
}
