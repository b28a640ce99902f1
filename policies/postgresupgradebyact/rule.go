// Package postgresupgradebyact holds the rule postgres-upgrade-by-act.
package postgresupgradebyact

import "redoubt/policies/rule"

const upgrade = "autoMinorVersionUpgrade"

// Rule is the rule postgres-upgrade-by-act.
var Rule = rule.Rule{
	ID:    "postgres-upgrade-by-act",
	Title: "A database in two homes changes its version by an act alone",
	Why: "An upgrade that AWS makes in one home parts the versions of the global database, and then the " +
		"switchover is refused.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-upgrade.html",
	Severity: rule.Medium,
	Remedy:   "Set autoMinorVersionUpgrade to false, and upgrade both homes by a change of the program.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:rds/clusterInstance:ClusterInstance"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(upgrade, r.Exists(upgrade) && !r.True(upgrade), "false")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.Exists(upgrade) && !r.True(upgrade), upgrade, false)
}
