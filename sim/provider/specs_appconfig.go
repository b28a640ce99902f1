package provider

var specsOfAppConfig = map[string]spec{
	"aws:appconfig/application:Application":                               {kind: "AWS::AppConfig::Application", name: byName(64)},
	"aws:appconfig/environment:Environment":                               {kind: "AWS::AppConfig::Environment", name: byName(64)},
	"aws:appconfig/configurationProfile:ConfigurationProfile":             {kind: "AWS::AppConfig::ConfigurationProfile", name: byName(128)},
	"aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion": {kind: "AWS::AppConfig::HostedConfigurationVersion"},
	"aws:appconfig/deploymentStrategy:DeploymentStrategy":                 {kind: "AWS::AppConfig::DeploymentStrategy", name: byName(64)},
	"aws:appconfig/deployment:Deployment":                                 {kind: "AWS::AppConfig::Deployment"},
}
