// Package clusterlogs holds the rule cluster-logs.
package clusterlogs

import "redoubt/policies/rule"

const types = "enabledClusterLogTypes"

var all = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// Rule is the rule cluster-logs.
var Rule = rule.Rule{
	ID:    "cluster-logs",
	Title: "The control plane of a cluster logs everything",
	Why: "Why a pod was not placed after a failover is said in the log of the scheduler, and nowhere else an " +
		"hour later.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
	Severity: rule.Low,
	Remedy:   "List api, audit, authenticator, controllerManager and scheduler in enabledClusterLogTypes.",
	Resource: &rule.ResourceRule{Types: []string{"aws:eks/cluster:Cluster"}, Check: check, Remediate: remediate},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	for _, each := range all {
		if !r.At(types).Has(each) {
			return r.Want(types, false, each+" among them")
		}
	}
	return nil
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	for _, each := range all {
		if !r.At(types).Has(each) {
			return map[string]any{types: []any{"api", "audit", "authenticator", "controllerManager", "scheduler"}}
		}
	}
	return nil
}
