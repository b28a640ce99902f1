// Package postgrestagstosnapshots holds the rule postgres-tags-to-snapshots.
package postgrestagstosnapshots

import "redoubt/policies/rule"

// Rule is the rule postgres-tags-to-snapshots.
var Rule = rule.Rule{
	ID:    "postgres-tags-to-snapshots",
	Title: "A snapshot of a database carries its tags",
	Why: "The one who restores at night finds the right snapshot by its tags, and policies that count on tags " +
		"reach it.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html",
	Severity: rule.Low,
	Remedy:   "Set copyTagsToSnapshot to true.",
	Resource: rule.Mended("copyTagsToSnapshot", true,
		"aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"),
}
