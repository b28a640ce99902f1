package world

import (
	"maps"
	"slices"
	"time"
)

// restoreOperations are the operations that rebuild a database beside a damaged one.
func restoreOperations() map[string]operation {
	return map[string]operation{
		"rds.RestoreDBClusterToPointInTime": {run: restoreDBCluster},
		"rds.CreateDBCluster":               {run: createDBCluster},
		"rds.CreateDBInstance":              {run: createDBInstance},
		"rds.CreateGlobalCluster":           {run: createGlobalCluster},
		"rds.ModifyDBCluster":               {run: modifyDBCluster},
		"rds.DescribeDBInstances":           {run: describeDBInstances},
		"rds.RegisterDBProxyTargets":        {run: registerProxyTargets},
		"rds.DeregisterDBProxyTargets":      {run: deregisterProxyTargets},
		"logs.CreateLogGroup":               {run: createLogGroup},
		"logs.PutRetentionPolicy":           {run: putRetentionPolicy},
		"backup.CreateBackupSelection":      {run: createSelection},
		"backup.DeleteBackupSelection":      {run: deleteSelection},
	}
}

// clusterNames are the parameters of RDS's operations on a cluster whose names
// differ from those of the resource.
var clusterNames = map[string]string{
	"DBClusterIdentifier": "ClusterIdentifier", "DBSubnetGroupName": "DbSubnetGroupName",
	"DBClusterParameterGroupName":     "DbClusterParameterGroupName",
	"EnableIAMDatabaseAuthentication": "IamDatabaseAuthenticationEnabled",
	"EnableCloudwatchLogsExports":     "EnabledCloudwatchLogsExports", "MasterUserPassword": "MasterPassword",
}

// instanceNames are those of an instance.
var instanceNames = map[string]string{
	"DBInstanceIdentifier": "Identifier", "DBClusterIdentifier": "ClusterIdentifier", "DBInstanceClass": "InstanceClass",
	"DBSubnetGroupName": "DbSubnetGroupName", "EnablePerformanceInsights": "PerformanceInsightsEnabled",
	"PerformanceInsightsKMSKeyId": "PerformanceInsightsKmsKeyId",
}

// renamed writes the parameters of an operation as a resource's document. A
// list of keys and values becomes a map.
func renamed(in Document, names map[string]string) Document {
	out := Document{}
	for name, v := range in {
		if to := names[name]; to != "" {
			name = to
		}
		out[name] = v
	}
	if _, ok := in["Tags"].([]any); ok {
		tags := Document{}
		for _, tag := range docs(in, "Tags") {
			tags[str(tag, "Key")] = str(tag, "Value")
		}
		out["Tags"] = tags
	}
	return out
}

// build creates an entity that is not available before some time has passed. A
// name that is taken is refused, also when it was taken by the same call.
func (t *tx) build(kind string, r Request, in Document, takes behaviour) (*Entity, error) {
	k := kinds[kind]
	if id := k.id(t, &Entity{Kind: kind, Region: k.place(r.Region), In: in, Out: Document{}}); t.get(kind, k.place(r.Region), id) != nil {
		return nil, k.exists(id)
	}
	e, err := kinds[kind].create(t, r.Region, firstOf(r.Token, r.Operation+"/"+r.Region), in)
	if err != nil {
		return nil, err
	}
	e = t.edit(t.get(kind, kinds[kind].place(r.Region), e.ID))
	e.Out["Status"] = "creating"
	t.laterBy(takes, e.ARN, "Available", Document{"Kind": kind, "Region": e.Region, "Id": e.ID})
	return e, nil
}

// available ends a building, unless its region is lost: then later.
func (t *tx) available(in Document) {
	e := t.get(str(in, "Kind"), str(in, "Region"), str(in, "Id"))
	switch {
	case e == nil || str(e.Out, "Status") != "creating":
	case t.down(e.Region):
		t.laterIn(retry, "Available", in)
	default:
		t.edit(e).Out["Status"] = "available"
	}
}

// restoreDBCluster makes a new cluster with the data that another had at a
// time. It stands alone, in no global database, with the credentials of its
// source; what the call does not say is as in the source.
func restoreDBCluster(t *tx, r Request) (Document, error) {
	source := t.get(kindCluster, r.Region, str(r.Input, "SourceDBClusterIdentifier"))
	if source == nil {
		return nil, kinds[kindCluster].notFound(str(r.Input, "SourceDBClusterIdentifier"))
	}
	at, err := t.restoreTime(r.Input, source)
	if err != nil {
		return nil, err
	}
	in := Document{}
	for _, property := range []string{"Engine", "EngineVersion", "StorageEncrypted", "KmsKeyId", "DatabaseName",
		"BackupRetentionPeriod", "Port"} {
		if v, ok := source.In[property]; ok {
			in[property] = v
		}
	}
	maps.Copy(in, renamed(r.Input, clusterNames))
	for _, own := range []string{"SourceDBClusterIdentifier", "RestoreToTime", "UseLatestRestorableTime"} {
		delete(in, own)
	}
	in["RestoreToPointInTime"] = Document{"SourceClusterIdentifier": source.ID, "RestoreToTime": at.Format(timeFormat)}
	e, err := t.build(kindCluster, r, in, auroraRestore)
	if err != nil {
		return nil, err
	}
	inherits(e, source, at)
	e.Out["MasterUsername"] = firstOf(str(source.In, "MasterUsername"), str(source.Out, "MasterUsername"))
	return Document{"DBCluster": clusterDocument(t, e)}, nil
}

// restorable is the span that a restore of a cluster can reach: as long as its
// backups are kept, and not the last minutes.
func (t *tx) restorable(c *Entity) (first, latest string) {
	from, to := t.restorableSpan(c)
	return from.Format(timeFormat), to.Format(timeFormat)
}

func (t *tx) restorableSpan(c *Entity) (from, to time.Time) {
	from = t.clock().Add(-kept(c))
	if t.created(c).After(from) {
		from = t.created(c)
	}
	if to = t.clock().Add(-t.lags(auroraTail, c.ARN)); to.Before(from) {
		to = from
	}
	return from, to
}

// kept is how long the backups of a cluster are kept.
func kept(c *Entity) time.Duration {
	return duration(numOr(c.In, "BackupRetentionPeriod", 1) * 24 * 3600)
}

// restoreTime is the time to restore to; it must be one that the backups cover.
func (t *tx) restoreTime(in Document, source *Entity) (time.Time, error) {
	newest := yes(in, "UseLatestRestorableTime")
	at, err := time.Parse(time.RFC3339, str(in, "RestoreToTime"))
	if err == nil && !newest && t.within(at, t.created(source), kept(source), auroraTail, source.ARN) {
		return at, nil
	}
	first, latest := t.restorableSpan(source)
	if newest {
		return latest, nil
	}
	if err != nil || at.Before(first) || at.After(latest) {
		return at, refuse("InvalidParameterValue", "RestoreToTime is %q, want %s to %s", str(in, "RestoreToTime"),
			first.Format(timeFormat), latest.Format(timeFormat))
	}
	return at, nil
}

func createDBCluster(t *tx, r Request) (Document, error) {
	e, err := t.build(kindCluster, r, renamed(r.Input, clusterNames), auroraCluster)
	if err != nil {
		return nil, err
	}
	return Document{"DBCluster": clusterDocument(t, e)}, nil
}

// createDBInstance adds an instance to a cluster, whose volume must be there.
func createDBInstance(t *tx, r Request) (Document, error) {
	c := t.get(kindCluster, r.Region, str(r.Input, "DBClusterIdentifier"))
	if c != nil && str(c.Out, "Status") != "available" {
		return nil, refuse("InvalidDBClusterStateFault", "%s is %s", c.ID, str(c.Out, "Status"))
	}
	e, err := t.build(kindInstance, r, renamed(r.Input, instanceNames), auroraInstance)
	if err != nil {
		return nil, err
	}
	return Document{"DBInstance": instanceDocument(e)}, nil
}

// createGlobalCluster makes a global database, empty or around an existing cluster.
func createGlobalCluster(t *tx, r Request) (Document, error) {
	in := renamed(r.Input, map[string]string{"SourceDBClusterIdentifier": "SourceDbClusterIdentifier"})
	if id := str(in, "GlobalClusterIdentifier"); t.get(kindGlobalCluster, Global, id) != nil {
		return nil, kinds[kindGlobalCluster].exists(id)
	}
	made, err := kinds[kindGlobalCluster].create(t, r.Region, firstOf(r.Token, r.Operation), in)
	if err != nil {
		return nil, err
	}
	g := t.get(kindGlobalCluster, Global, made.ID)
	if source := t.arn(str(in, "SourceDbClusterIdentifier")); source != nil {
		// AWS describes it by what its source is, and names the source no more.
		g = t.edit(g)
		delete(g.In, "SourceDbClusterIdentifier")
		for _, property := range []string{"Engine", "EngineVersion", "StorageEncrypted"} {
			g.In[property] = source.In[property]
			delete(g.Out, property)
		}
		g.Out["EngineVersionActual"] = source.Out["EngineVersionActual"]
	}
	return Document{"GlobalCluster": globalDocument(t, g)}, nil
}

func modifyDBCluster(t *tx, r Request) (Document, error) {
	old := t.get(kindCluster, r.Region, str(r.Input, "DBClusterIdentifier"))
	if old == nil {
		return nil, kinds[kindCluster].notFound(str(r.Input, "DBClusterIdentifier"))
	}
	e := old.clone()
	for property, v := range renamed(r.Input, clusterNames) {
		if property != "ApplyImmediately" {
			e.In[property] = v
		}
	}
	if err := kinds[kindCluster].settle(t, e, old); err != nil {
		return nil, err
	}
	return Document{"DBCluster": clusterDocument(t, t.get(kindCluster, r.Region, e.ID))}, nil
}

func describeDBInstances(t *tx, r Request) (Document, error) {
	list := []any{}
	id := str(r.Input, "DBInstanceIdentifier")
	for _, i := range t.list(kindInstance, r.Region) {
		if id == "" || id == i.ID {
			list = append(list, t.recall(instancePart, i, func() any { return instanceDocument(i) }))
		}
	}
	if id != "" && len(list) == 0 {
		return nil, kinds[kindInstance].notFound(id)
	}
	return Document{"DBInstances": list}, nil
}

var instancePart = TextOf("instance")

func instanceDocument(i *Entity) Document {
	d := Document{
		"DBInstanceIdentifier": i.ID, "DBInstanceArn": i.ARN, "DBClusterIdentifier": str(i.In, "ClusterIdentifier"),
		"DBInstanceStatus": firstOf(str(i.Out, "Status"), "available"), "DBInstanceClass": str(i.In, "InstanceClass"),
		"Engine": str(i.In, "Engine"), "AvailabilityZone": firstOf(str(i.In, "AvailabilityZone"), str(i.Out, "AvailabilityZone")),
		"PromotionTier": numOr(i.In, "PromotionTier", 0), "TagList": tagList(i),
	}
	for property, name := range map[string]string{
		"PubliclyAccessible": "PubliclyAccessible", "PerformanceInsightsEnabled": "PerformanceInsightsEnabled",
		"PerformanceInsightsKmsKeyId":        "PerformanceInsightsKMSKeyId",
		"PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
		"MonitoringInterval":                 "MonitoringInterval", "MonitoringRoleArn": "MonitoringRoleArn",
		"AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade", "CopyTagsToSnapshot": "CopyTagsToSnapshot",
		"PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
	} {
		if v, ok := i.In[property]; ok {
			d[name] = v
		}
	}
	return d
}

// tagList are an entity's tags as AWS lists them.
func tagList(e *Entity) []any {
	tags, _ := e.In["Tags"].(map[string]any)
	out := []any{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, Document{"Key": key, "Value": tags[key]})
	}
	return out
}

// registerProxyTargets points a proxy's target group at clusters.
func registerProxyTargets(t *tx, r Request) (Document, error) {
	list := []any{}
	for _, id := range strs(r.Input, "DBClusterIdentifiers") {
		in := Document{"DbProxyName": str(r.Input, "DBProxyName"), "DbClusterIdentifier": id,
			"TargetGroupName": firstOf(str(r.Input, "TargetGroupName"), "default")}
		e, err := kinds[kindProxyTarget].create(t, r.Region, firstOf(r.Token, "target/"+id), in)
		if err != nil {
			return nil, err
		}
		list = append(list, Document{"TrackedClusterId": id, "Type": str(e.Out, "Type"), "RdsResourceId": id})
	}
	return Document{"DBProxyTargets": list}, nil
}

// deregisterProxyTargets takes clusters out of a proxy's target group.
func deregisterProxyTargets(t *tx, r Request) (Document, error) {
	for _, id := range strs(r.Input, "DBClusterIdentifiers") {
		e := &Entity{In: Document{"DbProxyName": str(r.Input, "DBProxyName"), "DbClusterIdentifier": id,
			"TargetGroupName": firstOf(str(r.Input, "TargetGroupName"), "default")}}
		target := t.get(kindProxyTarget, r.Region, proxyTargetID(t, e))
		if target == nil {
			return nil, kinds[kindProxyTarget].notFound(id)
		}
		t.drop(target)
	}
	return Document{}, nil
}

// createLogGroup is logs CreateLogGroup, whose names begin in lower case.
func createLogGroup(t *tx, r Request) (Document, error) {
	in := renamed(r.Input, map[string]string{"logGroupName": "Name", "kmsKeyId": "KmsKeyId", "tags": "Tags"})
	_, err := kinds[kindLogGroup].create(t, r.Region, firstOf(r.Token, "logs/"+str(in, "Name")), in)
	return Document{}, err
}

func putRetentionPolicy(t *tx, r Request) (Document, error) {
	g := t.get(kindLogGroup, r.Region, str(r.Input, "logGroupName"))
	if g == nil {
		return nil, kinds[kindLogGroup].notFound(str(r.Input, "logGroupName"))
	}
	g = t.edit(g)
	g.In["RetentionInDays"] = r.Input["retentionInDays"]
	delete(g.Out, "RetentionInDays")
	return Document{}, nil
}

// createSelection is backup CreateBackupSelection.
func createSelection(t *tx, r Request) (Document, error) {
	in := Document{"PlanId": str(r.Input, "BackupPlanId")}
	for _, s := range docs(r.Input, "BackupSelection") {
		in["Name"], in["IamRoleArn"], in["Resources"] = str(s, "SelectionName"), str(s, "IamRoleArn"), anyList(strs(s, "Resources")...)
	}
	e, err := kinds[kindSelection].create(t, r.Region, firstOf(r.Token, "selection/"+str(in, "Name")), in)
	if err != nil {
		return nil, err
	}
	return Document{"SelectionId": e.ID, "BackupPlanId": in["PlanId"]}, nil
}

func deleteSelection(t *tx, r Request) (Document, error) {
	s := t.get(kindSelection, r.Region, str(r.Input, "SelectionId"))
	if s == nil {
		return nil, kinds[kindSelection].notFound(str(r.Input, "SelectionId"))
	}
	t.drop(s)
	return Document{}, nil
}
