package world

import (
	"maps"
	"slices"
	"time"
)

// rdsOperations are the operations on databases.
func rdsOperations() map[string]operation {
	return map[string]operation{
		"rds.DescribeGlobalClusters":  {run: describeGlobalClusters},
		"rds.DescribeDBClusters":      {run: describeDBClusters},
		"rds.FailoverDBCluster":       {run: failoverDBCluster},
		"rds.FailoverGlobalCluster":   {run: failoverGlobalCluster},
		"rds.SwitchoverGlobalCluster": {run: switchoverGlobalCluster},
	}
}

// describeGlobalClusters is rds DescribeGlobalClusters
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeGlobalClusters.html).
func describeGlobalClusters(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "GlobalClusterIdentifier")
	for _, g := range t.list(kindGlobalCluster, Global) {
		if id == "" || id == g.ID {
			list = append(list, globalDocument(t, g))
		}
	}
	if id != "" && len(list) == 0 {
		return nil, kinds[kindGlobalCluster].notFound(id)
	}
	return Document{"GlobalClusters": list}, nil
}

func globalDocument(t *tx, g *Entity) Document {
	members := []any{}
	writer := str(g.Out, "Writer")
	for _, arn := range strs(g.Out, "Members") {
		readers := []any{}
		if arn == writer {
			readers = anyList(slices.DeleteFunc(strs(g.Out, "Members"), func(m string) bool { return m == writer })...)
		}
		sync := "connected"
		if c := t.arn(arn); c != nil && t.cut(c.Region, regionOfARN(writer)) {
			sync = "pending-resync"
		}
		members = append(members, Document{"DBClusterArn": arn, "IsWriter": arn == writer, "Readers": readers,
			"SynchronizationStatus": sync})
	}
	d := Document{
		"GlobalClusterIdentifier": g.ID, "GlobalClusterArn": g.ARN,
		"GlobalClusterResourceId": g.Out["GlobalClusterResourceId"],
		"Status":                  g.Out["Status"], "Engine": str(g.In, "Engine"), "EngineVersion": g.Out["EngineVersionActual"],
		"StorageEncrypted": yes(g.In, "StorageEncrypted"), "DeletionProtection": yes(g.In, "DeletionProtection"),
		"GlobalClusterMembers": members, "Endpoint": g.Out["Endpoint"], "TagList": tagList(g),
	}
	if s := docs(g.Out, "FailoverState"); len(s) > 0 {
		d["FailoverState"] = copyDoc(s[0])
	}
	return d
}

// describeDBClusters is rds DescribeDBClusters.
func describeDBClusters(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "DBClusterIdentifier")
	for _, c := range t.list(kindCluster, r.Region) {
		if id == "" || id == c.ID || id == c.ARN {
			list = append(list, clusterDocument(t, c))
		}
	}
	if id != "" && len(list) == 0 {
		return nil, kinds[kindCluster].notFound(id)
	}
	return Document{"DBClusters": list}, nil
}

// clusterDocument is a cluster as it is described. How far it can be restored moves with the clock.
func clusterDocument(t *tx, c *Entity) Document {
	d := t.recall(clusterPart, c, func() any { return stillCluster(t, c) }).(Document)
	if t.still {
		return d
	}
	d = maps.Clone(d)
	d["EarliestRestorableTime"], d["LatestRestorableTime"] = t.restorable(c)
	return d
}

var clusterPart = TextOf("cluster")

func stillCluster(t *tx, c *Entity) Document {
	members := []any{}
	for _, i := range t.instancesOf(c) {
		v := i.clone()
		instanceSeen(t, v)
		members = append(members, Document{
			"DBInstanceIdentifier": i.ID, "IsClusterWriter": yes(v.Out, "Writer"),
			"PromotionTier": numOr(i.In, "PromotionTier", 0),
		})
	}
	d := Document{
		"DBClusterIdentifier": c.ID, "DBClusterArn": c.ARN, "Status": c.Out["Status"], "Engine": str(c.In, "Engine"),
		"EngineVersion": c.Out["EngineVersionActual"], "Endpoint": c.Out["Endpoint"],
		"ReaderEndpoint": c.Out["ReaderEndpoint"],
		"Port":           firstNum(c, "Port"), "DBClusterMembers": members, "StorageEncrypted": yes(c.In, "StorageEncrypted"),
		"DeletionProtection":    yes(c.In, "DeletionProtection"),
		"BackupRetentionPeriod": numOr(c.In, "BackupRetentionPeriod", 1),
	}
	d["IAMDatabaseAuthenticationEnabled"] = yes(c.In, "IamDatabaseAuthenticationEnabled")
	d["CopyTagsToSnapshot"] = yes(c.In, "CopyTagsToSnapshot")
	if exports := strs(c.In, "EnabledCloudwatchLogsExports"); len(exports) > 0 {
		d["EnabledCloudwatchLogsExports"] = anyList(exports...)
	}
	for property, name := range map[string]string{
		"KmsKeyId": "KmsKeyId", "DatabaseName": "DatabaseName", "MasterUsername": "MasterUsername",
		"DbSubnetGroupName": "DBSubnetGroup", "DbClusterParameterGroupName": "DBClusterParameterGroup",
		"PreferredBackupWindow": "PreferredBackupWindow", "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
	} {
		if v := firstOf(str(c.In, property), str(c.Out, property)); v != "" {
			d[name] = v
		}
	}
	groups := []any{}
	for _, id := range strs(c.In, "VpcSecurityGroupIds") {
		groups = append(groups, Document{"VpcSecurityGroupId": id, "Status": "active"})
	}
	d["VpcSecurityGroups"], d["TagList"] = groups, tagList(c)
	if g := t.globalOf(c); g != nil {
		d["GlobalClusterIdentifier"] = g.ID
		if w := str(g.Out, "Writer"); w != c.ARN && w != "" {
			d["ReplicationSourceIdentifier"] = w
		}
	}
	return d
}

// failoverGlobalCluster is rds FailoverGlobalCluster: with AllowDataLoss it
// promotes without asking the old primary; otherwise it is a switchover.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverGlobalCluster.html
func failoverGlobalCluster(t *tx, r Request) (Document, error) {
	loss, planned := yes(r.Input, "AllowDataLoss"), yes(r.Input, "Switchover")
	if loss && planned {
		return nil, refuse("InvalidParameterCombination", "AllowDataLoss and Switchover exclude each other")
	}
	return t.moveWriter(r, loss)
}

func switchoverGlobalCluster(t *tx, r Request) (Document, error) { return t.moveWriter(r, false) }

func (t *tx) moveWriter(r Request, loss bool) (Document, error) {
	id, target := str(r.Input, "GlobalClusterIdentifier"), str(r.Input, "TargetDbClusterIdentifier")
	g := t.get(kindGlobalCluster, Global, id)
	if g == nil {
		return nil, kinds[kindGlobalCluster].notFound(id)
	}
	to, from := t.arn(target), str(g.Out, "Writer")
	switch {
	case to == nil || !slices.Contains(strs(g.Out, "Members"), to.ARN):
		return nil, missing("DBClusterNotFoundFault", "target %q is not a member of %s", target, id)
	case to.ARN == from:
		return nil, refuse("InvalidGlobalClusterStateFault", "%s is the primary already", target)
	case str(g.Out, "Status") != "available":
		return nil, refuse("InvalidGlobalClusterStateFault", "%s is %s", id, str(g.Out, "Status"))
	case t.down(to.Region):
		return nil, refuse("InvalidDBClusterStateFault", "%s is not available", target)
	case len(t.instancesOf(to)) == 0:
		return nil, refuse("InvalidDBClusterStateFault", "%s has no instance", target)
	case !loss && t.cut(to.Region, regionOfARN(from)):
		return nil, refuse("InvalidGlobalClusterStateFault", "a switchover needs %s, which does not answer", from)
	}
	takes, status := auroraSwitchover, "switching-over"
	if loss {
		takes, status = auroraFailover, "failing-over"
	}
	g = t.edit(g)
	g.Out["Status"] = status
	g.Out["FailoverState"] = Document{"Status": status, "FromDbClusterArn": from, "ToDbClusterArn": to.ARN,
		"IsDataLossAllowed": loss}
	t.laterBy(takes, g.ARN, "FinishFailover", Document{"Id": id, "From": from, "To": to.ARN, "Loss": loss})
	return Document{"GlobalCluster": globalDocument(t, g)}, nil
}

// finishFailover makes the target the writer. After a loss the old primary is
// no member until it can be rebuilt. A switchover that loses sight of the old
// primary is canceled (that AWS does so by itself is assumed):
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverState.html
func (t *tx) finishFailover(in Document) {
	g := t.get(kindGlobalCluster, Global, str(in, "Id"))
	if g == nil {
		return
	}
	to, from := t.arn(str(in, "To")), str(in, "From")
	if to == nil || t.down(to.Region) {
		t.laterIn(retry, "FinishFailover", in)
		return
	}
	g = t.edit(g)
	g.Out["Status"] = "available"
	delete(g.Out, "FailoverState")
	if !yes(in, "Loss") && t.cut(to.Region, regionOfARN(from)) {
		return // canceled: both clusters return to what they were
	}
	g.Out["Writer"] = to.ARN
	if yes(in, "Loss") {
		g.Out["Members"] = anyList(slices.DeleteFunc(strs(g.Out, "Members"), func(arn string) bool { return arn == from })...)
		if c := t.arn(from); c != nil {
			delete(t.edit(c).In, "GlobalClusterIdentifier")
		}
		t.laterIn(retry, "Rejoin", Document{"Id": g.ID, "Arn": from, "Ready": ""})
	}
}

// rejoin brings an old primary back as a secondary once its region answers.
func (t *tx) rejoin(in Document) {
	g, c := t.get(kindGlobalCluster, Global, str(in, "Id")), t.arn(str(in, "Arn"))
	if g == nil || c == nil || slices.Contains(strs(g.Out, "Members"), c.ARN) {
		return
	}
	ready, err := time.Parse(timeFormat, str(in, "Ready"))
	switch {
	case t.cut(c.Region, regionOfARN(str(g.Out, "Writer"))):
		t.laterIn(retry, "Rejoin", Document{"Id": g.ID, "Arn": c.ARN, "Ready": ""})
	case err != nil:
		at := t.clock().Add(t.takes(auroraRebuild, c.ARN))
		t.later(at, "Rejoin", Document{"Id": g.ID, "Arn": c.ARN, "Ready": at.Format(timeFormat)})
	case !ready.After(t.clock()):
		g = t.edit(g)
		g.Out["Members"] = anyList(append(strs(g.Out, "Members"), c.ARN)...)
		t.edit(c).In["GlobalClusterIdentifier"] = g.ID
	}
}
