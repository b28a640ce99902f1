// Package cacheautomaticfailover holds the rule cache-automatic-failover.
package cacheautomaticfailover

import "redoubt/policies/rule"

// Rule is the rule cache-automatic-failover.
var Rule = rule.Rule{
	ID:    "cache-automatic-failover",
	Title: "A cache promotes a replica by itself",
	Why: "Without it the writer stays away until somebody acts, and no member of a global datastore may be " +
		"without.",
	Source:   "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
	Severity: rule.High,
	Remedy:   "Set automaticFailoverEnabled to true.",
	Resource: rule.Mended("automaticFailoverEnabled", true, "aws:elasticache/replicationGroup:ReplicationGroup"),
}
