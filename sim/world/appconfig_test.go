package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// levels are the flags of one agent: where they are deployed, and how.
type levels struct {
	*lab
	app, profile, env, now, slow string
}

func flagOf(level string) string {
	return `{"version":"1","flags":{"planner":{"name":"planner","attributes":{"level":{"constraints":` +
		`{"type":"string","enum":["full","reduced"]}}}}},"values":{"planner":{"enabled":true,"level":"` + level + `"}}}`
}

func newLevels(t *testing.T, monitors ...any) *levels {
	t.Helper()
	l := &levels{lab: newLab(t, 7)}
	l.app = l.make(ireland, "app", "AWS::AppConfig::Application", doc{"Name": "planner"}).ID
	in := func(more doc) doc { more["ApplicationId"] = l.app; return more }
	l.profile = l.make(ireland, "profile", "AWS::AppConfig::ConfigurationProfile", in(doc{"Name": "levels",
		"LocationUri": "hosted", "Type": "AWS.AppConfig.FeatureFlags"})).Out["ConfigurationProfileId"].(string)
	l.env = l.make(ireland, "env", "AWS::AppConfig::Environment",
		in(doc{"Name": "recovery", "Monitors": monitors})).Out["EnvironmentId"].(string)
	how := func(name string, minutes, share, bake int) string {
		return l.make(ireland, name, "AWS::AppConfig::DeploymentStrategy", doc{"Name": name, "ReplicateTo": "NONE",
			"DeploymentDurationInMinutes": minutes, "GrowthFactor": share, "FinalBakeTimeInMinutes": bake}).ID
	}
	l.now, l.slow = how("now", 0, 100, 0), how("slow", 10, 20, 10)
	for n, level := range []string{"full", "reduced"} {
		v := l.make(ireland, level, "AWS::AppConfig::HostedConfigurationVersion", in(doc{"ConfigurationProfileId": l.profile,
			"Content": flagOf(level), "ContentType": "application/json"}))
		assert.EqualValues(t, n+1, v.Out["VersionNumber"])
	}
	return l
}

func (l *levels) start(version, strategy string) (doc, error) {
	return l.Call(world.Request{Region: ireland, Service: "appconfig", Operation: "StartDeployment", Input: doc{
		"ApplicationId": l.app, "EnvironmentId": l.env, "ConfigurationProfileId": l.profile,
		"ConfigurationVersion": version, "DeploymentStrategyId": strategy}})
}

// last is the latest deployment of the environment.
func (l *levels) last() doc {
	l.t.Helper()
	items := l.call(ireland, "appconfig", "ListDeployments",
		doc{"ApplicationId": l.app, "EnvironmentId": l.env, "MaxResults": 1})["Items"].([]any)
	require.Len(l.t, items, 1)
	return items[0].(doc)
}

func TestAppConfig_deploysOneThingAtATime(t *testing.T) {
	t.Parallel()
	l := newLevels(t)
	out, err := l.start("2", l.now)
	require.NoError(t, err)
	assert.Equal(t, "DEPLOYING", out["State"])
	_, err = l.start("1", l.now)
	require.ErrorContains(t, err, "ConflictException", "one goes on")
	l.Advance(l.Now().Add(11 * time.Second))
	assert.Equal(t, "COMPLETE", l.last()["State"])
	assert.Equal(t, "2", l.last()["ConfigurationVersion"])
	_, err = l.start("1", l.now)
	require.NoError(t, err)
	l.Advance(l.Now().Add(11 * time.Second))
	assert.Equal(t, "1", l.last()["ConfigurationVersion"], "the latest comes first")
	assert.EqualValues(t, 2, l.last()["DeploymentNumber"])
	for version, want := range map[string]string{"7": "there is no hosted version", "x": "there is no hosted version"} {
		_, err = l.start(version, l.now)
		require.ErrorContains(t, err, want)
	}
}

func TestAppConfig_spreadsBakesAndIsStopped(t *testing.T) {
	t.Parallel()
	l := newLevels(t)
	_, err := l.start("2", l.slow)
	require.NoError(t, err)
	for minutes, state := range map[int]string{9: "DEPLOYING", 15: "BAKING", 21: "COMPLETE"} {
		at := l.Fork()
		at.Advance(at.Now().Add(time.Duration(minutes) * time.Minute))
		out, err := at.Call(world.Request{Region: ireland, Service: "appconfig", Operation: "GetDeployment",
			Input: doc{"ApplicationId": l.app, "EnvironmentId": l.env, "DeploymentNumber": 1}})
		require.NoError(t, err)
		assert.Equal(t, state, out["State"], "after %d minutes", minutes)
	}
	stop := doc{"ApplicationId": l.app, "EnvironmentId": l.env, "DeploymentNumber": 1}
	l.call(ireland, "appconfig", "StopDeployment", stop)
	l.Advance(l.Now().Add(time.Hour))
	assert.Equal(t, "ROLLED_BACK", l.last()["State"])
	_, err = l.Call(world.Request{Region: ireland, Service: "appconfig", Operation: "StopDeployment", Input: stop})
	require.ErrorContains(t, err, "BadRequestException")
}

func TestAppConfig_anAlarmTakesADeploymentBack(t *testing.T) {
	t.Parallel()
	l := newLevels(t)
	role := l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "levels", "AssumeRolePolicy": trust})
	a := l.make(ireland, "alarm", "AWS::CloudWatch::Alarm", alarm())
	_, err := l.Update(ireland, "AWS::AppConfig::Environment", l.env+":"+l.app, doc{"ApplicationId": l.app, "Name": "steady",
		"Monitors": []any{doc{"AlarmArn": a.ARN, "AlarmRoleArn": role.ARN}}})
	require.NoError(t, err)
	_, err = l.start("2", l.slow)
	require.NoError(t, err)
	l.call(ireland, "cloudwatch", "PutMetricData", doc{"Namespace": a.In["Namespace"], "MetricData": []any{doc{
		"MetricName": a.In["MetricName"], "Value": 1.0}}})
	l.Advance(l.Now().Add(5 * time.Minute))
	assert.Equal(t, "ROLLED_BACK", l.last()["State"])
	_, err = l.Create(ireland, "AWS::AppConfig::Environment", "other", doc{"ApplicationId": l.app, "Name": "x",
		"Monitors": []any{doc{"AlarmArn": "arn:aws:cloudwatch:eu-west-1:" + account + ":alarm:none", "AlarmRoleArn": role.ARN}}})
	require.ErrorContains(t, err, "there is no alarm")
}

func TestAppConfig_refusesWhatIsNoFlagAndStampsWhatIs(t *testing.T) {
	t.Parallel()
	l := newLevels(t)
	version := doc{"ApplicationId": l.app, "ConfigurationProfileId": l.profile, "ContentType": "application/json"}
	version["Content"] = flagOf("asleep")
	_, err := l.Create(ireland, "AWS::AppConfig::HostedConfigurationVersion", "bad", version)
	require.ErrorContains(t, err, `attribute "level" is "asleep"`)
	read, err := l.Read(ireland, "AWS::AppConfig::HostedConfigurationVersion", l.app+"/"+l.profile+"/1")
	require.NoError(t, err)
	assert.Contains(t, read.In["Content"], "_updatedAt", "so what is read back is never what was written")
	require.ErrorContains(t, l.Delete(ireland, "AWS::AppConfig::Application", l.app), "ConflictException")
}

// TestAppConfig_anEnvironmentTakesItsDeploymentsAlong: nothing is left that nobody could ask for.
func TestAppConfig_anEnvironmentTakesItsDeploymentsAlong(t *testing.T) {
	t.Parallel()
	l := newLevels(t)
	_, err := l.start("1", l.now)
	require.NoError(t, err)
	require.NotEmpty(t, l.Find(ireland, "AWS::AppConfig::Deployment", nil))
	require.NoError(t, l.remove(ireland, "env"))
	assert.Empty(t, l.Find(ireland, "AWS::AppConfig::Deployment", nil))
}
