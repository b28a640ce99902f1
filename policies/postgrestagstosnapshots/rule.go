// Package postgrestagstosnapshots holds the rule postgres-tags-to-snapshots.
package postgrestagstosnapshots

import "redoubt/policies/rule"

const tags = "copyTagsToSnapshot"

// Rule is the rule postgres-tags-to-snapshots.
var Rule = rule.Rule{
	ID:    "postgres-tags-to-snapshots",
	Title: "A snapshot of a database carries its tags",
	Why: "The one who restores at night finds the right snapshot by its tags, and policies that count on tags " +
		"reach it.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html",
	Severity: rule.Low,
	Remedy:   "Set copyTagsToSnapshot to true.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(tags, r.True(tags), "true")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.True(tags), tags, true)
}
