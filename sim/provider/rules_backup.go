package provider

const (
	backupName = `^[0-9A-Za-z_.-]{1,50}$`
	backupText = "up to 50 letters, digits and -_."
	vaultName  = `^[0-9A-Za-z_-]{2,50}$`
	vaultText  = "2 to 50 letters, digits, hyphens and underscores"
)

var rulesOfBackup = map[string][]rule{
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration": named("backupVaultName", vaultName, vaultText),
	"aws:backup/vaultNotifications:VaultNotifications":         named("backupVaultName", vaultName, vaultText),
	"aws:backup/vault:Vault": {
		matches("name", vaultName, vaultText),
	},
	"aws:backup/plan:Plan": {
		matches("rules[].ruleName", backupName, backupText),
		filled("rules[].targetVaultName"),
		matches("rules[].targetVaultName", vaultName, vaultText),
	},
	"aws:backup/selection:Selection": {
		matches("name", backupName, backupText),
	},
}
