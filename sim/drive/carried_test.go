package drive_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/inventory"
	"redoubt/sim/drive"
	"redoubt/system"
)

// TestCarried_aQueueIsItsLedger: what AWS copies of a queue are not its messages.
func TestCarried_aQueueIsItsLedger(t *testing.T) {
	t.Parallel()
	of := inventory.Home{Stores: map[string]inventory.Store{"work": {Name: "atlas-work", LedgerTable: "atlas-work-ledger"}}}
	for kind, want := range map[system.StoreKind][2]string{
		system.Queue:    {"AWS::DynamoDB::Table", "atlas-work-ledger"},
		system.Table:    {"AWS::DynamoDB::Table", "atlas-work"},
		system.Postgres: {"AWS::RDS::DBCluster", "atlas-work"},
		system.Cache:    {"AWS::ElastiCache::ReplicationGroup", "atlas-work"},
		system.Bucket:   {"AWS::S3::Bucket", "atlas-work"},
	} {
		k, id := drive.Carried(system.Store{Name: "work", Kind: kind}, of)
		assert.Equal(t, want, [2]string{k, id}, string(kind))
	}
}
