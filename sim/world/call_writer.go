package world

// failoverDBCluster is rds FailoverDBCluster: a reader of the cluster becomes its writer, in the same region.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverDBCluster.html
// That the follower of a global database, which has no writer, refuses it is assumed.
func failoverDBCluster(t *tx, r Request) (Document, error) {
	id, target := str(r.Input, "DBClusterIdentifier"), str(r.Input, "TargetDBInstanceIdentifier")
	c := t.get(kindCluster, r.Region, id)
	if c == nil {
		return nil, kinds[kindCluster].notFound(id)
	}
	writer := t.writerOf(c)
	node := t.heir(c, writer)
	g := t.globalOf(c)
	switch i := t.get(kindInstance, r.Region, target); {
	case str(c.Out, "Status") != "available":
		return nil, refuse("InvalidDBClusterStateFault", "%s is %s", id, str(c.Out, "Status"))
	case g != nil && str(g.Out, "Writer") != c.ARN:
		return nil, refuse("InvalidDBClusterStateFault", "%s follows another cluster and has no writer", id)
	case target != "" && (i == nil || str(i.In, "ClusterIdentifier") != id):
		return nil, refuse("InvalidDBInstanceState", "%s is no instance of %s", target, id)
	case target == writer && target != "":
		return nil, refuse("InvalidDBInstanceState", "%s is the writer already", target)
	case target != "" && !t.zoneDown(zoneOfInstance(i)):
		node = target
	}
	if node == "" {
		return nil, refuse("InvalidDBClusterStateFault", "%s has no reader that could take over", id)
	}
	c = t.edit(c)
	c.Out["Status"] = "failing-over"
	t.laterBy(auroraInRegion, c.ARN, eventPromote, Document{"Kind": c.Kind, "Region": c.Region, "Id": c.ID, "Node": node})
	return Document{"DBCluster": clusterDocument(t, c)}, nil
}

// testCacheFailover is elasticache TestFailover: the primary of a group with automatic failover is
// taken for failed, and a replica becomes the primary. AWS makes it for tests and may refuse it in
// the middle of a large event.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_TestFailover.html
// That it works in a member of a global datastore, too, is assumed.
func testCacheFailover(t *tx, r Request) (Document, error) {
	id := str(r.Input, "ReplicationGroupId")
	g := t.get(kindCacheGroup, r.Region, id)
	if g == nil {
		return nil, kinds[kindCacheGroup].notFound(id)
	}
	node := t.nextNode(g)
	switch {
	case str(r.Input, "NodeGroupId") != "0001":
		return nil, refuse("NodeGroupNotFoundFault", "%s has no node group %q", id, str(r.Input, "NodeGroupId"))
	case str(g.Out, "Status") != "available":
		return nil, refuse("InvalidReplicationGroupState", "%s is %s", id, str(g.Out, "Status"))
	case both(kinds[kindCacheGroup].view(t, g), "AutomaticFailoverEnabled") != true || node == "":
		return nil, refuse("InvalidParameterCombination", "%s has no replica that could take over", id)
	}
	g = t.edit(g)
	g.Out["Status"] = "modifying"
	t.laterBy(cacheInRegion, g.ARN, eventPromote, Document{"Kind": g.Kind, "Region": g.Region, "Id": g.ID, "Node": node})
	return Document{"ReplicationGroup": cacheDocument(t, kinds[kindCacheGroup].view(t, g))}, nil
}
