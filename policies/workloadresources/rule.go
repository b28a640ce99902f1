// Package workloadresources holds the rule workload-resources.
package workloadresources

import (
	"strings"

	"redoubt/policies/rule"
)

// Rule is the rule workload-resources.
var Rule = rule.Rule{
	ID:    "workload-resources",
	Title: "A pod asks for what it needs",
	Why: "The capacity that survives a zone is counted from what pods ask for; a pod that asks for nothing is " +
		"placed where there is none.",
	Source:   "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
	Severity: rule.Medium,
	Remedy:   "Set requests of cpu and memory of each container, and of an agent the limit of memory.",
	Resource: &rule.ResourceRule{
		Types: []string{"kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, container := range containers(r) {
		for _, need := range needs(r) {
			if !container.At("resources." + need).Exists() {
				out = append(out, r.Violation("container %s has no %s, want one", container.At("name").Text(), need))
			}
		}
	}
	return out
}

// containers are those of the pod, of a deployment or of a job that recurs.
func containers(r *rule.Resource) []rule.Value {
	at := "spec.template.spec"
	if r.Type != "kubernetes:apps/v1:Deployment" {
		at = "spec.jobTemplate.spec.template.spec"
	}
	return append(r.List(at+".containers"), r.List(at+".initContainers")...)
}

// needs are what a container must say; those of others come without a limit.
func needs(r *rule.Resource) []string {
	if strings.HasPrefix(r.Name, "controllers-") {
		return []string{"requests.cpu", "requests.memory"}
	}
	return []string{"requests.cpu", "requests.memory", "limits.memory"}
}
