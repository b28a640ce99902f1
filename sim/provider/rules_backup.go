package provider

const (
	backupName = `^[0-9A-Za-z_.-]{1,50}$`
	backupText = "up to 50 letters, digits and -_."
)

var rulesOfBackup = map[string][]rule{
	"aws:backup/vault:Vault": {
		matches("name", `^[0-9A-Za-z_-]{2,50}$`, "2 to 50 letters, digits, hyphens and underscores"),
	},
	"aws:backup/plan:Plan": {
		matches("rules[].ruleName", backupName, backupText),
	},
	"aws:backup/selection:Selection": {
		matches("name", backupName, backupText),
	},
}
