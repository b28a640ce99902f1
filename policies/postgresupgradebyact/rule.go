// Package postgresupgradebyact holds the rule postgres-upgrade-by-act.
package postgresupgradebyact

import "redoubt/policies/rule"

// Rule is the rule postgres-upgrade-by-act.
var Rule = rule.Rule{
	ID:    "postgres-upgrade-by-act",
	Title: "A database in two homes changes its version by an act alone",
	Why: "An upgrade that AWS makes in one home parts the versions of the global database, and then the " +
		"switchover is refused.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-upgrade.html",
	Severity: rule.Medium,
	Remedy:   "Set autoMinorVersionUpgrade to false, and upgrade both homes by a change of the program.",
	Resource: rule.Mended("autoMinorVersionUpgrade", false, "aws:rds/clusterInstance:ClusterInstance"),
}
