package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// node is a node of a database or a cache, and its zone.
type node struct{ node, zone string }

// writer is the node of a store that writes in a home, as it was answered.
// Where the store follows another one there is none.
func (d *draft) writer(home system.Home, s system.Store, of inventory.Store) node {
	if s.Kind == system.Postgres {
		for _, m := range listed(d.answer(askCluster(home, of.Name)), "DBClusters[0].DBClusterMembers") {
			if id, _ := m["DBInstanceIdentifier"].(string); m["IsClusterWriter"] == true {
				zone, _ := told[string](d.answer(askInstance(home, id)), "DBInstances[0].AvailabilityZone")
				return node{id, zone}
			}
		}
		return node{}
	}
	group := d.answer(askGroup(home, of.Name))
	if role, _ := told[string](group, "ReplicationGroups[0].GlobalReplicationGroupInfo.GlobalReplicationGroupMemberRole"); role == "SECONDARY" {
		return node{}
	}
	for _, m := range listed(group, "ReplicationGroups[0].NodeGroups[0].NodeGroupMembers") {
		if m["CurrentRole"] == "primary" {
			id, _ := m["CacheClusterId"].(string)
			zone, _ := m["PreferredAvailabilityZone"].(string)
			return node{id, zone}
		}
	}
	return node{}
}

// moveWriter lets another node of a store write in the same home. It is done
// as soon as the node that wrote does no more, whoever brought that about.
func (d *draft) moveWriter(home system.Home, s system.Store, of inventory.Store, w node) plan.Step {
	step := plan.Step{
		ID: "move-writer-" + s.Name, Title: fmt.Sprintf("Let another node of %s write than %s", s.Name, w.node),
		Role: plan.Data, Subject: plan.Subject{Store: s.Name}, Timeout: minutes(10), OnFailure: onFailure(d.critical(s.Tier)),
	}
	if s.Kind == system.Postgres {
		step.Source, step.Budget = inRegionSource, timings.AuroraInregionFailover
		step.Call = aws(home, "rds", "FailoverDBCluster", plan.Document{"DBClusterIdentifier": of.Name})
		step.Condition = holds(askCluster(home, of.Name), is("DBClusters[0].Status", "available"),
			is(fmt.Sprintf("DBClusters[0].DBClusterMembers[?DBInstanceIdentifier==%q].IsClusterWriter", w.node), false))
		return step
	}
	step.Source, step.Budget = cacheNodeSource, timings.ElasticacheFailover
	step.Call = aws(home, "elasticache", "TestFailover", plan.Document{
		"ReplicationGroupId": of.Name, "NodeGroupId": nodeGroup})
	step.Condition = holds(askGroup(home, of.Name), is("ReplicationGroups[0].Status", "available"),
		is(fmt.Sprintf("ReplicationGroups[0].NodeGroups[0].NodeGroupMembers[?CacheClusterId==%q].CurrentRole", w.node), "replica"))
	return step
}

// nodeGroup is the one node group of a cache that is not cut into shards.
const nodeGroup = "0001"
