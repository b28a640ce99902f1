package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
)

var backupRows = []row{
	{"aws:backup/vault:Vault", "aws_backup_vault", backup.VaultArgs{}, backup.VaultState{}},
	{"aws:backup/vaultLockConfiguration:VaultLockConfiguration", "aws_backup_vault_lock_configuration", backup.VaultLockConfigurationArgs{}, backup.VaultLockConfigurationState{}},
	{"aws:backup/vaultPolicy:VaultPolicy", "aws_backup_vault_policy", backup.VaultPolicyArgs{}, backup.VaultPolicyState{}},
	{"aws:backup/vaultNotifications:VaultNotifications", "aws_backup_vault_notifications", backup.VaultNotificationsArgs{}, backup.VaultNotificationsState{}},
	{"aws:backup/plan:Plan", "aws_backup_plan", backup.PlanArgs{}, backup.PlanState{}},
	{"aws:backup/selection:Selection", "aws_backup_selection", backup.SelectionArgs{}, backup.SelectionState{}},
	{"aws:backup/regionSettings:RegionSettings", "aws_backup_region_settings", backup.RegionSettingsArgs{}, backup.RegionSettingsState{}},
	{"aws:backup/restoreTestingPlan:RestoreTestingPlan", "aws_backup_restore_testing_plan", backup.RestoreTestingPlanArgs{}, backup.RestoreTestingPlanState{}},
	{"aws:backup/restoreTestingSelection:RestoreTestingSelection", "aws_backup_restore_testing_selection", backup.RestoreTestingSelectionArgs{}, backup.RestoreTestingSelectionState{}},
	{"aws:backup/framework:Framework", "aws_backup_framework", backup.FrameworkArgs{}, backup.FrameworkState{}},
	{"aws:backup/reportPlan:ReportPlan", "aws_backup_report_plan", backup.ReportPlanArgs{}, backup.ReportPlanState{}},
	{"aws:cfg/recorder:Recorder", "aws_config_configuration_recorder", cfg.RecorderArgs{}, cfg.RecorderState{}},
	{"aws:cfg/recorderStatus:RecorderStatus", "aws_config_configuration_recorder_status", cfg.RecorderStatusArgs{}, cfg.RecorderStatusState{}},
	{"aws:cfg/deliveryChannel:DeliveryChannel", "aws_config_delivery_channel", cfg.DeliveryChannelArgs{}, cfg.DeliveryChannelState{}},
}
