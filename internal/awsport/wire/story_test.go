//go:build apps

package wire

import (
	"fmt"

	"redoubt/recovery/plan"
)

// call is one operation that is really made, and what its answer must hold.
type call struct {
	operation string
	in        doc
	all       []plan.Expect
}

func is(path string, value any) plan.Expect {
	return plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: value}
}

func made(operation string, in doc, all ...plan.Expect) call { return call{operation, in, all} }

// story makes every operation that moto knows, in an order in which each finds
// what it needs.
func story(at ids) []call {
	return append(append(append(metrics(at), tables()...), append(objects(), queues(at)...)...),
		append(append(databases(), cluster(at)...), others()...)...)
}

func metrics(at ids) []call {
	return []call{
		made("cloudwatch.PutMetricData", doc{"Namespace": "Redoubt", "MetricData": []any{doc{"MetricName": "Taken", "Value": 1,
			"Timestamp": "2026-03-01T12:00:00Z"}}}),
		made("cloudwatch.DescribeAlarms", doc{"AlarmNames": []any{"taken"}},
			is(`MetricAlarms[?AlarmName=="taken"].Threshold`, 1)),
		made("cloudwatch.GetMetricStatistics", doc{"Namespace": "Redoubt", "MetricName": "Taken", "Period": 60,
			"StartTime": "2026-03-01T11:59:00Z", "EndTime": "2026-03-01T12:01:00Z", "Statistics": []any{"Maximum"}},
			is("Datapoints[0].Maximum", 1), is("Datapoints[0].Timestamp", "2026-03-01T12:00:00Z")),
		made("route53.ChangeResourceRecordSets", doc{"HostedZoneId": at.zone, "ChangeBatch": doc{"Changes": []any{
			doc{"Action": "UPSERT", "ResourceRecordSet": doc{"Name": "cache.example.com", "Type": "CNAME", "TTL": 10,
				"ResourceRecords": []any{doc{"Value": "restored.example.com"}}}}}}}, is("ChangeInfo.Status", "INSYNC")),
		made("route53.ListResourceRecordSets", doc{"HostedZoneId": at.zone},
			is(`ResourceRecordSets[?Type=="SOA"].Name`, "example.com.")),
		made("route53.GetHealthCheckStatus", doc{"HealthCheckId": at.check},
			is("HealthCheckObservations[0].IPAddress", "127.0.13.37")),
		made("ssm.PutParameter", doc{"Name": "/atlas/store", "Value": "a", "Type": "String"}, is("Version", 1)),
		made("ssm.GetParameter", doc{"Name": "/atlas/store"}, is("Parameter.Value", "a")),
		made("logs.CreateLogGroup", doc{"logGroupName": "/atlas/db", "tags": doc{"store": "db"}}),
		made("logs.PutRetentionPolicy", doc{"logGroupName": "/atlas/db", "retentionInDays": 30}),
		made("logs.DescribeLogGroups", doc{"logGroupNamePrefix": "/atlas/db"}, is("logGroups[0].retentionInDays", 30)),
		made("logs.ListTagsForResource", doc{"resourceArn": "arn:aws:logs:" + region + ":" + account + ":log-group:/atlas/db"},
			is("tags.store", "db")),
	}
}

func tables() []call {
	key := doc{"pk": doc{"S": "a"}, "sk": doc{"S": "b"}}
	return []call{
		made("dynamodb.DescribeTable", doc{"TableName": table}, is("Table.TableStatus", "ACTIVE")),
		made("dynamodb.PutItem", doc{"TableName": table, "Item": doc{"pk": doc{"S": "a"}, "sk": doc{"S": "b"}, "n": doc{"N": "1"}},
			"ConditionExpression": "attribute_not_exists(pk)"}),
		made("dynamodb.UpdateItem", doc{"TableName": table, "Key": key, "UpdateExpression": "SET n = :n",
			"ExpressionAttributeValues": doc{":n": doc{"N": "2"}}, "ReturnValues": "ALL_NEW"}, is("Attributes.n.N", "2")),
		made("dynamodb.GetItem", doc{"TableName": table, "Key": key, "ConsistentRead": true}, is("Item.n.N", "2")),
		made("dynamodb.Query", doc{"TableName": table, "KeyConditionExpression": "pk = :p",
			"ExpressionAttributeValues": doc{":p": doc{"S": "a"}}}, is("Count", 1), is("Items[0].sk.S", "b")),
		made("dynamodb.DeleteItem", doc{"TableName": table, "Key": key}),
		made("dynamodb.UpdateContinuousBackups", doc{"TableName": table,
			"PointInTimeRecoverySpecification": doc{"PointInTimeRecoveryEnabled": true}}),
		made("dynamodb.DescribeContinuousBackups", doc{"TableName": table},
			is("ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus", "ENABLED")),
		made("dynamodb.RestoreTableToPointInTime", doc{"SourceTableName": table, "TargetTableName": "records-2",
			"UseLatestRestorableTime": true}, is("TableDescription.TableName", "records-2")),
		made("dynamodb.UpdateTable", doc{"TableName": table, "DeletionProtectionEnabled": true},
			is("TableDescription.DeletionProtectionEnabled", true)),
		made("dynamodb.UpdateTimeToLive", doc{"TableName": table,
			"TimeToLiveSpecification": doc{"AttributeName": "expires", "Enabled": true}},
			is("TimeToLiveSpecification.Enabled", true)),
		made("dynamodb.TagResource", doc{"ResourceArn": tableARN, "Tags": []any{doc{"Key": "a", "Value": "b"}}}),
		made("dynamodb.ListTagsOfResource", doc{"ResourceArn": tableARN}, is(`Tags[?Key=="a"].Value`, "b")),
		made("dynamodb.DescribeTimeToLive", doc{"TableName": table},
			is("TimeToLiveDescription.TimeToLiveStatus", "ENABLED"), is("TimeToLiveDescription.AttributeName", "expires")),
	}
}

func objects() []call {
	return []call{
		made("s3.PutObject", doc{"Bucket": "data", "Key": "a/b", "Body": "content", "IfNoneMatch": "*"},
			is("ETag", `"9a0364b9e99bb480dd25e1f0284c8555"`)),
		made("s3.GetObject", doc{"Bucket": "data", "Key": "a/b"}, is("Body", "content"), is("ContentLength", 7)),
		made("s3.HeadObject", doc{"Bucket": "data", "Key": "a/b"}, is("ContentLength", 7)),
		made("s3.CopyObject", doc{"Bucket": "data", "Key": "a/c", "CopySource": "data/a/b"},
			is("CopyObjectResult.ETag", `"9a0364b9e99bb480dd25e1f0284c8555"`)),
		made("s3.DeleteObject", doc{"Bucket": "data", "Key": "a/b"}, is("DeleteMarker", true)),
		made("s3.GetBucketVersioning", doc{"Bucket": "data"}, is("Status", "Enabled")),
		made("s3.GetBucketLifecycleConfiguration", doc{"Bucket": "data"},
			is(`Rules[?ID=="old-versions"].NoncurrentVersionExpiration.NoncurrentDays`, 35)),
		made("s3.ListObjectVersions", doc{"Bucket": "data", "Prefix": "a/"}, is(`Versions[?Key=="a/c"].Size`, 7),
			is(`DeleteMarkers[0].Key`, "a/b")),
	}
}

func queues(at ids) []call {
	return []call{
		made("sqs.SendMessage", doc{"QueueUrl": at.queue, "MessageBody": "work"},
			is("MD5OfMessageBody", "67e92c8765a9bc7fb2d335c459de9eb5")),
		made("sqs.GetQueueAttributes", doc{"QueueUrl": at.queue, "AttributeNames": []any{"All"}},
			is("Attributes.ApproximateNumberOfMessages", "1")),
		made("sqs.ReceiveMessage", doc{"QueueUrl": at.queue, "VisibilityTimeout": 0}, is("Messages[0].Body", "work")),
		made("sqs.DeleteMessage", doc{"QueueUrl": at.queue, "ReceiptHandle": "{Messages[0].ReceiptHandle}"}),
	}
}

func databases() []call {
	arn := func(id string) string { return fmt.Sprintf("arn:aws:rds:%s:%s:cluster:%s", region, account, id) }
	return []call{
		made("rds.CreateGlobalCluster", doc{"GlobalClusterIdentifier": "global", "Engine": "aurora-postgresql"},
			is("GlobalCluster.GlobalClusterIdentifier", "global")),
		made("rds.CreateDBCluster", doc{"DBClusterIdentifier": "db", "Engine": "aurora-postgresql", "MasterUsername": "admin1",
			"MasterUserPassword": "simulated-1", "BackupRetentionPeriod": 7, "GlobalClusterIdentifier": "global"},
			is("DBCluster.DBClusterArn", arn("db"))),
		made("rds.CreateDBInstance", doc{"DBInstanceIdentifier": "db-1", "DBClusterIdentifier": "db",
			"DBInstanceClass": "db.r6g.large", "Engine": "aurora-postgresql"}, is("DBInstance.DBClusterIdentifier", "db")),
		made("rds.CreateDBInstance", doc{"DBInstanceIdentifier": "db-0", "DBClusterIdentifier": "db",
			"DBInstanceClass": "db.r6g.large", "Engine": "aurora-postgresql"}),
		made("rds.FailoverDBCluster", doc{"DBClusterIdentifier": "db", "TargetDBInstanceIdentifier": "db-0"},
			is(`DBCluster.DBClusterMembers[?DBInstanceIdentifier=="db-0"].IsClusterWriter`, true)),
		made("rds.DescribeGlobalClusters", doc{"GlobalClusterIdentifier": "global"},
			is(fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q].IsWriter", arn("db")), true)),
		made("rds.DescribeDBClusters", doc{"DBClusterIdentifier": "db"}, is("DBClusters[0].Status", "available"),
			is(`DBClusters[0].DBClusterMembers[?DBInstanceIdentifier=="db-1"].IsClusterWriter`, false)),
		made("rds.DescribeDBInstances", doc{"DBInstanceIdentifier": "db-1"},
			is("DBInstances[0].DBInstanceStatus", "available")),
		made("rds.ModifyDBCluster", doc{"DBClusterIdentifier": "db", "DeletionProtection": true, "ApplyImmediately": true},
			is("DBCluster.DeletionProtection", true)),
		made("rds.RestoreDBClusterToPointInTime", doc{"SourceDBClusterIdentifier": "db", "DBClusterIdentifier": "db-2",
			"RestoreToTime": "2026-03-01T12:00:00Z"}, is("DBCluster.DBClusterIdentifier", "db-2")),
		made("rds.RegisterDBProxyTargets", doc{"DBProxyName": "proxy", "DBClusterIdentifiers": []any{"db-2"}},
			is("DBProxyTargets[0].RdsResourceId", "db-2")),
		made("rds.DescribeDBProxyTargets", doc{"DBProxyName": "proxy"}, is("Targets[0].RdsResourceId", "db-2")),
		made("rds.DeregisterDBProxyTargets", doc{"DBProxyName": "proxy", "DBClusterIdentifiers": []any{"db-2"}}),
	}
}

func cluster(at ids) []call {
	targets := []any{doc{"Id": "10.0.0.1", "Port": 443}}
	group := doc{"clusterName": "atlas", "nodegroupName": "zone-a"}
	return []call{
		made("eks.DescribeCluster", doc{"name": "atlas"}, is("cluster.status", "ACTIVE")),
		made("eks.UpdateNodegroupConfig", doc{"clusterName": "atlas", "nodegroupName": "zone-a",
			"scalingConfig": doc{"desiredSize": 3}}, is("update.type", "ConfigUpdate")),
		made("eks.DescribeNodegroup", group, is("nodegroup.scalingConfig.desiredSize", 3),
			is("nodegroup.status", "ACTIVE")),
		made("elasticloadbalancing.RegisterTargets", doc{"TargetGroupArn": at.group, "Targets": targets}),
		made("elasticloadbalancing.DeregisterTargets", doc{"TargetGroupArn": at.group, "Targets": targets}),
		made("elasticache.DescribeReplicationGroups", doc{"ReplicationGroupId": "cache"},
			is("ReplicationGroups[0].Status", "available")),
		made("elasticache.CreateReplicationGroup", doc{"ReplicationGroupId": "cache-2", "ReplicationGroupDescription": "restored",
			"Tags": []any{doc{"Key": "managed-by", "Value": "redoubt"}}}, is("ReplicationGroup.ReplicationGroupId", "cache-2")),
		made("elasticache.ListTagsForResource", doc{"ResourceName": fmt.Sprintf("arn:aws:elasticache:%s:%s:replicationgroup:cache-2",
			region, account)}),
		made("elasticache.DescribeCacheClusters", doc{}),
		made("elasticache.CreateSnapshot", doc{"ReplicationGroupId": "cache", "SnapshotName": "now"},
			is("Snapshot.SnapshotName", "now")),
		made("elasticache.DescribeSnapshots", doc{"SnapshotName": "now"}, is("Snapshots[0].SnapshotName", "now")),
	}
}

func others() []call {
	return []call{
		made("ecr.PutImage", doc{"repositoryName": container, "imageTag": "v1", "imageManifest": image},
			is("image.imageId.imageTag", "v1")),
		made("ecr.DescribeImages", doc{"repositoryName": container, "imageIds": []any{doc{"imageTag": "v1"}}},
			is("imageDetails[0].imageTags[0]", "v1")),
		made("ecr.BatchGetImage", doc{"repositoryName": container, "imageIds": []any{doc{"imageTag": "v1"}}},
			is("images[0].imageManifest", image)),
	}
}
