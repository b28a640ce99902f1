// Package storeplace holds the rule store-place.
package storeplace

import (
	"redoubt/policies/rule"
	"redoubt/policies/stores"
	"redoubt/system"
)

// Rule is the rule store-place.
var Rule = rule.Rule{
	ID:    "store-place",
	Title: "Every store has its place in both homes",
	Why: "A store that stands in one home is lost with that home's region; its backups alone come back hours " +
		"later.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html",
	Severity: rule.High,
	Remedy:   "Declare the resource that is named there, as the store's component does.",
	Stack:    &rule.StackRule{Check: check},
}

var (
	first  = []system.Home{system.Primary}
	second = []system.Home{system.Secondary}
)

const (
	table       = "aws:dynamodb/table:Table"
	replica     = "aws:dynamodb/tableReplica:TableReplica"
	replication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	queue       = "aws:sqs/queue:Queue"
)

// places are what makes a store of each kind one that both homes have.
var places = map[system.StoreKind][]stores.Part{
	system.Postgres: {
		{What: "database cluster", Types: one("aws:rds/cluster:Cluster"), Name: "postgres-%s-cluster"},
		{What: "instance that could be promoted", Types: one("aws:rds/clusterInstance:ClusterInstance"),
			Name: "postgres-%s-instance-1"},
		{What: "global database that joins the homes", Homes: first, Types: one("aws:rds/globalCluster:GlobalCluster"),
			Name: "postgres-%s-global"},
	},
	system.Table: {
		{What: "table", Homes: first, Types: one(table), Name: "table-%s-table"},
		{What: "replica", Homes: second, Types: one(replica), Name: "table-%s-replica"},
	},
	system.Bucket: {
		{What: "bucket", Types: one("aws:s3/bucketV2:BucketV2"), Name: "bucket-%s-bucket"},
		{What: "replication to the other home", Peer: true, Types: one(replication), Name: "bucket-%s-replication"},
	},
	system.Queue: {
		{What: "queue", Types: one(queue), Name: "queue-%s-queue"},
		{What: "dead-letter queue", Types: one(queue), Name: "queue-%s-dead"},
		{What: "work ledger", Homes: first, Types: one(table), Name: "queue-%s-ledger-table"},
		{What: "replica of its work ledger", Homes: second, Types: one(replica), Name: "queue-%s-ledger-replica"},
	},
	system.Cache: {
		{What: "replication group", Types: one("aws:elasticache/replicationGroup:ReplicationGroup"), Name: "cache-%s-group"},
		{What: "global datastore that joins the homes", Homes: first,
			Types: one("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"), Name: "cache-%s-global"},
	},
}

func one(typ string) []string { return []string{typ} }

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, st := range g.System.Stores {
		if !stores.Here(g, st) {
			continue
		}
		g.About("store %q", st.Name)
		out = append(out, stores.Missing(g, st.Name, places[st.Kind]...)...)
	}
	return out
}
