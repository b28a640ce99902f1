// Package scalerbounds holds the rule scaler-bounds.
package scalerbounds

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	fewest        = "spec.minReplicas"
	most          = "spec.maxReplicas"
	leastReplicas = "leastReplicas"
)

// Rule is the rule scaler-bounds.
var Rule = rule.Rule{
	ID:    "scaler-bounds",
	Title: "A workload scales between two pods and more",
	Why: "One pod is none while it starts elsewhere, and a scaler at its maximum cannot take the load of a " +
		"lost zone.",
	Source:   "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
	Severity: rule.Medium,
	Remedy:   "Set minReplicas to at least leastReplicas and maxReplicas above it.",
	Options: []rule.Option{
		{Name: leastReplicas, Kind: rule.Integer, Default: 2, Min: 1, Max: 100,
			Describes: "The fewest pods."},
	},
	Resource: &rule.ResourceRule{
		Types: []string{"kubernetes:autoscaling/v2:HorizontalPodAutoscaler"},
		Check: check,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastReplicas)
	out := r.WantLeast(fewest, least)
	return append(out, r.Want(most, r.Int(most) > r.Int(fewest), fmt.Sprintf("more than %d", r.Int(fewest)))...)
}
