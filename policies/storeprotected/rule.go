// Package storeprotected holds the rule store-protected.
package storeprotected

import "redoubt/policies/rule"

// Rule is the rule store-protected.
var Rule = rule.Rule{
	ID:    "store-protected",
	Title: "The engine refuses to delete what holds data, or the keys to it",
	Why: "A renamed resource is a deleted one: without protection one careless change of the program removes " +
		"a store in the next update. The places of Redoubt's own images that a setting runs hold what is built again.",
	Source:   "https://www.pulumi.com/docs/iac/concepts/options/protect/",
	Severity: rule.High,
	Remedy:   "Set redoubt:protect to true, or pulumi.Protect(true) on the resource.",
	Resource: &rule.ResourceRule{
		Types: []string{
			"aws:rds/cluster:Cluster",
			"aws:rds/globalCluster:GlobalCluster",
			"aws:dynamodb/table:Table",
			"aws:dynamodb/tableReplica:TableReplica",
			"aws:s3/bucketV2:BucketV2",
			"aws:elasticache/replicationGroup:ReplicationGroup",
			"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
			"aws:sqs/queue:Queue",
			"aws:backup/vault:Vault",
			"aws:kms/key:Key",
			"aws:kms/replicaKey:ReplicaKey",
			"aws:secretsmanager/secret:Secret",
			"aws:ecr/repository:Repository",
			"aws:route53/zone:Zone",
		},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	if r.Protect || r.Read || r.Rebuilt() {
		return nil
	}
	return []rule.Finding{r.Violation("protect is not set, want true")}
}
