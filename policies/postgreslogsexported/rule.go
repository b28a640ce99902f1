// Package postgreslogsexported holds the rule postgres-logs-exported.
package postgreslogsexported

import "redoubt/policies/rule"

// Rule is the rule postgres-logs-exported.
var Rule = rule.Rule{
	ID:    "postgres-logs-exported",
	Title: "A database sends its log out of itself",
	Why: "After a failover the log of the lost instance is what tells what was running; it must not be lost " +
		"with it.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html",
	Severity: rule.Medium,
	Remedy:   "Add postgresql to enabledCloudwatchLogsExports.",
	Resource: rule.Among("enabledCloudwatchLogsExports", []string{"postgresql"}, "aws:rds/cluster:Cluster"),
}
