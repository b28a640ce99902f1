// Package workloadrolling holds the rule workload-rolling.
package workloadrolling

import "redoubt/policies/rule"

const unavailable = "spec.strategy.rollingUpdate.maxUnavailable"

// Rule is the rule workload-rolling.
var Rule = rule.Rule{
	ID:    "workload-rolling",
	Title: "An update of a workload starts a pod before it stops one",
	Why: "The capacity that survives a zone has no pod to spare: an update that stops first is a loss of its " +
		"own.",
	Source:   "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
	Severity: rule.Medium,
	Remedy:   "Set the strategy to RollingUpdate with maxUnavailable 0.",
	Resource: &rule.ResourceRule{Types: []string{"kubernetes:apps/v1:Deployment"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	kind := "spec.strategy.type"
	out := r.Want(kind, !r.Exists(kind) || r.Text(kind) == "RollingUpdate", `"RollingUpdate"`)
	none := r.Exists(unavailable) && r.Int(unavailable) == 0 && (r.Text(unavailable) == "" || r.Text(unavailable) == "0%")
	return append(out, r.Want(unavailable, none, "0")...)
}
