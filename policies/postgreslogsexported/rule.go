// Package postgreslogsexported holds the rule postgres-logs-exported.
package postgreslogsexported

import "redoubt/policies/rule"

const exports = "enabledCloudwatchLogsExports"

// Rule is the rule postgres-logs-exported.
var Rule = rule.Rule{
	ID:    "postgres-logs-exported",
	Title: "A database sends its log out of itself",
	Why: "After a failover the log of the lost instance is what tells what was running; it must not be lost " +
		"with it.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html",
	Severity: rule.Medium,
	Remedy:   "Add postgresql to enabledCloudwatchLogsExports.",
	Resource: &rule.ResourceRule{Types: []string{"aws:rds/cluster:Cluster"}, Check: check, Remediate: remediate},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(exports, r.At(exports).Has("postgresql"), "postgresql among them")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.At(exports).Has("postgresql"), exports, []any{"postgresql"})
}
