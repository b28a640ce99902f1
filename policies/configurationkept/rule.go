// Package configurationkept holds the rule configuration-kept.
package configurationkept

import (
	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

// Rule is the rule configuration-kept.
var Rule = rule.Rule{
	ID:    "configuration-kept",
	Title: "What a home is made from is kept in both homes",
	Why: "A home can be made again from its settings, the system's file and its Kubernetes objects; from " +
		"memory it cannot.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_config_drift.html",
	Severity: rule.High,
	Remedy:   "Keep components/configuration in stacks/, and its replication once the other home is there.",
	Stack:    &rule.StackRule{Check: check},
}

var parts = []stores.Part{
	{What: "bucket", Types: []string{"aws:s3/bucketV2:BucketV2"}, Name: "bucket-%s-bucket"},
	{What: "versions", Types: []string{"aws:s3/bucketVersioningV2:BucketVersioningV2"}, Name: "bucket-%s-versioning"},
	{What: "replication to the other home", Peer: true,
		Types: []string{"aws:s3/bucketReplicationConfig:BucketReplicationConfig"}, Name: "bucket-%s-replication"},
	{What: "settings of the stack", Types: []string{"aws:s3/bucketObjectv2:BucketObjectv2"}, Name: "%s-settings"},
	{What: "text of system.yaml", Types: []string{"aws:s3/bucketObjectv2:BucketObjectv2"}, Name: "%s-system"},
}

var export = stores.Part{What: "export of its Kubernetes objects",
	Types: []string{"kubernetes:batch/v1:CronJob"}, Name: "%s-job"}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	g.About("the configuration")
	return append(stores.Missing(g, "configuration", parts...), stores.Missing(g, "export", export)...)
}
