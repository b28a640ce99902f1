// Package workloadprobes holds the rule workload-probes.
package workloadprobes

import "redoubt/policies/rule"

// agents is the label of what runs an agent.
const agents = `metadata.labels["redoubt.dev/tier"]`

// Rule is the rule workload-probes.
var Rule = rule.Rule{
	ID:       "workload-probes",
	Title:    "A pod says when it can work, or when it is stuck",
	Why:      "A pod without a probe gets traffic before it has its stores, and keeps it after it has lost them.",
	Source:   "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
	Severity: rule.High,
	Remedy: "Give each container of an agent a readinessProbe and a livenessProbe, every other at least one of " +
		"them.",
	Resource: &rule.ResourceRule{Types: []string{"kubernetes:apps/v1:Deployment"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, container := range r.List("spec.template.spec.containers") {
		ready, live := container.At("readinessProbe").Exists(), container.At("livenessProbe").Exists()
		switch name := container.At("name").Text(); {
		case !ready && !live:
			out = append(out, r.Violation("container %s has no probe, want one", name))
		case r.Exists(agents) && !ready:
			out = append(out, r.Violation("container %s has no readinessProbe, want one", name))
		case r.Exists(agents) && !live:
			out = append(out, r.Violation("container %s has no livenessProbe, want one", name))
		}
	}
	return out
}
