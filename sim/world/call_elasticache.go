package world

import (
	"slices"
	"strings"
)

// cacheOperations are the operations on caches.
func cacheOperations() map[string]operation {
	return map[string]operation{
		"elasticache.DescribeReplicationGroups":          {run: describeReplicationGroups},
		"elasticache.DescribeGlobalReplicationGroups":    {run: describeGlobalReplicationGroups},
		"elasticache.FailoverGlobalReplicationGroup":     {run: failoverGlobalReplicationGroup},
		"elasticache.DisassociateGlobalReplicationGroup": {run: disassociateGlobalReplicationGroup},
		"elasticache.CreateSnapshot":                     {run: createSnapshot},
		"elasticache.CopySnapshot":                       {run: copySnapshot},
		"elasticache.DescribeSnapshots":                  {run: describeSnapshots},
		"elasticache.TestFailover":                       {run: testCacheFailover},
	}
}

// describeReplicationGroups is elasticache DescribeReplicationGroups
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeReplicationGroups.html).
func describeReplicationGroups(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "ReplicationGroupId")
	for _, e := range t.list(kindCacheGroup, r.Region) {
		if id == "" || id == e.ID {
			list = append(list, t.recall(cacheGroupPart, e, func() any { return cacheDocument(t, kinds[kindCacheGroup].view(t, e)) }))
		}
	}
	if id != "" && len(list) == 0 {
		return nil, kinds[kindCacheGroup].notFound(id)
	}
	return Document{"ReplicationGroups": list}, nil
}

var cacheGroupPart = TextOf("group of a cache")

// both is what AWS reads back of a property, and else what was asked for.
func both(e *Entity, property string) any {
	if v, ok := e.Out[property]; ok {
		return v
	}
	return e.In[property]
}

func enabled(v any) string {
	if v == true {
		return "enabled"
	}
	return "disabled"
}

func cacheDocument(t *tx, e *Entity) Document {
	members := []any{}
	for _, id := range strs(e.Out, "MemberClusters") {
		m := Document{"CacheClusterId": id, "CacheNodeId": "0001", "CurrentRole": "replica",
			"PreferredAvailabilityZone": zoneOfNode(e, id)}
		if id == primaryOf(e) {
			m["CurrentRole"] = "primary"
		}
		members = append(members, m)
	}
	port := both(e, "Port")
	d := Document{
		"ReplicationGroupId": e.ID, "ARN": e.ARN, "Description": str(e.In, "Description"), "Status": e.Out["Status"],
		"Engine": both(e, "Engine"), "CacheNodeType": both(e, "NodeType"), "MemberClusters": e.Out["MemberClusters"],
		"AutomaticFailover": enabled(both(e, "AutomaticFailoverEnabled")), "MultiAZ": enabled(both(e, "MultiAzEnabled")),
		"AtRestEncryptionEnabled":  both(e, "AtRestEncryptionEnabled") == true,
		"TransitEncryptionEnabled": both(e, "TransitEncryptionEnabled") == true,
		"SnapshotRetentionLimit":   numOr(e.In, "SnapshotRetentionLimit", 0), "SnapshotWindow": both(e, "SnapshotWindow"),
		"ClusterEnabled": false, "KmsKeyId": e.In["KmsKeyId"], "UserGroupIds": e.In["UserGroupIds"],
		"NodeGroups": []any{Document{
			"NodeGroupId": "0001", "Status": e.Out["Status"], "NodeGroupMembers": members,
			"PrimaryEndpoint": Document{"Address": e.Out["PrimaryEndpointAddress"], "Port": port},
			"ReaderEndpoint":  Document{"Address": e.Out["ReaderEndpointAddress"], "Port": port},
		}},
	}
	if g := t.cacheGlobalOf(e); g != nil {
		d["GlobalReplicationGroupInfo"] = Document{"GlobalReplicationGroupId": g.ID,
			"GlobalReplicationGroupMemberRole": cacheRole(g, e.ARN)}
	}
	return d
}

func cacheRole(g *Entity, arn string) string {
	if str(g.Out, "Writer") == arn {
		return "PRIMARY"
	}
	return "SECONDARY"
}

// describeGlobalReplicationGroups is elasticache DescribeGlobalReplicationGroups
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeGlobalReplicationGroups.html).
func describeGlobalReplicationGroups(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "GlobalReplicationGroupId")
	for _, g := range t.list(kindCacheGlobal, "") {
		if id == "" || id == g.ID {
			list = append(list, cacheGlobalDocument(t, g, yes(r.Input, "ShowMemberInfo")))
		}
	}
	if id != "" && len(list) == 0 {
		return nil, kinds[kindCacheGlobal].notFound(id)
	}
	return Document{"GlobalReplicationGroups": list}, nil
}

func cacheGlobalDocument(t *tx, g *Entity, members bool) Document {
	d := Document{
		"GlobalReplicationGroupId": g.ID, "ARN": g.ARN, "Status": cacheGlobalStatus(g), "Engine": g.Out["Engine"],
		"EngineVersion": g.Out["EngineVersionActual"], "CacheNodeType": g.Out["CacheNodeType"],
		"GlobalReplicationGroupDescription": str(g.In, "GlobalReplicationGroupDescription"),
		"AtRestEncryptionEnabled":           g.Out["AtRestEncryptionEnabled"], "ClusterEnabled": false,
		"TransitEncryptionEnabled": g.Out["TransitEncryptionEnabled"],
	}
	if !members {
		return d
	}
	list := []any{}
	for _, arn := range strs(g.Out, "Members") {
		m := Document{
			"ReplicationGroupId": arn[strings.LastIndex(arn, ":")+1:], "ReplicationGroupRegion": regionOfARN(arn),
			"Role": cacheRole(g, arn), "AutomaticFailover": enabled(g.Out["AutomaticFailoverEnabled"]), "Status": "associated",
		}
		list = append(list, m)
	}
	d["Members"] = list
	return d
}

// cacheGlobalStatus: a datastore with one member says so
// (github.com/hashicorp/terraform-provider-aws waits for either).
func cacheGlobalStatus(g *Entity) any {
	if g.Out["Status"] == "available" && len(strs(g.Out, "Members")) == 1 {
		return "primary-only"
	}
	return g.Out["Status"]
}

// failoverGlobalReplicationGroup is elasticache FailoverGlobalReplicationGroup: the
// named secondary becomes the primary, every other member a secondary, whether
// or not the old primary answers. What it had not sent is lost (how much, the
// lag says: timing elasticache.global.lag). That any region takes the call is assumed.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_FailoverGlobalReplicationGroup.html
func failoverGlobalReplicationGroup(t *tx, r Request) (Document, error) {
	g, arn, err := t.cacheGlobalMember(str(r.Input, "GlobalReplicationGroupId"), str(r.Input, "PrimaryReplicationGroupId"),
		str(r.Input, "PrimaryRegion"))
	switch {
	case err != nil:
		return nil, err
	case str(g.Out, "Status") != "available":
		return nil, refuse("InvalidGlobalReplicationGroupState", "%s is %s", g.ID, str(g.Out, "Status"))
	case arn == str(g.Out, "Writer"):
		return nil, refuse(badValue, "%s is the primary already", str(r.Input, "PrimaryReplicationGroupId"))
	case t.down(regionOfARN(arn)):
		return nil, refuse("InvalidGlobalReplicationGroupState", "%s is not available", regionOfARN(arn))
	}
	g = t.edit(g)
	g.Out["Status"] = cacheModifying
	t.laterBy(cachePromote, g.ARN, "FinishCacheFailover", Document{"Id": g.ID, "To": arn})
	return Document{"GlobalReplicationGroup": cacheGlobalDocument(t, g, true)}, nil
}

// cacheGlobalMember finds a datastore and the ARN of its member.
func (t *tx) cacheGlobalMember(id, group, region string) (*Entity, string, error) {
	g := t.cacheGlobal(id)
	if g == nil {
		return nil, "", kinds[kindCacheGlobal].notFound(id)
	}
	for _, arn := range strs(g.Out, "Members") {
		if regionOfARN(arn) == region && arn[strings.LastIndex(arn, ":")+1:] == group {
			return g, arn, nil
		}
	}
	return nil, "", refuse(badValue, "%s in %s is not a member of %s", group, region, id)
}

// finishCacheFailover flips the roles; a target whose region was lost meanwhile waits for it.
func (t *tx) finishCacheFailover(in Document) {
	g, to := t.cacheGlobal(str(in, "Id")), t.arn(str(in, "To"))
	switch {
	case g == nil || to == nil || !slices.Contains(strs(g.Out, "Members"), to.ARN):
		return
	case t.down(to.Region):
		t.laterIn(retry, "FinishCacheFailover", in)
		return
	}
	g = t.edit(g)
	g.Out["Writer"], g.Out["Status"] = to.ARN, "available"
}

// disassociateGlobalReplicationGroup is elasticache DisassociateGlobalReplicationGroup: a
// secondary leaves and takes writes of its own. The primary cannot leave.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DisassociateGlobalReplicationGroup.html
func disassociateGlobalReplicationGroup(t *tx, r Request) (Document, error) {
	g, arn, err := t.cacheGlobalMember(str(r.Input, "GlobalReplicationGroupId"), str(r.Input, "ReplicationGroupId"),
		str(r.Input, "ReplicationGroupRegion"))
	switch {
	case err != nil:
		return nil, err
	case str(g.Out, "Status") != "available":
		return nil, refuse("InvalidGlobalReplicationGroupState", "%s is %s", g.ID, str(g.Out, "Status"))
	case arn == str(g.Out, "Writer"):
		return nil, refuse(badValue, "the primary cannot be disassociated from %s", g.ID)
	}
	group := t.edit(t.arn(arn))
	settleAlone(group, g)
	t.leaveCacheGlobal(group)
	return Document{"GlobalReplicationGroup": cacheGlobalDocument(t, t.cacheGlobal(g.ID), true)}, nil
}

// settleAlone leaves to a group what it had from its datastore.
func settleAlone(group, g *Entity) {
	for from, to := range map[string]string{"EngineVersion": "EngineVersion", "CacheNodeType": "NodeType",
		"EngineVersionActual": "EngineVersionActual", "Engine": "Engine",
		"AtRestEncryptionEnabled": "AtRestEncryptionEnabled", "TransitEncryptionEnabled": "TransitEncryptionEnabled"} {
		group.Out[to] = g.Out[from]
	}
}
