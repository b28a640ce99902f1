// Package postgresfinalsnapshot holds the rule postgres-final-snapshot.
package postgresfinalsnapshot

import "redoubt/policies/rule"

// Rule is the rule postgres-final-snapshot.
var Rule = rule.Rule{
	ID:    "postgres-final-snapshot",
	Title: "A deleted database leaves a last snapshot and its backups",
	Why: "What was written since the last backup is gone with the cluster, and by default its automated " +
		"backups go too.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",
	Severity: rule.High,
	Remedy: "Leave skipFinalSnapshot false with a finalSnapshotIdentifier, and set deleteAutomatedBackups to " +
		"false.",
	Resource: &rule.ResourceRule{Types: []string{"aws:rds/cluster:Cluster"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	out := r.Want("skipFinalSnapshot", !r.True("skipFinalSnapshot"), "false")
	out = append(out, r.Want("finalSnapshotIdentifier", r.Exists("finalSnapshotIdentifier"), "a name")...)
	keeps := r.Exists("deleteAutomatedBackups") && !r.True("deleteAutomatedBackups")
	return append(out, r.Want("deleteAutomatedBackups", keeps, "false")...)
}
