package awsport

import (
	"github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/arczonalshift"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"redoubt/internal/awsmetrics"
	"redoubt/recovery/plan"
)

// registry is the one table from an operation to the call that makes it. A test
// holds it against what the simulated regions serve, another against AWS's models.
var registry = map[string]operation{
	"appconfig.GetDeployment":   serve(appconfig.NewFromConfig, (*appconfig.Client).GetDeployment),
	"appconfig.ListDeployments": serve(appconfig.NewFromConfig, (*appconfig.Client).ListDeployments),
	"appconfig.StartDeployment": serve(appconfig.NewFromConfig, (*appconfig.Client).StartDeployment),
	"appconfig.StopDeployment":  serve(appconfig.NewFromConfig, (*appconfig.Client).StopDeployment),

	"arc-zonal-shift.CancelZonalShift": serve(arczonalshift.NewFromConfig, (*arczonalshift.Client).CancelZonalShift),
	"arc-zonal-shift.ListZonalShifts":  serve(arczonalshift.NewFromConfig, (*arczonalshift.Client).ListZonalShifts),
	"arc-zonal-shift.StartZonalShift":  serve(arczonalshift.NewFromConfig, (*arczonalshift.Client).StartZonalShift),

	"backup.CreateBackupSelection": serve(backup.NewFromConfig, (*backup.Client).CreateBackupSelection).
		with("CreatorRequestId"),
	"backup.DeleteBackupSelection": serve(backup.NewFromConfig, (*backup.Client).DeleteBackupSelection),
	"backup.DeleteRecoveryPoint":   serve(backup.NewFromConfig, (*backup.Client).DeleteRecoveryPoint),
	"backup.DescribeBackupJob":     serve(backup.NewFromConfig, (*backup.Client).DescribeBackupJob),
	"backup.GetBackupSelection":    serve(backup.NewFromConfig, (*backup.Client).GetBackupSelection),
	"backup.ListBackupSelections":  serve(backup.NewFromConfig, (*backup.Client).ListBackupSelections),
	"backup.ListRecoveryPointsByBackupVault": serve(backup.NewFromConfig,
		(*backup.Client).ListRecoveryPointsByBackupVault),
	"backup.DescribeRestoreJob": serve(backup.NewFromConfig, (*backup.Client).DescribeRestoreJob),
	"backup.StartBackupJob":     serve(backup.NewFromConfig, (*backup.Client).StartBackupJob).with("IdempotencyToken"),
	"backup.StartCopyJob":       serve(backup.NewFromConfig, (*backup.Client).StartCopyJob).with("IdempotencyToken"),
	"backup.StartRestoreJob":    serve(backup.NewFromConfig, (*backup.Client).StartRestoreJob).with("IdempotencyToken"),

	"cloudwatch.DescribeAlarms":      serve(awsmetrics.Client, (*cloudwatch.Client).DescribeAlarms),
	"cloudwatch.GetMetricStatistics": serve(awsmetrics.Client, (*cloudwatch.Client).GetMetricStatistics),
	"cloudwatch.PutMetricData":       serve(awsmetrics.Client, (*cloudwatch.Client).PutMetricData),

	"dynamodb.DeleteItem":                serve(dynamodb.NewFromConfig, (*dynamodb.Client).DeleteItem),
	"dynamodb.DescribeContinuousBackups": serve(dynamodb.NewFromConfig, (*dynamodb.Client).DescribeContinuousBackups),
	"dynamodb.DescribeTable":             serve(dynamodb.NewFromConfig, (*dynamodb.Client).DescribeTable),
	"dynamodb.DescribeTimeToLive":        serve(dynamodb.NewFromConfig, (*dynamodb.Client).DescribeTimeToLive),
	"dynamodb.GetItem":                   serve(dynamodb.NewFromConfig, (*dynamodb.Client).GetItem),
	"dynamodb.ListTagsOfResource":        serve(dynamodb.NewFromConfig, (*dynamodb.Client).ListTagsOfResource),
	"dynamodb.PutItem":                   serve(dynamodb.NewFromConfig, (*dynamodb.Client).PutItem),
	"dynamodb.Query":                     serve(dynamodb.NewFromConfig, (*dynamodb.Client).Query),
	"dynamodb.RestoreTableToPointInTime": serve(dynamodb.NewFromConfig, (*dynamodb.Client).RestoreTableToPointInTime),
	"dynamodb.TagResource":               serve(dynamodb.NewFromConfig, (*dynamodb.Client).TagResource),
	"dynamodb.UpdateContinuousBackups":   serve(dynamodb.NewFromConfig, (*dynamodb.Client).UpdateContinuousBackups),
	"dynamodb.UpdateItem":                serve(dynamodb.NewFromConfig, (*dynamodb.Client).UpdateItem),
	"dynamodb.UpdateTable":               serve(dynamodb.NewFromConfig, (*dynamodb.Client).UpdateTable),
	"dynamodb.UpdateTimeToLive":          serve(dynamodb.NewFromConfig, (*dynamodb.Client).UpdateTimeToLive),

	"ecr.BatchGetImage":  serve(ecr.NewFromConfig, (*ecr.Client).BatchGetImage),
	"ecr.DescribeImages": serve(ecr.NewFromConfig, (*ecr.Client).DescribeImages),
	"ecr.PutImage":       serve(ecr.NewFromConfig, (*ecr.Client).PutImage),

	"eks.DescribeCluster":   serve(eks.NewFromConfig, (*eks.Client).DescribeCluster),
	"eks.DescribeNodegroup": serve(eks.NewFromConfig, (*eks.Client).DescribeNodegroup),
	"eks.UpdateNodegroupConfig": serve(eks.NewFromConfig, (*eks.Client).UpdateNodegroupConfig).
		with("clientRequestToken"),

	"elasticache.CopySnapshot": serve(elasticache.NewFromConfig, (*elasticache.Client).CopySnapshot),
	"elasticache.CreateGlobalReplicationGroup": serve(elasticache.NewFromConfig,
		(*elasticache.Client).CreateGlobalReplicationGroup),
	"elasticache.CreateReplicationGroup": serve(elasticache.NewFromConfig, (*elasticache.Client).CreateReplicationGroup),
	"elasticache.CreateSnapshot":         serve(elasticache.NewFromConfig, (*elasticache.Client).CreateSnapshot),
	"elasticache.DescribeCacheClusters":  serve(elasticache.NewFromConfig, (*elasticache.Client).DescribeCacheClusters),
	"elasticache.DescribeGlobalReplicationGroups": serve(elasticache.NewFromConfig,
		(*elasticache.Client).DescribeGlobalReplicationGroups),
	"elasticache.DescribeReplicationGroups": serve(elasticache.NewFromConfig,
		(*elasticache.Client).DescribeReplicationGroups),
	"elasticache.DescribeSnapshots": serve(elasticache.NewFromConfig, (*elasticache.Client).DescribeSnapshots),
	"elasticache.DisassociateGlobalReplicationGroup": serve(elasticache.NewFromConfig,
		(*elasticache.Client).DisassociateGlobalReplicationGroup),
	"elasticache.FailoverGlobalReplicationGroup": serve(elasticache.NewFromConfig,
		(*elasticache.Client).FailoverGlobalReplicationGroup),
	"elasticache.ListTagsForResource": serve(elasticache.NewFromConfig, (*elasticache.Client).ListTagsForResource),
	"elasticache.TestFailover":        serve(elasticache.NewFromConfig, (*elasticache.Client).TestFailover),

	"elasticloadbalancing.DeregisterTargets": serve(elb.NewFromConfig, (*elb.Client).DeregisterTargets),
	"elasticloadbalancing.RegisterTargets":   serve(elb.NewFromConfig, (*elb.Client).RegisterTargets),

	"fis.GetExperiment":           serve(fis.NewFromConfig, (*fis.Client).GetExperiment),
	"fis.ListExperimentTemplates": serve(fis.NewFromConfig, (*fis.Client).ListExperimentTemplates),
	"fis.ListExperiments":         serve(fis.NewFromConfig, (*fis.Client).ListExperiments),
	"fis.StartExperiment":         serve(fis.NewFromConfig, (*fis.Client).StartExperiment).with("clientToken"),
	"fis.StopExperiment":          serve(fis.NewFromConfig, (*fis.Client).StopExperiment),

	"logs.CreateLogGroup":      serve(cloudwatchlogs.NewFromConfig, (*cloudwatchlogs.Client).CreateLogGroup),
	"logs.DescribeLogGroups":   serve(cloudwatchlogs.NewFromConfig, (*cloudwatchlogs.Client).DescribeLogGroups),
	"logs.ListTagsForResource": serve(cloudwatchlogs.NewFromConfig, (*cloudwatchlogs.Client).ListTagsForResource),
	"logs.PutRetentionPolicy":  serve(cloudwatchlogs.NewFromConfig, (*cloudwatchlogs.Client).PutRetentionPolicy),

	"rds.CreateDBCluster":          serve(rds.NewFromConfig, (*rds.Client).CreateDBCluster),
	"rds.CreateDBInstance":         serve(rds.NewFromConfig, (*rds.Client).CreateDBInstance),
	"rds.CreateGlobalCluster":      serve(rds.NewFromConfig, (*rds.Client).CreateGlobalCluster),
	"rds.DeregisterDBProxyTargets": serve(rds.NewFromConfig, (*rds.Client).DeregisterDBProxyTargets),
	"rds.DescribeDBClusters":       serve(rds.NewFromConfig, (*rds.Client).DescribeDBClusters),
	"rds.DescribeDBInstances":      serve(rds.NewFromConfig, (*rds.Client).DescribeDBInstances),
	"rds.DescribeDBProxyTargets":   serve(rds.NewFromConfig, (*rds.Client).DescribeDBProxyTargets),
	"rds.DescribeGlobalClusters":   serve(rds.NewFromConfig, (*rds.Client).DescribeGlobalClusters),
	"rds.FailoverDBCluster":        serve(rds.NewFromConfig, (*rds.Client).FailoverDBCluster),
	"rds.FailoverGlobalCluster":    serve(rds.NewFromConfig, (*rds.Client).FailoverGlobalCluster),
	"rds.ModifyDBCluster":          serve(rds.NewFromConfig, (*rds.Client).ModifyDBCluster),
	"rds.RegisterDBProxyTargets":   serve(rds.NewFromConfig, (*rds.Client).RegisterDBProxyTargets),
	"rds.RestoreDBClusterToPointInTime": serve(rds.NewFromConfig,
		(*rds.Client).RestoreDBClusterToPointInTime),
	"rds.SwitchoverGlobalCluster": serve(rds.NewFromConfig, (*rds.Client).SwitchoverGlobalCluster),

	"route53.ChangeResourceRecordSets": serve(route53.NewFromConfig,
		(*route53.Client).ChangeResourceRecordSets),
	"route53.GetHealthCheckStatus":   serve(route53.NewFromConfig, (*route53.Client).GetHealthCheckStatus),
	"route53.ListResourceRecordSets": serve(route53.NewFromConfig, (*route53.Client).ListResourceRecordSets),

	"route53-recovery-cluster.ListRoutingControls":        routing[listControls, controls]("ListRoutingControls"),
	"route53-recovery-cluster.UpdateRoutingControlStates": routing[setControls, nothing]("UpdateRoutingControlStates"),

	"s3.CopyObject":                      serve(s3.NewFromConfig, (*s3.Client).CopyObject),
	"s3.DeleteObject":                    serve(s3.NewFromConfig, (*s3.Client).DeleteObject),
	"s3.GetBucketLifecycleConfiguration": serve(s3.NewFromConfig, (*s3.Client).GetBucketLifecycleConfiguration),
	"s3.GetBucketVersioning":             serve(s3.NewFromConfig, (*s3.Client).GetBucketVersioning),
	"s3.GetObject":                       serve(s3.NewFromConfig, (*s3.Client).GetObject),
	"s3.HeadObject":                      serve(s3.NewFromConfig, (*s3.Client).HeadObject),
	"s3.ListObjectVersions":              serve(s3.NewFromConfig, (*s3.Client).ListObjectVersions),
	"s3.PutObject":                       serve(s3.NewFromConfig, (*s3.Client).PutObject),

	"sqs.DeleteMessage":      serve(sqs.NewFromConfig, (*sqs.Client).DeleteMessage),
	"sqs.GetQueueAttributes": serve(sqs.NewFromConfig, (*sqs.Client).GetQueueAttributes),
	"sqs.ReceiveMessage":     serve(sqs.NewFromConfig, (*sqs.Client).ReceiveMessage),
	"sqs.SendMessage": serve(sqs.NewFromConfig, (*sqs.Client).SendMessage).
		with("MessageDeduplicationId").when(toOrderedQueue),
	"sqs.StartMessageMoveTask": serve(sqs.NewFromConfig, (*sqs.Client).StartMessageMoveTask),

	"ssm.GetParameter": serve(ssm.NewFromConfig, (*ssm.Client).GetParameter),
	"ssm.PutParameter": serve(ssm.NewFromConfig, (*ssm.Client).PutParameter),
}

// toOrderedQueue reports whether a message goes to a FIFO queue: only there may it
// carry a deduplication id, and only there must it carry a group.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func toOrderedQueue(in plan.Document) bool { return in["MessageGroupId"] != nil }
