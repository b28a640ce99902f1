package planner

import (
	"fmt"

	"redoubt/recovery/plan"
	"redoubt/system"
)

// likeGroup are the parameters of a group, by what the damaged one tells of itself; likeNode by its node.
var (
	likeGroup = map[string]string{
		"ReplicationGroupDescription": "Description", "KmsKeyId": "KmsKeyId", "UserGroupIds": "UserGroupIds",
	}
	likeNode = map[string]string{
		"CacheSubnetGroupName": "CacheSubnetGroupName", "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
		"AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
	}
)

// alike is what a new group of a home has of its own as the damaged one has it: a group that joins
// a datastore may say no more.
func (c cacheRestore) alike(home system.Home) plan.Document {
	group, node := c.damaged(home)
	in := plan.Document{"ReplicationGroupId": c.name(home), "MultiAZEnabled": true, "AutomaticFailoverEnabled": true}
	copied(in, group, likeGroup)
	copied(in, node, likeNode)
	if port, has := told[float64](group, "NodeGroups[0].PrimaryEndpoint.Port"); has {
		in["Port"] = port
	}
	var zones, access []any
	for _, m := range listed(group, "NodeGroups[0].NodeGroupMembers") {
		zones = append(zones, m["PreferredAvailabilityZone"])
	}
	for _, g := range listed(node, "SecurityGroups") {
		access = append(access, g["SecurityGroupId"])
	}
	in["NumCacheClusters"], in["PreferredCacheClusterAZs"], in["SecurityGroupIds"] = len(zones), zones, access
	if days, _ := told[float64](group, "SnapshotRetentionLimit"); days > 0 {
		in["SnapshotRetentionLimit"], in["SnapshotWindow"] = days, group["SnapshotWindow"]
	}
	if tags, has := told[[]any](c.answer(askGroupTags(home, c.of(home).Arn)), "TagList"); has {
		in["Tags"] = tags
	}
	return in
}

// copied puts into a document what another one tells under other names.
func copied(in, from plan.Document, names map[string]string) {
	for to, name := range names {
		if v, has := from[name]; has && v != nil {
			in[to] = v
		}
	}
}

// datastore is the late id of the new datastore, which the first group tells.
func (c cacheRestore) datastore() plan.Late {
	return plan.Late{Name: "late-datastore", Path: "ReplicationGroups[0].GlobalReplicationGroupInfo.GlobalReplicationGroupId",
		Call: askGroup(c.where, c.name(c.where))}
}

// joined makes the restored group the first of a new datastore.
func (c cacheRestore) joined(need string) string {
	s := c.step(plan.Copy, c.id("join"), fmt.Sprintf("Make %s the first of a global datastore", c.name(c.where)), []string{need})
	s.Why = "A restored group stands alone. The other home can follow it only within a global datastore."
	s.Source = datastoreSource
	in := plan.Document{"PrimaryReplicationGroupId": c.name(c.where),
		"GlobalReplicationGroupIdSuffix": scopeOf(c.Inventory, c.where).CacheGlobal(c.store.Name, c.generation)}
	was := c.answer(askDatastore(c.where, c.of(c.where).GlobalID))
	if text, has := told[string](was, "GlobalReplicationGroups[0].GlobalReplicationGroupDescription"); has {
		in["GlobalReplicationGroupDescription"] = text
	}
	s.Call = aws(c.where, "elasticache", "CreateGlobalReplicationGroup", in)
	look := askDatastore(c.where, "late-datastore")
	look.Late = []plan.Late{c.datastore()}
	s.Condition = holds(look, plan.Expect{Path: "GlobalReplicationGroups[0].Status", Op: plan.IsNot, Value: "creating"})
	return c.add(s)
}

// followed makes the group of the other home, which follows the restored one.
func (c cacheRestore) followed(need string) string {
	peer := c.where.Peer()
	s := c.step(plan.Copy, c.id("follow"), fmt.Sprintf("Make %s follow in the %s home", c.name(peer), peer), []string{need})
	s.Why = "The other home's copy is as damaged. Without a new one the loss of this home would lose it all."
	s.Source = datastoreSource
	in := c.alike(peer)
	in["GlobalReplicationGroupId"] = "late-datastore"
	s.Call = aws(peer, "elasticache", "CreateReplicationGroup", in)
	s.Call.Late = []plan.Late{c.datastore()}
	s.Condition = holds(askGroup(peer, c.name(peer)), is("ReplicationGroups[0].Status", "available"))
	return c.add(s)
}
