package provider

const (
	backupName = `^[0-9A-Za-z_.-]{1,50}$`
	backupText = "up to 50 letters, digits and -_."
)

var rulesOfBackup = map[string][]rule{
	"aws:backup/vault:Vault": {
		matches("name", `^[0-9A-Za-z_-]{2,50}$`, "2 to 50 letters, digits, hyphens and underscores"),
		arn("kmsKeyArn"),
	},
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
		atLeast("changeableForDays", 3),
		atLeast("minRetentionDays", 1),
		atLeast("maxRetentionDays", 1),
	},
	"aws:backup/vaultPolicy:VaultPolicy": {jsonDocument("policy")},
	"aws:backup/vaultNotifications:VaultNotifications": {
		arn("snsTopicArn"),
		oneOf("backupVaultEvents[]", "BACKUP_JOB_STARTED", "BACKUP_JOB_COMPLETED", "BACKUP_JOB_SUCCESSFUL",
			"BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "RESTORE_JOB_STARTED", "RESTORE_JOB_COMPLETED",
			"RESTORE_JOB_SUCCESSFUL", "RESTORE_JOB_FAILED", "COPY_JOB_STARTED", "COPY_JOB_SUCCESSFUL",
			"COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "BACKUP_PLAN_CREATED", "BACKUP_PLAN_MODIFIED",
			"S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED", "RECOVERY_POINT_INDEX_COMPLETED",
			"RECOVERY_POINT_INDEX_DELETED", "RECOVERY_POINT_INDEXING_FAILED"),
	},
	"aws:backup/plan:Plan": {
		elements("rules", 1, 1000),
		matches("rules[].ruleName", backupName, backupText),
		arn("rules[].copyActions[].destinationVaultArn"),
		oneOf("advancedBackupSettings[].resourceType", "EC2"),
	},
	"aws:backup/selection:Selection": {
		matches("name", backupName, backupText),
		arn("iamRoleArn"),
		oneOf("selectionTags[].type", "STRINGEQUALS"),
	},
}
