package drive

import (
	"redoubt/inventory"
	"redoubt/system"
)

// Carried is what AWS copies of a store in a home, as the world names it: of a queue, its work ledger.
func Carried(store system.Store, of inventory.Home) (kind, id string) {
	one := of.Stores[store.Name]
	switch store.Kind {
	case system.Postgres:
		return "AWS::RDS::DBCluster", one.Name
	case system.Cache:
		return "AWS::ElastiCache::ReplicationGroup", one.Name
	case system.Bucket:
		return "AWS::S3::Bucket", one.Name
	case system.Queue:
		return "AWS::DynamoDB::Table", one.LedgerTable
	}
	return "AWS::DynamoDB::Table", one.Name
}
