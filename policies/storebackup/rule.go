// Package storebackup holds the rule store-backup.
package storebackup

import (
	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

// Rule is the rule store-backup.
var Rule = rule.Rule{
	ID:    "store-backup",
	Title: "Every store is backed up, in each home",
	Why: "Replication carries damage to the other home within a second. Only a backup goes back to before it, " +
		"and after a failover only the other home makes any.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_backing_up_data_identified_backups_data.html",
	Severity: rule.High,
	Remedy:   "Pass the store to components/vault in stacks/; a cache exports its snapshots (components/cache).",
	Stack:    stores.Saved(vault, snapshots),
}

var vault = []stores.Part{
	{What: "plan of backups", Types: []string{"aws:backup/plan:Plan"}, Name: "vault-plan-%s"},
	{What: "selection of what is backed up", Types: []string{"aws:backup/selection:Selection"},
		Name: "vault-selection-%s"},
}

var snapshots = []stores.Part{
	{What: "export of its snapshots", Types: []string{"aws:scheduler/schedule:Schedule"}, Name: "cache-%s-daily"},
	{What: "bucket for its snapshots", Types: []string{"aws:s3/bucketV2:BucketV2"}, Name: "cache-%s-snapshots-bucket"},
}
