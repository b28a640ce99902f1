// Package clusterzonalshift holds the rule cluster-zonal-shift.
package clusterzonalshift

import "redoubt/policies/rule"

// Rule is the rule cluster-zonal-shift.
var Rule = rule.Rule{
	ID:    "cluster-zonal-shift",
	Title: "A zone can be shifted away from a cluster",
	Why: "Pods of a zone that is ill go on getting traffic inside the cluster until the zone is shifted away, " +
		"which must be allowed before.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/zone-shift-enable.html",
	Severity: rule.Medium,
	Remedy:   "Set zonalShiftConfig.enabled to true.",
	Resource: rule.Mended("zonalShiftConfig.enabled", true, "aws:eks/cluster:Cluster"),
}
