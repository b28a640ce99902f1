package degradation_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/degradation"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/system/flags"
)

const (
	environment = "aws:appconfig/environment:Environment"
	version     = "aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion"
	deployment  = "aws:appconfig/deployment:Deployment"
	strategy    = "aws:appconfig/deploymentStrategy:DeploymentStrategy"
)

// args are those of a system with one agent that degrades in two steps, one in one step, and one that does not.
func args(n int) *degradation.Args {
	s := &system.System{Name: "demo" + strconv.Itoa(n), Agents: []system.Agent{
		{Name: "front", Degradation: []system.Degradation{{Level: system.Full},
			{Level: system.Reduced, Off: []string{"pictures"}}, {Level: system.Essential, Fallback: "a fixed page"}}},
		{Name: "back", Degradation: []system.Degradation{{Level: system.Reduced, Fallback: "little"}}},
		{Name: "hand"},
	}}
	return &degradation.Args{
		Scope:  naming.Scope{System: s.Name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		System: s, LoadBalancer: pulumi.String("app/demo/0123"),
	}
}

func suite() pulumitest.Suite[degradation.Args, *degradation.Degradation] {
	return pulumitest.Suite[degradation.Args, *degradation.Degradation]{Args: args, New: degradation.New}
}

func TestDegradation_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Bad = []pulumitest.Bad[degradation.Args]{
		{Name: "no system", Mutate: func(a *degradation.Args) { a.System = nil }, Want: "declares no agent with degradation"},
		{Name: "no levels", Mutate: func(a *degradation.Args) { a.System.Agents = a.System.Agents[2:] },
			Want: "declares no agent with degradation"},
		{Name: "another scope", Mutate: func(a *degradation.Args) { a.Scope.System = "x" }, Want: "scope is incomplete"},
		{Name: "no load balancer", Mutate: func(a *degradation.Args) { a.LoadBalancer = nil },
			Want: "loadBalancer is required"},
		{Name: "a name that no flag can have", Mutate: func(a *degradation.Args) { a.System.Agents[0].Name = "Front" },
			Want: `agent "Front" at full: flag "Front": want a lower-case letter`},
	}
	s.Changes = []pulumitest.Change[degradation.Args]{
		{Name: "the load balancer", Mutate: func(a *degradation.Args) { a.LoadBalancer = pulumi.String("app/demo/4567") },
			Want: []string{"main-alarm metricQueries"}},
		{Name: "what a level gives up", Mutate: func(a *degradation.Args) { a.System.Agents[1].Degradation[0].Fallback = "less" },
			Want: []string{"+main-back-full-61b007f8", "+main-back-reduced-e0cee3b8",
				"-main-back-full-778824ca", "-main-back-reduced-77c95301"}},
		{Name: "an agent more", Mutate: func(a *degradation.Args) {
			a.System.Agents[2].Degradation = []system.Degradation{{Level: system.Reduced, Off: []string{"x"}}}
		}, Want: []string{"+main-hand-application", "+main-hand-full-41896b9e", "+main-hand-profile", "+main-hand-recovery",
			"+main-hand-recovery-begins", "+main-hand-reduced-96686fff", "+main-hand-steady", "+main-hand-steady-begins", "main agents"}},
	}
	s.Run(t)
}

// TestDegradation_deploysWhatAnAgentReads gives what the component declares to the reader's own decoder.
func TestDegradation_deploysWhatAnAgentReads(t *testing.T) {
	t.Parallel()
	a := args(0)
	r := pulumitest.Run(t, suite().Program(a))
	seen := map[string]bool{}
	for _, v := range r.OfType(version) {
		values, err := flags.Decode([]byte(v.Values()["content"].(string)))
		require.NoError(t, err, v.Name)
		require.Len(t, values, 1, "an agent is told of itself alone")
		for name, value := range values {
			got, err := value.Degradation()
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(v.Name, "main-"+name+"-"+string(got.Level)+"-"), v.Name)
			want := system.Degradation{Level: system.Full}
			agent, _ := a.System.Agent(name)
			for _, declared := range agent.Degradation {
				if declared.Level == got.Level {
					want = declared
				}
			}
			assert.Equal(t, want, got, v.Name)
			seen[degradation.VersionKey(name, got.Level)] = true
		}
		assert.Equal(t, []string{"content"}, v.RPC.GetIgnoreChanges(), "AppConfig writes times into it")
	}
	assert.Equal(t, map[string]bool{"front/full": true, "front/reduced": true, "front/essential": true, "back/full": true,
		"back/reduced": true}, seen)
	full, reduced := versionOf(r, "main-front-full-"), versionOf(r, "main-front-reduced-")
	assert.True(t, reduced.DependsOn(full), "AppConfig counts in the order of the levels")
}

// versionOf is the version whose name begins so.
func versionOf(r *pulumitest.Recorder, begins string) *pulumitest.Resource {
	for _, v := range r.OfType(version) {
		if strings.HasPrefix(v.Name, begins) {
			return v
		}
	}
	return nil
}

func TestDegradation_anAlarmTakesBackWhatPeopleDoAndNotWhatPlansDo(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	arn := "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:demo0-primary-levels"
	for _, agent := range []string{"front", "back"} {
		steady, recovery := r.Get(t, environment, "main-"+agent+"-steady"), r.Get(t, environment, "main-"+agent+"-recovery")
		monitors := steady.Values()["monitors"].([]any)
		require.Len(t, monitors, 1)
		assert.Equal(t, arn, monitors[0].(map[string]any)["alarmArn"])
		assert.Nil(t, recovery.Values()["monitors"], "alarms ring while something is lost")
	}
	doc, err := iampolicy.Parse(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-allowed").Values()["policy"].(string))
	require.NoError(t, err)
	require.Len(t, doc.Statements, 1)
	assert.Equal(t, []string{"cloudwatch:DescribeAlarms"}, doc.Statements[0].Actions)
	assert.Equal(t, []string{arn}, doc.Statements[0].Resources)
	now, slow := r.Get(t, strategy, "main-recovery").Values(), r.Get(t, strategy, "main-gradual").Values()
	assert.Equal(t, []any{0.0, 0.0, 100.0}, []any{now["deploymentDurationInMinutes"], now["finalBakeTimeInMinutes"],
		now["growthFactor"]}, "nothing stands in the way of the next step of a plan")
	assert.Equal(t, []any{10.0, 10.0, 20.0}, []any{slow["deploymentDurationInMinutes"], slow["finalBakeTimeInMinutes"],
		slow["growthFactor"]})
}

// TestDegradation_anUpdateLiftsNoLevel looks that what is deployed is left to those who deploy.
func TestDegradation_anUpdateLiftsNoLevel(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	all := r.OfType(deployment)
	assert.Len(t, all, 4)
	for _, d := range all {
		assert.Subset(t, d.RPC.GetIgnoreChanges(), []string{"configurationVersion", "deploymentStrategyId"}, d.Name)
	}
}
