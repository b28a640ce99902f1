package degradation

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appconfig"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
	"redoubt/system/flags"
)

// agent declares what one agent is told. It has an application of its own: AppConfig deploys one thing at a time to
// an environment and gives an application twenty of them, so agents that shared one would wait for each other.
func (b *builder) agent(agent system.Agent, all told) error {
	app, err := appconfig.NewApplication(b.ctx, b.part(agent, "application"), &appconfig.ApplicationArgs{
		Name:        pulumi.String(b.args.Scope.Flags(agent.Name)),
		Description: pulumi.Sprintf("How much the agent %s gives in the %s home", agent.Name, b.args.Scope.Home),
	}, b.child()...)
	if err != nil {
		return err
	}
	profile, err := appconfig.NewConfigurationProfile(b.ctx, b.part(agent, "profile"), &appconfig.ConfigurationProfileArgs{
		ApplicationId: app.ID(), Name: pulumi.String(flags.Profile), Type: pulumi.String(flags.ProfileType),
		LocationUri: pulumi.String("hosted"), Description: pulumi.Sprintf("The levels of %s", agent.Name),
	}, b.child()...)
	if err != nil {
		return err
	}
	full, err := b.versions(agent, all, app, profile)
	if err != nil {
		return err
	}
	reads := pulumi.StringArray{}
	for _, name := range flags.Environments {
		id, err := b.environment(agent, name, full, app, profile)
		if err != nil {
			return err
		}
		if name == flags.Recovery {
			all.recoveries[agent.Name] = id
		}
		reads = append(reads, pulumi.Sprintf("arn:aws:appconfig:%s:%s:application/%s/environment/%s/configuration/%s",
			b.args.Scope.Region, b.args.Scope.Account, app.ID(), id, profile.ConfigurationProfileId))
	}
	all.applications[agent.Name], all.profiles[agent.Name] = app.ID().ToStringOutput(), profile.ConfigurationProfileId
	all.reads[agent.Name] = reads
	return nil
}

// versions declares a version for each level, one after the other, so that AppConfig counts them in the order of the
// levels, and returns the number of the one at full.
func (b *builder) versions(agent system.Agent, all told, app *appconfig.Application,
	profile *appconfig.ConfigurationProfile,
) (full pulumi.StringOutput, err error) {
	var before []pulumi.Resource
	for _, level := range flags.LevelsOf(agent) {
		v, err := b.version(agent, level, app, profile, before)
		if err != nil {
			return full, err
		}
		number := v.VersionNumber.ApplyT(strconv.Itoa).(pulumi.StringOutput)
		if level == system.Full {
			full = number
		}
		all.versions[VersionKey(agent.Name, level)], before = number, []pulumi.Resource{v}
	}
	return full, nil
}

// version declares the document of a level, ready to be deployed. Its constraints hold the level to those that the
// agent declares; a feature flag takes no other schema. AppConfig writes times into what it keeps, so a refresh always
// sees other content: that is ignored, and what the document says is part of the name instead, so a new document is a
// new version that stands before the old one goes.
func (b *builder) version(agent system.Agent, level system.Level, app *appconfig.Application,
	profile *appconfig.ConfigurationProfile, before []pulumi.Resource,
) (*appconfig.HostedConfigurationVersion, error) {
	document, err := flags.At(agent, level)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(document)
	return appconfig.NewHostedConfigurationVersion(b.ctx,
		b.part(agent, string(level))+"-"+hex.EncodeToString(sum[:4]), &appconfig.HostedConfigurationVersionArgs{
			ApplicationId: app.ID(), ConfigurationProfileId: profile.ConfigurationProfileId,
			Content: pulumi.String(document), ContentType: pulumi.String("application/json"),
			Description: pulumi.Sprintf("%s at %s", agent.Name, level),
		}, b.child(pulumi.IgnoreChanges([]string{"content"}), pulumi.DependsOn(before))...)
}

// environment declares a place to deploy levels to, and begins it with everything. What it says from then on is the
// plans' or the people's: an update never lifts a degradation.
func (b *builder) environment(agent system.Agent, name string, full pulumi.StringInput, app *appconfig.Application,
	profile *appconfig.ConfigurationProfile,
) (pulumi.StringOutput, error) {
	args := &appconfig.EnvironmentArgs{ApplicationId: app.ID(), Name: pulumi.String(name)}
	opts := b.child()
	if name == flags.Steady {
		args.Description, args.Monitors = pulumi.String("What people set, watched by an alarm"), b.monitors
		opts = b.child(pulumi.DependsOn(b.guards))
	} else {
		args.Description = pulumi.String("What recovery plans set; no alarm takes it back")
	}
	env, err := appconfig.NewEnvironment(b.ctx, b.part(agent, name), args, opts...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	_, err = appconfig.NewDeployment(b.ctx, b.part(agent, name)+"-begins", &appconfig.DeploymentArgs{
		ApplicationId: app.ID(), EnvironmentId: env.EnvironmentId, ConfigurationProfileId: profile.ConfigurationProfileId,
		ConfigurationVersion: full, DeploymentStrategyId: b.component.StrategyID,
		Description: pulumi.String("Everything works"),
	}, b.child(pulumi.IgnoreChanges([]string{"configurationVersion", "deploymentStrategyId"}))...)
	return env.EnvironmentId, err
}

// part is the logical name of a child.
func (b *builder) part(agent system.Agent, what string) string {
	return b.name + "-" + agent.Name + "-" + what
}
