package world

import (
	"maps"
)

// cacheRestoreOperations are the operations that rebuild a cache beside a damaged one.
func cacheRestoreOperations() map[string]operation {
	return map[string]operation{
		"elasticache.CreateReplicationGroup":       {run: createReplicationGroup},
		"elasticache.CreateGlobalReplicationGroup": {run: createGlobalReplicationGroup},
		"elasticache.DescribeCacheClusters":        {run: describeCacheClusters},
		"elasticache.ListTagsForResource":          {run: listCacheTags},
		"route53.ChangeResourceRecordSets":         {at: "us-east-1", run: changeResourceRecordSets},
	}
}

// cacheGroupNames are the parameters of CreateReplicationGroup whose names
// differ from those of the resource.
var cacheGroupNames = map[string]string{
	"ReplicationGroupDescription": "Description", "CacheNodeType": "NodeType", "MultiAZEnabled": "MultiAzEnabled",
	"CacheParameterGroupName": "ParameterGroupName", "CacheSubnetGroupName": "SubnetGroupName",
	"PreferredCacheClusterAZs": "PreferredCacheClusterAzs", "PreferredMaintenanceWindow": "MaintenanceWindow",
}

// createReplicationGroup is elasticache CreateReplicationGroup: an empty group,
// one that is filled from snapshots or exported objects, or one that joins a
// datastore. AWS does not tell later what it was filled from; Shows knows.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
func createReplicationGroup(t *tx, r Request) (Document, error) {
	g, err := t.build(kindCacheGroup, r, renamed(r.Input, cacheGroupNames), cacheGroup)
	if err != nil {
		return nil, err
	}
	switch name, objects := str(g.In, "SnapshotName"), strs(g.In, "SnapshotArns"); {
	case name != "":
		s := t.snapshotNamed(r.Region, name)
		g.Out[filledFrom] = s.ARN
		if of := t.get(kindCacheGroup, r.Region, str(s.In, "ReplicationGroupId")); of != nil {
			inherits(g, of, t.created(s))
		}
	case len(objects) > 0:
		g.Out[filledFrom] = objects[0]
	}
	delete(g.In, "SnapshotArns")
	delete(g.In, "SnapshotName")
	return Document{"ReplicationGroup": cacheDocument(t, kinds[kindCacheGroup].view(t, g))}, nil
}

// createGlobalReplicationGroup is elasticache CreateGlobalReplicationGroup: a
// datastore around a group that is available. That another state is refused is assumed.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateGlobalReplicationGroup.html
func createGlobalReplicationGroup(t *tx, r Request) (Document, error) {
	id := str(r.Input, "PrimaryReplicationGroupId")
	if g := t.get(kindCacheGroup, r.Region, id); g != nil && str(g.Out, "Status") != "available" {
		return nil, refuse("InvalidReplicationGroupState", "%s is %s", id, str(g.Out, "Status"))
	}
	g, err := t.build(kindCacheGlobal, r, maps.Clone(r.Input), cacheGlobal)
	if err != nil {
		return nil, err
	}
	return Document{"GlobalReplicationGroup": cacheGlobalDocument(t, g, true)}, nil
}

// describeCacheClusters is elasticache DescribeCacheClusters: what the nodes of
// groups are made with, which the groups' own description does not tell.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheClusters.html
func describeCacheClusters(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "CacheClusterId")
	for _, e := range t.list(kindCacheGroup, r.Region) {
		g := kinds[kindCacheGroup].view(t, e)
		for _, node := range strs(g.Out, "MemberClusters") {
			if id == "" || id == node {
				list = append(list, nodeDocument(g, node))
			}
		}
	}
	if id != "" && len(list) == 0 {
		return nil, missing("CacheClusterNotFound", "%s does not exist", id)
	}
	return Document{"CacheClusters": list}, nil
}

func nodeDocument(g *Entity, node string) Document {
	groups := []any{}
	for _, id := range strs(g.In, "SecurityGroupIds") {
		groups = append(groups, Document{"SecurityGroupId": id, "Status": "active"})
	}
	return Document{
		"CacheClusterId": node, "ReplicationGroupId": g.ID, "CacheClusterStatus": g.Out["Status"],
		"Engine": both(g, "Engine"), "EngineVersion": g.Out["EngineVersionActual"], "CacheNodeType": both(g, "NodeType"),
		"PreferredAvailabilityZone": zoneOfNode(g, node), "SecurityGroups": groups,
		"CacheSubnetGroupName":       g.In["SubnetGroupName"],
		"CacheParameterGroup":        Document{"CacheParameterGroupName": both(g, "ParameterGroupName")},
		"PreferredMaintenanceWindow": both(g, "MaintenanceWindow"), "SnapshotWindow": both(g, "SnapshotWindow"),
		"SnapshotRetentionLimit":  numOr(g.In, "SnapshotRetentionLimit", 0),
		"AutoMinorVersionUpgrade": both(g, "AutoMinorVersionUpgrade") == true,
	}
}

// listCacheTags is elasticache ListTagsForResource, of a group.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListTagsForResource.html
func listCacheTags(t *tx, r Request) (Document, error) {
	arn := str(r.Input, "ResourceName")
	e := t.arn(arn)
	if e == nil || e.Kind != kindCacheGroup || e.Region != r.Region {
		return nil, kinds[kindCacheGroup].notFound(arn)
	}
	return Document{"TagList": tagList(e)}, nil
}
