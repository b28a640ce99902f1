// Package workloaddrains holds the rule workload-drains.
package workloaddrains

import "redoubt/policies/rule"

const grace = "spec.template.spec.terminationGracePeriodSeconds"

// Rule is the rule workload-drains.
var Rule = rule.Rule{
	ID:    "workload-drains",
	Title: "A pod that is stopped has the time to finish",
	Why: "A pod that is killed while it waits for the load balancer cuts the requests that it was told to " +
		"finish.",
	Source:   "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/",
	Severity: rule.Medium,
	Remedy:   "Set terminationGracePeriodSeconds above the sleep of preStop.",
	Resource: &rule.ResourceRule{Types: []string{"kubernetes:apps/v1:Deployment"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	seconds := 30 // what Kubernetes takes when it is not set
	if r.Exists(grace) {
		seconds = r.Int(grace)
	}
	var out []rule.Finding
	for _, container := range r.List("spec.template.spec.containers") {
		if sleep := container.At("lifecycle.preStop.sleep.seconds").Int(); sleep >= seconds {
			out = append(out, r.Violation("container %s sleeps for %d of %d seconds, want some left to finish",
				container.At("name").Text(), sleep, seconds))
		}
	}
	return out
}
