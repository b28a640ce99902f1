// Package clusterlogs holds the rule cluster-logs.
package clusterlogs

import "redoubt/policies/rule"

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
	Resource: rule.Among("enabledClusterLogTypes", all, "aws:eks/cluster:Cluster"),
}
