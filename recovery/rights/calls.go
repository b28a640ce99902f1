package rights

// right is an action that a call needs, and what it works on.
type right struct {
	action string
	on     resource
}

func of(action string, on ...resource) []right {
	var out []right
	for _, r := range on {
		out = append(out, right{action, r})
	}
	return out
}

func all(lists ...[]right) []right {
	var out []right
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// sealed is what AWS asks of the caller where a service is to use a key in his name:
// https://docs.aws.amazon.com/kms/latest/developerguide/services-rds.html
func sealed() []right { return all(of("kms:CreateGrant", key), of("kms:DescribeKey", key)) }

// rows is what is written where a table is restored or copied into another region:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
func rows(on resource) []right {
	var out []right
	for _, verb := range []string{"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"} {
		out = append(out, right{"dynamodb:" + verb, on})
	}
	return out
}

// content is what an object of S3 needs beside its own action: its key.
func content() []right { return all(of("kms:Decrypt", key), of("kms:GenerateDataKey", key)) }

// calls is the one place that says which actions a call needs, by service and operation. Where an operation is not named
// like its action or needs more than one, the service authorization reference says so:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var calls = map[string][]right{
	"appconfig.ListDeployments": of("appconfig:ListDeployments", flags),
	"appconfig.StartDeployment": of("appconfig:StartDeployment", flags),

	"arc-zonal-shift.CancelZonalShift": of("arc-zonal-shift:CancelZonalShift", shifted, shiftedZonal),
	"arc-zonal-shift.ListZonalShifts":  of("arc-zonal-shift:ListZonalShifts", everything),
	"arc-zonal-shift.StartZonalShift":  of("arc-zonal-shift:StartZonalShift", balancer, zonal),

	"backup.CreateBackupSelection": all(of("backup:CreateBackupSelection", backupPlan), of("iam:PassRole", backupRole)),
	"backup.DeleteBackupSelection": of("backup:DeleteBackupSelection", backupPlan),
	"backup.GetBackupSelection":    of("backup:GetBackupSelection", backupPlan),
	"backup.ListBackupSelections":  of("backup:ListBackupSelections", backupPlan),

	"cloudwatch.DescribeAlarms":      of("cloudwatch:DescribeAlarms", alarm),
	"cloudwatch.GetMetricStatistics": of("cloudwatch:GetMetricStatistics", everything),
	"cloudwatch.PutMetricData":       of("cloudwatch:PutMetricData", everything),

	"dynamodb.DescribeContinuousBackups": of("dynamodb:DescribeContinuousBackups", table),
	"dynamodb.DescribeTable":             of("dynamodb:DescribeTable", table),
	"dynamodb.DescribeTimeToLive":        of("dynamodb:DescribeTimeToLive", table),
	"dynamodb.GetItem":                   of("dynamodb:GetItem", table),
	"dynamodb.ListTagsOfResource":        of("dynamodb:ListTagsOfResource", table),
	"dynamodb.PutItem":                   of("dynamodb:PutItem", table),
	"dynamodb.Query":                     of("dynamodb:Query", table),
	"dynamodb.RestoreTableToPointInTime": all(of("dynamodb:RestoreTableToPointInTime", bothTables), rows(restored),
		sealed(), content()),
	"dynamodb.TagResource":             of("dynamodb:TagResource", table),
	"dynamodb.UpdateContinuousBackups": of("dynamodb:UpdateContinuousBackups", table),
	"dynamodb.UpdateTable": all(of("dynamodb:UpdateTable", table), of("dynamodb:CreateTable", table),
		of("dynamodb:CreateTableReplica", table), rows(table), sealed()),
	"dynamodb.UpdateTimeToLive": of("dynamodb:UpdateTimeToLive", table),
	"dynamodb.UpdateItem":       of("dynamodb:UpdateItem", table),

	"eks.DescribeNodegroup":     of("eks:DescribeNodegroup", nodes),
	"eks.UpdateNodegroupConfig": of("eks:UpdateNodegroupConfig", nodes),

	"elasticache.CreateGlobalReplicationGroup": of("elasticache:CreateGlobalReplicationGroup", cache, globalCache),
	"elasticache.CreateReplicationGroup": all(of("elasticache:CreateReplicationGroup", cache, cacheParts),
		of("elasticache:AddTagsToResource", cache), sealed()),
	"elasticache.DescribeCacheClusters":           of("elasticache:DescribeCacheClusters", cacheNode),
	"elasticache.DescribeGlobalReplicationGroups": of("elasticache:DescribeGlobalReplicationGroups", globalCache),
	"elasticache.DescribeReplicationGroups":       of("elasticache:DescribeReplicationGroups", cache),
	"elasticache.DescribeSnapshots":               of("elasticache:DescribeSnapshots", cache, cacheSnapshots),
	"elasticache.FailoverGlobalReplicationGroup":  of("elasticache:FailoverGlobalReplicationGroup", globalCache),
	"elasticache.ListTagsForResource":             of("elasticache:ListTagsForResource", cacheTagged),
	"elasticache.TestFailover":                    of("elasticache:TestFailover", cache),

	"logs.CreateLogGroup":      all(of("logs:CreateLogGroup", logGroup), of("logs:TagResource", logGroup)),
	"logs.DescribeLogGroups":   of("logs:DescribeLogGroups", everything),
	"logs.ListTagsForResource": of("logs:ListTagsForResource", logTagged),
	"logs.PutRetentionPolicy":  of("logs:PutRetentionPolicy", logGroup),

	"rds.CreateDBCluster": all(of("rds:CreateDBCluster", database, globalData, dataGroups, dataSettings),
		of("rds:AddTagsToResource", database), sealed()),
	"rds.CreateDBInstance": all(of("rds:CreateDBInstance", instance, database), of("rds:AddTagsToResource", instance),
		of("iam:PassRole", monitoring), sealed()),
	"rds.CreateGlobalCluster": all(of("rds:CreateGlobalCluster", database, globalData),
		of("rds:AddTagsToResource", globalData)),
	"rds.DeregisterDBProxyTargets": of("rds:DeregisterDBProxyTargets", targets),
	"rds.DescribeDBClusters":       of("rds:DescribeDBClusters", database),
	"rds.DescribeDBInstances":      of("rds:DescribeDBInstances", instance),
	"rds.DescribeDBProxyTargets":   of("rds:DescribeDBProxyTargets", proxy, targets),
	"rds.DescribeGlobalClusters":   of("rds:DescribeGlobalClusters", globalData),
	"rds.FailoverDBCluster":        of("rds:FailoverDBCluster", database),
	"rds.FailoverGlobalCluster":    of("rds:FailoverGlobalCluster", database, globalData),
	"rds.ModifyDBCluster":          of("rds:ModifyDBCluster", database),
	"rds.RegisterDBProxyTargets":   of("rds:RegisterDBProxyTargets", targets, targeted, instances),
	"rds.RestoreDBClusterToPointInTime": all(of("rds:RestoreDBClusterToPointInTime", database, dataGroups, dataSettings),
		of("rds:AddTagsToResource", database), sealed()),
	"rds.SwitchoverGlobalCluster": of("rds:SwitchoverGlobalCluster", database, globalData),

	"route53.ChangeResourceRecordSets": of("route53:ChangeResourceRecordSets", zone),
	"route53.ListResourceRecordSets":   of("route53:ListResourceRecordSets", zone),

	"route53-recovery-cluster.ListRoutingControls": of("route53-recovery-cluster:ListRoutingControls", everything),
	"route53-recovery-cluster.UpdateRoutingControlStates": of(
		"route53-recovery-cluster:UpdateRoutingControlStates", routing),

	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
	"s3.GetBucketLifecycleConfiguration": of("s3:GetLifecycleConfiguration", bucket),
	"s3.GetBucketVersioning":             of("s3:GetBucketVersioning", bucket),
	"s3.GetObject":                       all(of("s3:GetObject", object), content()),
	"s3.HeadObject":                      all(of("s3:GetObject", object), of("s3:ListBucket", bucket), content()),
	"s3.PutObject":                       all(of("s3:PutObject", object), content()),

	"ssm.GetParameter": of("ssm:GetParameter", parameter),
	"ssm.PutParameter": of("ssm:PutParameter", parameter),

	// A request to an API server is judged by the cluster. The function knows the server's address from the
	// inventory, and signs who it is, which needs no right.
	"kubernetes.Get": nil, "kubernetes.Patch": nil,
	// The probe task goes through the home's entry, as a user does.
	"redoubt.RunProbe": nil,

	// What is made of many calls (recovery/ledger, recovery/rewind, recovery/verify).
	"redoubt.CountStranded": of("dynamodb:Query", table),
	"redoubt.RequeueAccepted": all(of("dynamodb:Query", table), of("dynamodb:UpdateItem", table),
		of("sqs:SendMessage", queue), content()),
	"redoubt.RewindBucket": all(of("s3:ListBucketVersions", bucket), of("s3:GetObject", object),
		of("s3:GetObjectVersion", object), of("s3:GetObjectTagging", object), of("s3:GetObjectVersionTagging", object), of("s3:PutObject", object),
		of("s3:PutObjectTagging", object), of("s3:DeleteObject", object), content()),
	"redoubt.CountAstray": all(of("s3:ListBucketVersions", bucket), of("s3:GetObjectVersion", object), content()),
	"redoubt.CountApart": all(of("s3:ListBucketVersions", bucket), of("s3:GetObjectVersion", object),
		of("s3:GetObject", otherObject), content()),
}

// verified are the calls by which a store is looked at when it was restored (recovery/verify), by its kind.
var verified = map[string][]right{
	"table":    of("dynamodb:DescribeTable", resource{form: table.form, members: []string{"Name"}}),
	"postgres": of("rds:DescribeDBClusters", resource{form: database.form, members: []string{"Name"}}),
	"cache":    of("elasticache:DescribeReplicationGroups", resource{form: cache.form, members: []string{"Name"}}),
	"bucket": all(of("s3:GetBucketVersioning", resource{form: bucket.form, members: []string{"Name"}}),
		of("s3:ListBucketVersions", resource{form: bucket.form, members: []string{"Name"}}),
		of("s3:GetObjectVersion", resource{form: object.form, members: []string{"Name"}}), content()),
	"queue": nil,
}
