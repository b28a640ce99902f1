package world

import (
	"encoding/json"
	"time"

	"redoubt/system/flags"
)

const (
	kindFlagsApplication = "AWS::AppConfig::Application"
	kindFlagsEnvironment = "AWS::AppConfig::Environment"
	kindFlagsProfile     = "AWS::AppConfig::ConfigurationProfile"
	kindFlagsVersion     = "AWS::AppConfig::HostedConfigurationVersion"
	kindFlagsStrategy    = "AWS::AppConfig::DeploymentStrategy"
	kindFlagsDeployment  = "AWS::AppConfig::Deployment"

	appconfigAPI = "https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/"
	badRequest   = "BadRequestException"
	conflict     = "ConflictException"
)

// appconfigKinds hold feature flags: an application, where it is deployed, what is deployed and how fast. Names may
// stand twice, as none of AWS's pages refuses that.
var appconfigKinds = []Kind{
	{
		Name: kindFlagsApplication, Service: "appconfig", Source: appconfigAPI + "API_CreateApplication.html",
		Required: []string{"Name"}, id: flagsID, arn: arnOf("appconfig", "application/{id}"),
	},
	{
		Name: kindFlagsEnvironment, Service: "appconfig", Source: appconfigAPI + "API_CreateEnvironment.html",
		Required: []string{"ApplicationId", "Name"}, Fixed: []string{"ApplicationId"},
		Refs: []Link{
			link("ApplicationId", kindFlagsApplication, "ResourceNotFoundException", conflict),
			link("Monitors.AlarmRoleArn", kindRole, badRequest, ""),
		},
		id: func(t *tx, e *Entity) string { return flagsID(t, e) + ":" + str(e.In, "ApplicationId") },
		arn: func(t *tx, e *Entity) string {
			return arnOf("appconfig", "application/{ApplicationId}/environment/"+flagsID(t, e))(t, e)
		},
		checks:   []check{monitorsThere},
		computed: func(t *tx, e *Entity) { set(e, "EnvironmentId", flagsID(t, e)) },
		seen:     func(t *tx, e *Entity) { e.Out["State"] = t.environmentState(e) },
		remove:   removeEnvironment,
	},
	{
		Name: kindFlagsProfile, Service: "appconfig", Source: appconfigAPI + "API_CreateConfigurationProfile.html",
		Required: []string{"ApplicationId", "LocationUri", "Name"}, Fixed: []string{"ApplicationId", "LocationUri", "Type"},
		Refs: []Link{link("ApplicationId", kindFlagsApplication, "ResourceNotFoundException", conflict)},
		id:   func(t *tx, e *Entity) string { return flagsID(t, e) + ":" + str(e.In, "ApplicationId") },
		arn: func(t *tx, e *Entity) string {
			return arnOf("appconfig", "application/{ApplicationId}/configurationprofile/"+flagsID(t, e))(t, e)
		},
		computed: func(t *tx, e *Entity) {
			set(e, "ConfigurationProfileId", flagsID(t, e))
			def(e, "Type", "AWS.Freeform")
		},
	},
	{
		Name: kindFlagsVersion, Service: "appconfig", Source: appconfigAPI + "API_CreateHostedConfigurationVersion.html",
		Required: []string{"ApplicationId", "ConfigurationProfileId", "Content", "ContentType"},
		Fixed:    []string{"ApplicationId", "ConfigurationProfileId", "Content", "ContentType", "Description"},
		Refs:     []Link{link("ApplicationId", kindFlagsApplication, "ResourceNotFoundException", conflict)},
		id: func(t *tx, e *Entity) string {
			return t.flagsPlace(e) + "/" + text(t.nextVersion(e))
		},
		arn: func(t *tx, e *Entity) string {
			return arnOf("appconfig", "application/{ApplicationId}/configurationprofile/{ConfigurationProfileId}"+
				"/hostedconfigurationversion/"+text(t.nextVersion(e)))(t, e)
		},
		checks: []check{profileThere, flagsShape}, computed: versionComputed, seen: stampFlags,
	},
	{
		Name: kindFlagsStrategy, Service: "appconfig", Source: appconfigAPI + "API_CreateDeploymentStrategy.html",
		Required: []string{"Name", "DeploymentDurationInMinutes", "GrowthFactor"}, Fixed: []string{"Name", "ReplicateTo"},
		id: flagsID, arn: arnOf("appconfig", "deploymentstrategy/{id}"),
		computed: func(_ *tx, e *Entity) { def(e, "GrowthType", "LINEAR"); def(e, "FinalBakeTimeInMinutes", 0.0) },
	},
	{
		Name: kindFlagsDeployment, Service: "appconfig", Source: appconfigAPI + "API_StartDeployment.html",
		Required: []string{"ApplicationId", "EnvironmentId", "ConfigurationProfileId", "ConfigurationVersion",
			"DeploymentStrategyId"},
		Refs: []Link{
			link("ApplicationId", kindFlagsApplication, "ResourceNotFoundException", ""),
			link("DeploymentStrategyId", kindFlagsStrategy, "ResourceNotFoundException", ""),
		},
		id: func(t *tx, e *Entity) string {
			return str(e.In, "ApplicationId") + "/" + str(e.In, "EnvironmentId") + "/" + text(t.nextDeployment(e))
		},
		arn: func(t *tx, e *Entity) string {
			return arnOf("appconfig", "application/{ApplicationId}/environment/{EnvironmentId}/deployment/"+
				text(t.nextDeployment(e)))(t, e)
		},
		checks: []check{deployable}, computed: deploymentComputed, after: watchDeployment,
		// What is deployed stays as long as its environment; AppConfig deletes no deployment.
		remove: func(*tx, *Entity) error { return nil },
	},
}

// removeEnvironment takes along what was deployed there, which nobody can ask for any more.
func removeEnvironment(t *tx, e *Entity) error {
	for _, d := range t.deploymentsOf(e.Region, Document{
		"ApplicationId": str(e.In, "ApplicationId"), "EnvironmentId": str(e.Out, "EnvironmentId")}) {
		t.drop(d)
	}
	t.drop(e)
	return nil
}

// flagsID is what AppConfig calls a thing: four to seven letters and digits.
func flagsID(t *tx, e *Entity) string { return t.letters(e, "id", lower, 7) }

// flagsPlace is where a hosted version stands.
func (t *tx) flagsPlace(e *Entity) string {
	return str(e.In, "ApplicationId") + "/" + str(e.In, "ConfigurationProfileId")
}

// monitorsThere refuses an alarm that is in another region or nowhere: AppConfig looks at those of its own (assumed:
// AWS says nothing of others).
func monitorsThere(t *tx, e, _ *Entity) error {
	for _, arn := range strs(e.In, "Monitors.AlarmArn") {
		a := t.follow(e.Region, arn, []string{kindAlarm, "AWS::CloudWatch::CompositeAlarm"})
		if a == nil || a.Region != e.Region {
			return refuse(badRequest, "environment %s: there is no alarm %s in %s", str(e.In, "Name"), arn, e.Region)
		}
	}
	return nil
}

func profileThere(t *tx, e, _ *Entity) error {
	if t.flagsProfile(e.Region, e.In) == nil {
		return missing("ResourceNotFoundException", "application %s has no profile %s", str(e.In, "ApplicationId"),
			str(e.In, "ConfigurationProfileId"))
	}
	return nil
}

func (t *tx) flagsProfile(region string, in Document) *Entity {
	return t.get(kindFlagsProfile, region, str(in, "ConfigurationProfileId")+":"+str(in, "ApplicationId"))
}

func (t *tx) flagsEnvironment(region string, in Document) *Entity {
	return t.get(kindFlagsEnvironment, region, str(in, "EnvironmentId")+":"+str(in, "ApplicationId"))
}

// flagsShape refuses content that is no document of feature flags. AppConfig judges it when it is made and again
// when it is deployed:
// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-validators.html
func flagsShape(t *tx, e, _ *Entity) error {
	p := t.flagsProfile(e.Region, e.In)
	if firstOf(str(p.In, "Type"), str(p.Out, "Type")) != flags.ProfileType {
		return nil
	}
	if _, err := flags.Decode([]byte(str(e.In, "Content"))); err != nil {
		return refuse(badRequest, "profile %s: %v", str(p.In, "Name"), err)
	}
	return nil
}

// nextVersion is the number that the entity has or would get: one more than the highest that is there, so that the
// number of one that was deleted may come again (https://github.com/hashicorp/terraform-provider-aws/issues/20273).
func (t *tx) nextVersion(e *Entity) float64 {
	if n, has := num(e.Out, "VersionNumber"); has {
		return n
	}
	var highest float64
	for _, v := range t.list(kindFlagsVersion, e.Region) {
		if t.flagsPlace(v) == t.flagsPlace(e) {
			highest = max(highest, numOr(v.Out, "VersionNumber", 0))
		}
	}
	return highest + 1
}

func versionComputed(t *tx, e *Entity) { set(e, "VersionNumber", t.nextVersion(e)) }

// stampFlags is the content as AppConfig gives it back: with the times of each flag in it
// (https://github.com/hashicorp/terraform-provider-aws/issues/20273 shows them).
func stampFlags(t *tx, e *Entity) {
	var d Document
	if json.Unmarshal([]byte(str(e.In, "Content")), &d) != nil {
		return
	}
	at := t.created(e).Format(time.RFC3339)
	for _, part := range []string{"flags", "values"} {
		all, _ := d[part].(map[string]any)
		for _, one := range all {
			if flag, is := one.(map[string]any); is {
				flag["_createdAt"], flag["_updatedAt"] = at, at
			}
		}
	}
	if stamped, err := json.Marshal(d); err == nil {
		e.In["Content"] = string(stamped)
	}
}
