// Package postgresbackupretention holds the rule postgres-backup-retention.
package postgresbackupretention

import "redoubt/policies/rule"

const minimumDays = "minimumDays"

// Rule is the rule postgres-backup-retention.
var Rule = rule.Rule{
	ID:    "postgres-backup-retention",
	Title: "A database can be restored to any moment of the last days",
	Why: "Damage that nobody sees for a weekend is older than the shortest retention, one day; beyond the " +
		"retention only the vault's daily backups are left.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html",
	Severity: rule.High,
	Remedy:   "Set backupRetentionPeriod to at least minimumDays.",
	Options: []rule.Option{{Name: minimumDays, Kind: rule.Integer, Default: 7, Min: 1, Max: 35,
		Describes: "The fewest days of point-in-time recovery."}},
	Resource: rule.Least{Path: "backupRetentionPeriod", Option: minimumDays}.Of("aws:rds/cluster:Cluster"),
}
