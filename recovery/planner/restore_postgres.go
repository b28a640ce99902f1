package planner

import (
	"fmt"
	"slices"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a database's restore rely on.
const (
	pitrClusterSource = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-pitr.html"
	followerSource    = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-attaching.html"
	globalSource      = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-getting-started.html"
	proxyTargetSource = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RegisterDBProxyTargets.html"
	logGroupSource    = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html"
)

func askGlobal(home system.Home, id string) plan.Call {
	return aws(home, "rds", "DescribeGlobalClusters", plan.Document{"GlobalClusterIdentifier": id})
}

func logGroup(cluster string) string { return "/aws/rds/cluster/" + cluster + "/postgresql" }

func askLogs(home system.Home, cluster string) plan.Call {
	return aws(home, "logs", "DescribeLogGroups", plan.Document{"logGroupNamePrefix": logGroup(cluster)})
}

func askLogTags(inv inventory.Inventory, home system.Home, cluster string) plan.Call {
	return aws(home, "logs", "ListTagsForResource", plan.Document{
		"resourceArn": scopeOf(inv, home).ARN("logs", "log-group:"+logGroup(cluster))})
}

// postgresQuestions ask what the damaged database is like in both homes.
func postgresQuestions(r Request, what restoring) []plan.Call {
	out := []plan.Call{askGlobal(what.where, r.Inventory.Homes[what.where].Stores[what.store.Name].GlobalID)}
	if what.whose(r) != "" {
		out = append(out, askCluster(what.where, what.source(r)))
	}
	for _, home := range system.Homes {
		of := r.Inventory.Homes[home].Stores[what.store.Name]
		out = append(out, askCluster(home, of.Name), askLogs(home, of.Name), askLogTags(r.Inventory, home, of.Name),
			askSelection(r.Inventory, home, what.store.Name))
		for _, member := range of.Members {
			out = append(out, askInstance(home, member))
		}
	}
	return out
}

func unreachedPostgres(r Request, what restoring) string {
	answer := r.Answers[CallKey(askCluster(what.where, what.source(r)))]
	earliest, _ := told[string](answer, "DBClusters[0].EarliestRestorableTime")
	latest, _ := told[string](answer, "DBClusters[0].LatestRestorableTime")
	return what.unreached(r, earliest, latest)
}

// databaseRestore is the restore of a database.
type databaseRestore struct {
	*draft
	restoring
}

// restorePostgres makes the database again in the home that serves, makes it the
// seed of a new global database, and gives it a new follower in the other home. The
// home that serves does not wait for the follower.
func (d *draft) restorePostgres(r restoring) {
	b := databaseRestore{d, r}
	d.windowGate(r, unreachedPostgres(d.Request, r))
	peer := r.where.Peer()

	stopped := d.stopUsers(r)
	whole := b.members(r.where, b.settled(r.where, b.copied(append(b.logs(r.where), stopped...))))
	source := b.of(r.where).Arn
	if r.whose(d.Request) != "" {
		source = scopeOf(d.Inventory, r.where).ARN("rds", "cluster:"+r.source(d.Request))
	}
	verified := d.verify(r, b.name(r.where), source, whole)
	joined := b.joined([]string{verified})
	follower := b.members(peer, b.settled(peer, b.follows(append(b.logs(peer), joined))))
	after := d.after(r, func(home system.Home, s *inventory.Store) {
		s.Name, s.Arn, s.GlobalID = b.name(home), b.arn(home), b.global()
	})
	needs := map[system.Home][]string{r.where: {joined}, peer: append(follower, verified)}
	swapped := map[system.Home][]string{}
	for _, home := range system.Homes {
		swapped[home] = []string{d.direct(r, home, after, []string{b.reconnected(home, needs[home])})}
	}
	d.finish(r, swapped, b.arn)
}

// of is the damaged store in a home, name and arn those of the restored cluster.
func (b databaseRestore) of(home system.Home) inventory.Store {
	return b.home(home).Stores[b.store.Name]
}

func (b databaseRestore) name(home system.Home) string {
	return scopeOf(b.Inventory, home).Cluster(b.store.Name, b.generation)
}

func (b databaseRestore) arn(home system.Home) string {
	return scopeOf(b.Inventory, home).ARN("rds", "cluster:"+b.name(home))
}

func (b databaseRestore) global() string {
	return scopeOf(b.Inventory, b.where).Global(b.store.Name, b.generation)
}

// damaged is what the damaged cluster of a home was told to be.
func (b databaseRestore) damaged(home system.Home) plan.Document {
	all := listed(b.answer(askCluster(home, b.of(home).Name)), "DBClusters")
	if len(all) != 1 {
		b.wrong("the %s home has %d clusters %s, want 1", home, len(all), b.of(home).Name)
		return nil
	}
	return all[0]
}

func (b databaseRestore) step(role plan.Role, id, title string, needs []string) plan.Step {
	return plan.Step{ID: id, Title: title, Role: role, Subject: plan.Subject{Store: b.store.Name}, Needs: needs,
		Timeout: minutes(60)}
}

// logs makes the group for the cluster's logs, which the cluster would make without
// a key, for ever and untagged.
func (b databaseRestore) logs(home system.Home) []string {
	old, now := logGroup(b.of(home).Name), logGroup(b.name(home))
	at := func(field string) string { return fmt.Sprintf("logGroups[?logGroupName==%q].%s", old, field) }
	was := b.answer(askLogs(home, b.of(home).Name))
	s := b.step(plan.Copy, b.idAt("log", home), fmt.Sprintf("Make the log group of %s", b.name(home)), nil)
	s.Why = "A cluster makes its log group itself, with no key, no end and no tags."
	s.Source, s.Budget = logGroupSource, timings.K8SConfigmap
	in := plan.Document{"logGroupName": now}
	if key, has := told[string](was, at("kmsKeyId")); has {
		in["kmsKeyId"] = key
	}
	if tags, has := told[plan.Document](b.answer(askLogTags(b.Inventory, home, b.of(home).Name)), "tags"); has {
		in["tags"] = tags
	}
	s.Call = aws(home, "logs", "CreateLogGroup", in)
	made := func(field string, value, missing any) plan.Expect {
		return plan.Expect{Path: plan.Path(fmt.Sprintf("logGroups[?logGroupName==%q].%s", now, field)), Op: plan.Is,
			Value: value, Missing: missing}
	}
	s.Condition = holds(askLogs(home, b.name(home)), made("logGroupName", now, ""))
	id := b.add(s)
	days, has := told[float64](was, at("retentionInDays"))
	if !has {
		return []string{id}
	}
	s.ID, s.Title = b.idAt("retain", home), fmt.Sprintf("Keep the logs of %s for %.0f days", b.name(home), days)
	s.Needs, s.Call = []string{id}, aws(home, "logs", "PutRetentionPolicy", plan.Document{
		"logGroupName": now, "retentionInDays": days})
	s.Condition = holds(askLogs(home, b.name(home)), made("retentionInDays", days, 0.0))
	return []string{b.add(s)}
}

// alike is what a new cluster of a home has in common with the damaged one.
func (b databaseRestore) alike(home system.Home) plan.Document {
	was := b.damaged(home)
	in := plan.Document{"DBClusterIdentifier": b.name(home), "DeletionProtection": true}
	for to, from := range map[string]string{
		"DBSubnetGroupName": "DBSubnetGroup", "DBClusterParameterGroupName": "DBClusterParameterGroup", "Port": "Port",
		"KmsKeyId": "KmsKeyId", "CopyTagsToSnapshot": "CopyTagsToSnapshot", "Tags": "TagList",
		"EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
		"EnableCloudwatchLogsExports":     "EnabledCloudwatchLogsExports",
	} {
		if v, has := was[from]; has {
			in[to] = v
		}
	}
	var groups []any
	for _, g := range listed(was, "VpcSecurityGroups") {
		groups = append(groups, g["VpcSecurityGroupId"])
	}
	if len(groups) > 0 {
		in["VpcSecurityGroupIds"] = groups
	}
	return in
}

func (b databaseRestore) copied(needs []string) string {
	s := b.step(plan.Copy, b.id("copy"), fmt.Sprintf("Restore %s beside %s, as %s", b.store.Name, b.of(b.where).Name,
		b.name(b.where)), needs)
	s.Why = "The damaged database stays as it is: it is the only evidence, and holds all that was written since."
	s.Source, s.Budget, s.Timeout = pitrClusterSource, timings.AuroraRestoreSnapshot, minutes(12*60)
	in := b.alike(b.where)
	in["SourceDBClusterIdentifier"], in["RestoreToTime"] = b.source(b.Request), b.stamped()
	s.Call = aws(b.where, "rds", "RestoreDBClusterToPointInTime", in)
	s.Condition = holds(askCluster(b.where, b.name(b.where)), is("DBClusters[0].Status", "available"))
	return b.add(s)
}

// settled gives a new cluster the windows and the span of backups of the damaged one.
func (b databaseRestore) settled(home system.Home, need string) string {
	was := b.damaged(home)
	in := plan.Document{"DBClusterIdentifier": b.name(home)}
	s := b.step(plan.Copy, b.idAt("settings", home), fmt.Sprintf("Set when %s is backed up and maintained", b.name(home)),
		[]string{need})
	s.Why = "A new cluster keeps its backups for a day and is maintained at a time that AWS picks."
	s.Source, s.Budget = pitrClusterSource, timings.K8SConfigmap
	for _, name := range []string{"BackupRetentionPeriod", "PreferredBackupWindow", "PreferredMaintenanceWindow"} {
		if v, has := was[name]; has {
			in[name] = v
			s.Condition.All = append(s.Condition.All, is("DBClusters[0]."+name, v))
		}
	}
	s.Call, s.Condition.Call = aws(home, "rds", "ModifyDBCluster", in), askCluster(home, b.name(home))
	return b.add(s)
}

// likeMember are the parameters of an instance, by what it tells of itself.
var likeMember = map[string]string{
	"DBInstanceClass": "DBInstanceClass", "Engine": "Engine", "AvailabilityZone": "AvailabilityZone",
	"PromotionTier": "PromotionTier", "PubliclyAccessible": "PubliclyAccessible",
	"EnablePerformanceInsights":          "PerformanceInsightsEnabled",
	"PerformanceInsightsKMSKeyId":        "PerformanceInsightsKMSKeyId",
	"PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod", "MonitoringInterval": "MonitoringInterval",
	"MonitoringRoleArn": "MonitoringRoleArn", "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
	"CopyTagsToSnapshot": "CopyTagsToSnapshot", "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
	"Tags": "TagList",
}

// members makes an instance for each that the damaged cluster of the home has.
func (b databaseRestore) members(home system.Home, need string) []string {
	var ids []string
	for n, member := range b.of(home).Members {
		id := naming.Join(naming.ClusterMax, b.name(home), fmt.Sprint(n+1))
		in := plan.Document{"DBInstanceIdentifier": id, "DBClusterIdentifier": b.name(home)}
		all := listed(b.answer(askInstance(home, member)), "DBInstances")
		for to, from := range likeMember {
			if len(all) == 1 && all[0][from] != nil {
				in[to] = all[0][from]
			}
		}
		s := b.step(plan.Copy, b.idAt(fmt.Sprintf("member-%d", n+1), home), "Start the instance "+id, []string{need})
		s.Why = "A restored cluster is a volume without an instance: nobody can read or write it. A zone each, as before."
		s.Source, s.Budget, s.Timeout = pitrClusterSource, timings.AuroraInregionNoreplica, minutes(120)
		s.Call = aws(home, "rds", "CreateDBInstance", in)
		s.Condition = holds(askInstance(home, id), is("DBInstances[0].DBInstanceStatus", "available"))
		ids = append(ids, b.add(s))
	}
	return slices.Clip(ids)
}
