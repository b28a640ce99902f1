// Package workloaddisruptionbudget holds the rule workload-disruption-budget.
package workloaddisruptionbudget

import (
	"strings"

	"redoubt/policies/rule"
)

const (
	deployment = "kubernetes:apps/v1:Deployment"
	budget     = "kubernetes:policy/v1:PodDisruptionBudget"
	// tier is the label of what runs an agent; that an agent has a budget at all is held by agent-place.
	tier = `metadata.labels["redoubt.dev/tier"]`
)

// Rule is the rule workload-disruption-budget.
var Rule = rule.Rule{
	ID:    "workload-disruption-budget",
	Title: "The budget of a workload selects its pods",
	Why: "A drain of nodes, or an upgrade, takes all pods of a workload at once unless a budget that selects " +
		"them forbids it.",
	Source:   "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
	Severity: rule.High,
	Remedy:   "Declare a PodDisruptionBudget whose labels are those of the pods.",
	Stack:    rule.Each("workload", look, deployment),
}

func look(g *rule.Graph, d *rule.Resource, _ rule.Config) []rule.Finding {
	guarded := d.Exists(tier) && !g.Has(budget, strings.TrimSuffix(d.Name, "-deployment")+"-budget")
	for _, b := range g.OfType(budget) {
		guarded = guarded || b.Text("metadata.namespace") == d.Text("metadata.namespace") && selects(b, d)
	}
	if guarded {
		return nil
	}
	return []rule.Finding{g.ViolationAt(d, "no budget selects its pods, want one")}
}

// selects reports whether a budget's labels are all among those of the pods.
func selects(b, d *rule.Resource) bool {
	wanted, _ := b.At("spec.selector.matchLabels").Any().(map[string]any)
	labels, _ := d.At("spec.template.metadata.labels").Any().(map[string]any)
	for key, value := range wanted {
		if labels[key] != value {
			return false
		}
	}
	return len(wanted) > 0
}
