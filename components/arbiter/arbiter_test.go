package arbiter_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/arbiter"
	"redoubt/components/watch"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func args(n int) *arbiter.Args {
	return &arbiter.Args{
		Scope:    naming.Scope{System: "agora" + strconv.Itoa(n), Region: "eu-west-1", Account: "123456789012"},
		Zones:    []string{"eu-west-1a", "eu-west-1b"},
		Settings: `{"observer": "arbiter"}`,
		Watched: map[system.Home]string{
			system.Primary:   "arn:aws:dynamodb:eu-north-1:123456789012:table/agora-locks-primary",
			system.Secondary: "arn:aws:dynamodb:eu-central-1:123456789012:table/agora-locks-secondary",
		},
	}
}

func suite() pulumitest.Suite[arbiter.Args, *arbiter.Arbiter] {
	return pulumitest.Suite[arbiter.Args, *arbiter.Arbiter]{
		Args: args, New: arbiter.New,
		Bad: []pulumitest.Bad[arbiter.Args]{
			{Name: "no region", Mutate: func(a *arbiter.Args) { a.Scope.Region = "" }, Want: "want a system, a region"},
			{Name: "a home", Mutate: func(a *arbiter.Args) { a.Scope.Home = system.Primary }, Want: "belongs to both"},
			{Name: "one zone", Mutate: func(a *arbiter.Args) { a.Zones = a.Zones[:1] }, Want: "want two or more"},
			{Name: "no JSON", Mutate: func(a *arbiter.Args) { a.Settings = "x" }, Want: "settings are no JSON"},
			{Name: "a home unwatched", Mutate: func(a *arbiter.Args) { delete(a.Watched, system.Primary) },
				Want: "watched has no table of the primary home"},
			{Name: "a severity that is not", Mutate: func(a *arbiter.Args) {
				a.Tell = []watch.Subscription{{Name: "duty", Severity: "loud", Protocol: "https", Endpoint: "https://pager.example/key"}}
			}, Want: `severity is "loud"`},
		},
		Changes: []pulumitest.Change[arbiter.Args]{
			{Name: "what is observed", Mutate: func(a *arbiter.Args) { a.Settings = `{}` },
				Want: []string{"main-task containerDefinitions"}},
		},
	}
}

func TestArbiter_component(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

func TestArbiter_hasATableBeforeThereAreHomes(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Settings, a.Watched = "", nil
	r := pulumitest.Run(t, suite().Program(a))
	assert.Empty(t, r.OfType("aws:ecs/service:Service"), "there is nothing to observe")
	v := r.Get(t, "aws:dynamodb/table:Table", "main-table-table").Values()
	assert.Equal(t, "agora0-arbiter", v["name"])
	assert.Equal(t, arbiter.Table(a.Scope), v["name"], "the homes compute the name")
}

func TestArbiter_runsOneTaskThatMayDoNoMore(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	service := r.Get(t, "aws:ecs/service:Service", "main-observer").Values()
	assert.InDelta(t, 1, service["desiredCount"], 0)
	assert.InDelta(t, 100, service["deploymentMaximumPercent"], 0, "two observers of one name would tell two stories")
	assert.Empty(t, r.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), "nobody gets in")

	policy := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-observe-allowed").Values()["policy"].(string)
	doc, err := iampolicy.Parse(policy)
	require.NoError(t, err)
	may := map[string][]string{}
	for _, s := range doc.Statements {
		for _, action := range s.Actions {
			may[action] = s.Resources
		}
	}
	own := []string{"arn:aws:dynamodb:eu-west-1:123456789012:table/agora0-arbiter"}
	assert.Equal(t, map[string][]string{
		"dynamodb:GetItem": own, "dynamodb:PutItem": own,
		"dynamodb:DescribeTable": {args(0).Watched[system.Secondary], args(0).Watched[system.Primary]},
	}, may)

	var containers []map[string]any
	task := r.Get(t, "aws:ecs/taskDefinition:TaskDefinition", "main-task").Values()
	require.NoError(t, json.Unmarshal([]byte(task["containerDefinitions"].(string)), &containers))
	assert.Contains(t, containers[0]["environment"],
		map[string]any{"name": "REDOUBT_OBSERVER", "value": `{"observer": "arbiter"}`})
	assert.Equal(t, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agora0/redoubt/observer:1", containers[0]["image"])
}

// TestArbiter_tellsWhenNobodyObserves: the alarm looks at the service that is declared, takes silence for the worst, and
// tells those who are told.
func TestArbiter_tellsWhenNobodyObserves(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Tell = []watch.Subscription{{Name: "duty", Severity: "page", Protocol: "https", Endpoint: "https://pager.example/key"}}
	r := pulumitest.Run(t, suite().Program(a))
	alarm := r.Get(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "main-gone").Values()
	assert.Equal(t, map[string]any{
		"ClusterName": r.Get(t, "aws:ecs/cluster:Cluster", "main-cluster").Values()["name"],
		"ServiceName": r.Get(t, "aws:ecs/service:Service", "main-observer").Values()["name"],
	}, alarm["dimensions"])
	assert.Equal(t, "breaching", alarm["treatMissingData"], "ECS says nothing of a service without a task")
	assert.Len(t, alarm["alarmActions"], 1)
	told := r.Get(t, "aws:sns/topicSubscription:TopicSubscription", "main-told-duty").Values()
	assert.Equal(t, "https", told["protocol"])
	assert.Equal(t, true, told["endpointAutoConfirms"])
	assert.NotEmpty(t, r.OfType("aws:ec2/flowLog:FlowLog"))
}
