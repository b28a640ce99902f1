//go:build apps

package wire

const (
	// A service that moto does not know, an operation of one that it knows, and a
	// path that it does not know. None of them is an answer of AWS.
	noService   = "unreachable 500"
	noOperation = "unreachable 500"
	noPath      = "unreachable 404"
	vaultRole   = "arn:aws:iam::" + account + ":role/backup"
	panelARN    = "arn:aws:route53-recovery-control::" + account + ":controlpanel/a"
	controlARN  = "arn:aws:route53-recovery-control::" + account + ":controlpanel/a/routingcontrol/b"
	clusterARN  = "arn:aws:eks:" + region + ":" + account + ":cluster/atlas"
	followerARN = "arn:aws:rds:" + region + ":" + account + ":cluster:db-2"
)

// unknown are the operations that moto 5.2.1 does not know, each with a
// plausible input and how moto answers it: the class that the port gives to the
// answer, and its code. What they do can be tried on a real account only
// (docs/limits.md).
var unknown = map[string]struct {
	in     doc
	answer string
}{
	"appconfig.GetDeployment":   {doc{"ApplicationId": "a1b2c3d", "EnvironmentId": "e1b2c3d", "DeploymentNumber": 1}, noPath},
	"appconfig.ListDeployments": {doc{"ApplicationId": "a1b2c3d", "EnvironmentId": "e1b2c3d", "MaxResults": 1}, noPath},
	"appconfig.StartDeployment": {doc{"ApplicationId": "a1b2c3d", "EnvironmentId": "e1b2c3d",
		"ConfigurationProfileId": "p1b2c3d", "ConfigurationVersion": "1", "DeploymentStrategyId": "s1b2c3d"}, noPath},
	"appconfig.StopDeployment":         {doc{"ApplicationId": "a1b2c3d", "EnvironmentId": "e1b2c3d", "DeploymentNumber": 1}, noPath},
	"arc-zonal-shift.CancelZonalShift": {doc{"zonalShiftId": "6a3c9a4c-1d3c-4c9a-8d3c-6a3c9a4c1d3c"}, noService},
	"arc-zonal-shift.ListZonalShifts":  {doc{"status": "ACTIVE"}, noService},
	"arc-zonal-shift.StartZonalShift": {doc{"resourceIdentifier": clusterARN, "awayFrom": "euc1-az1", "expiresIn": "1h",
		"comment": "a zone is lost"}, noService},
	"backup.CreateBackupSelection": {doc{"BackupPlanId": "p", "BackupSelection": doc{"SelectionName": "s",
		"IamRoleArn": vaultRole, "Resources": []any{tableARN}}}, noOperation},
	"backup.DeleteBackupSelection": {doc{"BackupPlanId": "p", "SelectionId": "s"}, noOperation},
	"backup.DeleteRecoveryPoint": {doc{"BackupVaultName": "vault", "RecoveryPointArn": tableARN + "/backup/a"},
		noPath},
	"backup.DescribeBackupJob":               {doc{"BackupJobId": "j"}, noPath},
	"backup.ListRecoveryPointsByBackupVault": {doc{"BackupVaultName": "vault"}, noPath},
	"backup.GetBackupSelection":              {doc{"BackupPlanId": "p", "SelectionId": "s"}, noOperation},
	"backup.ListBackupSelections":            {doc{"BackupPlanId": "p"}, noOperation},
	"backup.DescribeRestoreJob":              {doc{"RestoreJobId": "j"}, noPath},
	"backup.StartCopyJob": {doc{"RecoveryPointArn": tableARN + "/backup/a", "SourceBackupVaultName": "vault",
		"DestinationBackupVaultArn": "arn:aws:backup:" + region + ":" + account + ":backup-vault:other",
		"IamRoleArn":                vaultRole}, noPath},
	"backup.StartRestoreJob": {doc{"RecoveryPointArn": tableARN + "/backup/a", "IamRoleArn": vaultRole,
		"Metadata": doc{"targetTableName": "t"}}, noPath},
	"backup.StartBackupJob": {doc{"BackupVaultName": "vault", "IamRoleArn": vaultRole, "ResourceArn": tableARN},
		noPath},
	"elasticache.CopySnapshot": {doc{"SourceSnapshotName": "now", "TargetSnapshotName": "exported",
		"TargetBucket": "data"}, noOperation},
	"elasticache.CreateGlobalReplicationGroup": {doc{"GlobalReplicationGroupIdSuffix": "g",
		"PrimaryReplicationGroupId": "cache"}, noOperation},
	"elasticache.DescribeGlobalReplicationGroups": {doc{"GlobalReplicationGroupId": "g"}, noOperation},
	"elasticache.DisassociateGlobalReplicationGroup": {doc{"GlobalReplicationGroupId": "g", "ReplicationGroupId": "cache",
		"ReplicationGroupRegion": region}, noOperation},
	"elasticache.FailoverGlobalReplicationGroup": {doc{"GlobalReplicationGroupId": "g",
		"PrimaryReplicationGroupId": "cache", "PrimaryRegion": region}, noOperation},
	"elasticache.TestFailover":    {doc{"ReplicationGroupId": "cache", "NodeGroupId": "0001"}, noOperation},
	"fis.GetExperiment":           {doc{"id": "EXPABCDEFGHIJKLMNO"}, noPath},
	"fis.ListExperimentTemplates": {doc{"maxResults": 100}, noOperation},
	"fis.ListExperiments":         {doc{"maxResults": 100}, noPath},
	"fis.StartExperiment":         {doc{"experimentTemplateId": "EXTABCDEFGHIJKLMN", "clientToken": "t"}, noPath},
	"fis.StopExperiment":          {doc{"id": "EXPABCDEFGHIJKLMNO"}, noPath},
	"rds.FailoverGlobalCluster": {doc{"GlobalClusterIdentifier": "global", "TargetDbClusterIdentifier": followerARN,
		"AllowDataLoss": true}, noOperation},
	"rds.SwitchoverGlobalCluster": {doc{"GlobalClusterIdentifier": "global", "TargetDbClusterIdentifier": followerARN},
		noOperation},
	"route53-recovery-cluster.ListRoutingControls": {doc{"ControlPanelArn": panelARN}, noService},
	"route53-recovery-cluster.UpdateRoutingControlStates": {doc{"UpdateRoutingControlStateEntries": []any{
		doc{"RoutingControlArn": controlARN, "RoutingControlState": "On"}}}, noService},
	"sqs.StartMessageMoveTask": {doc{"SourceArn": "arn:aws:sqs:" + region + ":" + account + ":work-dead"}, noOperation},
}
