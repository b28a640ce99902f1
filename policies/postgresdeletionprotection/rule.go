// Package postgresdeletionprotection holds the rule postgres-deletion-protection.
package postgresdeletionprotection

import "redoubt/policies/rule"

// Rule is the rule postgres-deletion-protection.
var Rule = rule.Rule{
	ID:    "postgres-deletion-protection",
	Title: "A database cannot be deleted by one call",
	Why: "A deleted cluster takes its point-in-time recovery along; what is left is a snapshot that somebody " +
		"must remember.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",
	Severity: rule.High,
	Remedy:   "Set deletionProtection to true.",
	Resource: rule.Mended("deletionProtection", true,
		"aws:rds/cluster:Cluster", "aws:rds/globalCluster:GlobalCluster"),
}
