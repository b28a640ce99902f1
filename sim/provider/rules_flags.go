package provider

const (
	appconfigID     = `[0-9a-z]{4,7}`
	appconfigText   = "an id of AppConfig: 4 to 7 lowercase letters or digits"
	experimentsOf   = "aws:SERVICE:ACTION"
	experimentsPick = "ALL, COUNT(number) or PERCENT(number)"
)

// rulesOfFlags are those of AppConfig and of AWS FIS: feature flags, and experiments beside them.
var rulesOfFlags = map[string][]rule{
	"aws:appconfig/configurationProfile:ConfigurationProfile": {matches("applicationId", appconfigID, appconfigText)},
	"aws:appconfig/environment:Environment": {
		matches("applicationId", `^`+appconfigID+`$`, appconfigText),
		matches("monitors[].alarmArn", arnForm, "an ARN"),
		matches("monitors[].alarmRoleArn", arnForm, "an ARN"),
	},
	"aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion": {
		matches("applicationId", appconfigID, appconfigText),
		matches("configurationProfileId", appconfigID, appconfigText),
	},
	"aws:appconfig/deploymentStrategy:DeploymentStrategy": {between("growthFactor", 1, 100)},
	"aws:appconfig/deployment:Deployment": {
		matches("applicationId", appconfigID, appconfigText),
		matches("environmentId", appconfigID, appconfigText),
		matches("configurationProfileId", appconfigID, appconfigText),
		matches("deploymentStrategyId", `^`+appconfigID+`$|^AppConfig\.[0-9A-Za-z]{9,40}$`, appconfigText),
	},
	"aws:fis/experimentTemplate:ExperimentTemplate": {
		filled("actions[].actionId"),
		matches("actions[].actionId", `^aws:[a-z0-9-]+:[a-zA-Z0-9/-]+$`, experimentsOf),
		filled("targets[].selectionMode"),
		matches("targets[].selectionMode", `^(ALL|COUNT\(\d+\)|PERCENT\(\d+\))$`, experimentsPick),
	},
}
