package adopt

import (
	"strconv"

	"redoubt/internal/naming"
	"redoubt/system"
)

// place is where a store stands.
type place struct {
	scope naming.Scope
	// peer is the other home's region.
	peer      string
	store     string
	zones     int
	selection string
	// stands is true when the home has the store now, and not only after a restore.
	stands bool
	// datastores are the ids of a cache's datastores, by generation.
	datastores map[int]string
}

// kinds give, for each kind of store that is restored beside the damaged one,
// every resource of a home that names the generation. That the list is whole is
// held by tests/survive: an update after the adoption would replace what misses.
var kinds = map[system.StoreKind]func(place, int) []Swap{
	system.Postgres: postgres,
	system.Cache:    cache,
	system.Table:    func(p place, generation int) []Swap { return table(p, "table-"+p.store, p.store, generation) },
	// The queue itself has no generation: what a restore brings back is its ledger.
	system.Queue: func(p place, generation int) []Swap {
		return table(p, "queue-"+p.store+"-ledger", p.store+system.LedgerSuffix, generation)
	},
}

const selectionType = "aws:backup/selection:Selection"

// chosen is a swap of a resource that one property names.
func chosen(typ, name, property, id string) Swap {
	return Swap{Type: typ, Name: name, ID: id, Properties: map[string]any{property: id}}
}

// selected is the backup selection of the store, or of the part of it that is
// backed up, which names what it backs up.
func (p place) selected(part, arn string) Swap {
	return Swap{
		Type: selectionType, Name: "vault-selection-" + part, ID: p.selection,
		Properties: map[string]any{"resources": []any{arn}},
	}
}

// table lists what components/table declares under a resource's name: the table
// in the primary, its replica in the secondary, whichever home was restored first.
func table(p place, resource, part string, generation int) []Swap {
	name := p.scope.Table(part, generation)
	own := chosen("aws:dynamodb/table:Table", resource+"-table", "name", name)
	if p.scope.Home == system.Secondary {
		own = Swap{
			Type: "aws:dynamodb/tableReplica:TableReplica", Name: resource + "-replica", ID: name + ":" + p.peer,
			Properties: map[string]any{"globalTableArn": p.scope.Peer(p.peer).ARN("dynamodb", "table/"+name)},
		}
	}
	return []Swap{own, p.selected(part, p.scope.ARN("dynamodb", "table/"+name))}
}

// postgres lists what components/postgres declares: the seed alone declares the
// global database. The proxy, the credentials and the groups have no generation.
func postgres(p place, generation int) []Swap {
	name := "postgres-" + p.store
	cluster, global := p.scope.Cluster(p.store, generation), p.scope.Global(p.store, generation)
	var out []Swap
	if p.scope.Home == system.Primary {
		out = append(out, chosen("aws:rds/globalCluster:GlobalCluster", name+"-global", "globalClusterIdentifier", global))
	}
	main := chosen("aws:rds/cluster:Cluster", name+"-cluster", "clusterIdentifier", cluster)
	main.Properties["globalClusterIdentifier"] = global
	main.Properties["finalSnapshotIdentifier"] = naming.Join(naming.ClusterMax, cluster, "final")
	out = append(out, main)
	for i := range p.zones {
		number := strconv.Itoa(i + 1)
		member := chosen("aws:rds/clusterInstance:ClusterInstance", name+"-instance-"+number, "identifier",
			naming.Join(naming.ClusterMax, cluster, number))
		member.Properties["clusterIdentifier"] = cluster
		out = append(out, member)
	}
	proxy := naming.Join(naming.ClusterMax, p.scope.Cluster(p.store, 1), "proxy")
	return append(out,
		chosen("aws:cloudwatch/logGroup:LogGroup", name+"-log", "name", "/aws/rds/cluster/"+cluster+"/postgresql"),
		Swap{
			Type: "aws:rds/proxyTarget:ProxyTarget", Name: name + "-proxy-target",
			ID:         proxy + "/default/TRACKED_CLUSTER/" + cluster,
			Properties: map[string]any{"dbClusterIdentifier": cluster},
		},
		p.selected(p.store, p.scope.ARN("rds", "cluster:"+cluster)),
	)
}

// cache lists what components/cache declares: the seed alone declares the
// datastore, a member names it. Users, groups, the bucket of the snapshots and
// what fills it have no generation.
func cache(p place, generation int) []Swap {
	if !p.stands {
		return nil
	}
	name, group, datastore := "cache-"+p.store, p.scope.Cache(p.store, generation), p.datastores[generation]
	main := chosen("aws:elasticache/replicationGroup:ReplicationGroup", name+"-group", "replicationGroupId", group)
	main.Properties["finalSnapshotIdentifier"] = group + "-final"
	out := []Swap{main}
	if datastore == "" {
		return out
	}
	main.Properties["globalReplicationGroupId"] = datastore
	if p.scope.Home == system.Primary {
		out = append(out, Swap{
			Type: "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", Name: name + "-global", ID: datastore,
			Properties: map[string]any{
				"globalReplicationGroupIdSuffix": p.scope.CacheGlobal(p.store, generation),
				"globalReplicationGroupId":       datastore, "primaryReplicationGroupId": group,
			},
		})
	}
	return out
}
