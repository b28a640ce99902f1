package provider

var specsOfBackup = map[string]spec{
	"aws:backup/vault:Vault":                                   {kind: "AWS::Backup::BackupVault", name: byName(50)},
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration": {kind: "AWS::Backup::BackupVaultLock"},
	"aws:backup/vaultPolicy:VaultPolicy":                       {kind: "AWS::Backup::BackupVaultPolicy"},
	"aws:backup/vaultNotifications:VaultNotifications":         {kind: "AWS::Backup::BackupVaultNotifications"},
	"aws:backup/plan:Plan": {kind: "AWS::Backup::BackupPlan", name: byName(50),
		defaults: map[string]any{
			"rules.startWindow": 60.0, "rules.completionWindow": 180.0,
			"rules.scheduleExpressionTimezone": "Etc/UTC",
		}},
	"aws:backup/selection:Selection":           {kind: "AWS::Backup::BackupSelection", name: byName(50), sticky: []string{"conditions"}},
	"aws:backup/regionSettings:RegionSettings": {kind: "AWS::Backup::RegionSettings"},
}
