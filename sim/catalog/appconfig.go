package catalog

import "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appconfig"

var appconfigRows = []row{
	{"aws:appconfig/application:Application", "aws_appconfig_application", appconfig.ApplicationArgs{}, appconfig.ApplicationState{}},
	{"aws:appconfig/configurationProfile:ConfigurationProfile", "aws_appconfig_configuration_profile",
		appconfig.ConfigurationProfileArgs{}, appconfig.ConfigurationProfileState{}},
	{"aws:appconfig/deployment:Deployment", "aws_appconfig_deployment", appconfig.DeploymentArgs{}, appconfig.DeploymentState{}},
	{"aws:appconfig/deploymentStrategy:DeploymentStrategy", "aws_appconfig_deployment_strategy",
		appconfig.DeploymentStrategyArgs{}, appconfig.DeploymentStrategyState{}},
	{"aws:appconfig/environment:Environment", "aws_appconfig_environment", appconfig.EnvironmentArgs{}, appconfig.EnvironmentState{}},
	{"aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion", "aws_appconfig_hosted_configuration_version",
		appconfig.HostedConfigurationVersionArgs{}, appconfig.HostedConfigurationVersionState{}},
}
