package chaos_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/chaos"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/system/experiments"
)

const (
	template = "aws:fis/experimentTemplate:ExperimentTemplate"
	alarm    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	rule     = "aws:cloudwatch/eventRule:EventRule"
	target   = "aws:cloudwatch/eventTarget:EventTarget"
)

func args(n int) *chaos.Args {
	name := fmt.Sprintf("agora%d", n)
	return &chaos.Args{
		Scope:      naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		PeerRegion: "eu-central-1", Zones: []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		System: &system.System{Name: name, Domain: "agora.example.com",
			Stores: []system.Store{{Name: "ledger", Kind: system.Postgres}, {Name: "notes", Kind: system.Table},
				{Name: "files", Kind: system.Bucket}, {Name: "jobs", Kind: system.Queue}, {Name: "recall", Kind: system.Cache}},
			Dependencies: []system.Dependency{{Name: "model", Host: "model.example.com"}},
			Agents: []system.Agent{{Name: "front", Public: true, Calls: []string{"planner"}, Resilience: system.Resilience{Without: []string{"planner"}}},
				{Name: "planner", Needs: []string{"model"}}}},
		Stores: map[string]chaos.Store{
			"ledger": {Arn: arn("rds:cluster")}, "notes": {Arn: arn("dynamodb:table")}, "files": {Arn: arn("s3:bucket")},
			"jobs": {Arn: arn("sqs:jobs"), LedgerArn: arn("dynamodb:jobs")}, "recall": {Arn: arn("elasticache:recall")},
		},
		CallerRoleArn: arn("iam:role"), LogKeyArn: arn("kms:key"), LoadBalancer: pulumi.String("app/agora/1"), Namespace: name,
		TopicArn: "arn:aws:sns:eu-west-1:123456789012:told", Schedules: true,
	}
}

func arn(of string) pulumi.StringOutput { return pulumi.String("arn:aws:" + of).ToStringOutput() }

func suite() pulumitest.Suite[chaos.Args, *chaos.Chaos] {
	return pulumitest.Suite[chaos.Args, *chaos.Chaos]{
		Args: args, New: chaos.New, Cluster: true,
		Bad: []pulumitest.Bad[chaos.Args]{
			{Name: "no system", Mutate: func(a *chaos.Args) { a.System = nil }, Want: "system is required"},
			{Name: "another scope", Mutate: func(a *chaos.Args) { a.Scope.System = "other" }, Want: "not that of system"},
			{Name: "no other region", Mutate: func(a *chaos.Args) { a.PeerRegion = "eu-west-1" }, Want: "a guard in the same region sees nothing"},
			{Name: "two zones", Mutate: func(a *chaos.Args) { a.Zones = a.Zones[:2] }, Want: "want three"},
			{Name: "no caller", Mutate: func(a *chaos.Args) { a.CallerRoleArn = nil }, Want: "callerRoleArn is required"},
			{Name: "no key", Mutate: func(a *chaos.Args) { a.LogKeyArn = nil }, Want: "logKeyArn is required"},
			{Name: "no balancer", Mutate: func(a *chaos.Args) { a.LoadBalancer = nil }, Want: "loadBalancer is required"},
			{Name: "no namespace", Mutate: func(a *chaos.Args) { a.Namespace = "" }, Want: "namespace is empty"},
			{Name: "no topic", Mutate: func(a *chaos.Args) { a.TopicArn = "" }, Want: "topicArn is empty"},
		},
		Changes: []pulumitest.Change[chaos.Args]{
			{Name: "the key", Mutate: func(a *chaos.Args) { a.LogKeyArn = arn("kms:other") }, Want: []string{"main-log kmsKeyId"}},
			{Name: "the database", Mutate: func(a *chaos.Args) { a.Stores["ledger"] = chaos.Store{Arn: arn("rds:restored")} },
				Want: []string{"main-database-failover targets", "main-zone-power targets"}},
			{Name: "production", Mutate: func(a *chaos.Args) { a.Schedules = false }, Want: []string{
				"-main-bucket-replication-pause-schedule", "-main-cache-node-schedule", "-main-database-failover-schedule",
				"-main-pod-cpu-stress-schedule", "-main-pod-delete-schedule", "-main-pod-memory-stress-schedule", "-main-schedules", "-main-starter-policy",
				"-main-starter-role", "-main-table-replication-pause-schedule", "-main-zone-nodes-schedule",
				"-main-zone-power-schedule", "main schedules"}},
			{Name: "the caller", Mutate: func(a *chaos.Args) { a.CallerRoleArn = arn("iam:other") },
				Want: []string{"main-api-throttled targets", "main-api-unavailable targets"}},
		},
	}
}

func TestChaos_component(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

// TestChaos_declaresATemplateForEachExperimentThatHasActions also looks at what bounds and stops each.
func TestChaos_declaresATemplateForEachExperimentThatHasActions(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	all, err := experiments.All()
	require.NoError(t, err)
	declared := 0
	for _, e := range all {
		if !e.Declared() {
			continue
		}
		declared++
		v := r.Get(t, template, "main-"+e.Name).Values()
		raw, err := json.Marshal(v)
		require.NoError(t, err)
		assert.NotRegexp(t, `"[^"]*\{[a-z0-9-]+\}`, string(raw), "%s: a word nobody knows", e.Name)
		stops := v["stopConditions"].([]any)
		require.Len(t, stops, 2, e.Name)
		for _, s := range stops {
			at := s.(map[string]any)
			assert.Equal(t, "aws:cloudwatch:alarm", at["source"])
			name := strings.TrimPrefix(at["value"].(string), "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:")
			assert.Contains(t, []string{"agora0-primary-experiments-lever", "agora0-primary-experiments-trouble"}, name)
		}
		for _, a := range v["actions"].([]any) {
			given, _ := a.(map[string]any)["parameters"].([]any)
			for _, p := range given {
				if of := p.(map[string]any); strings.HasPrefix(of["value"].(string), "PT") {
					assert.Equal(t, experiments.ISO(e.Fault.Lasts), of["value"], e.Name)
				}
			}
		}
	}
	assert.Len(t, r.OfType(template), declared)
	assert.Greater(t, declared, 10)
}

// TestChaos_leavesOutWhatTheHomeDoesNotHave: a store that waits for the peer has no experiment yet.
func TestChaos_leavesOutWhatTheHomeDoesNotHave(t *testing.T) {
	t.Parallel()
	a := args(0)
	delete(a.Stores, "notes")
	r := pulumitest.Run(t, suite().Program(a))
	for _, one := range r.OfType(template) {
		assert.NotEqual(t, "main-table-replication-pause", one.Name)
	}
}

// TestChaos_guardsTheOtherHome follows the way from the guard in one home to the machine that stops in the other.
func TestChaos_guardsTheOtherHome(t *testing.T) {
	t.Parallel()
	here := pulumitest.Run(t, suite().Program(args(0)))
	there := args(0)
	there.Scope.Home, there.Scope.Region, there.PeerRegion = system.Secondary, "eu-central-1", "eu-west-1"
	there.Zones = []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}
	other := pulumitest.Run(t, suite().Program(there))

	guard := other.Get(t, alarm, "main-guard").Values()
	assert.Equal(t, map[string]any{"System": "agora0", "Home": "primary", "From": "secondary", "Agent": "front"}, guard["dimensions"])
	sent := other.Get(t, rule, "main-guard-rule").Values()["eventPattern"].(string)
	taken := here.Get(t, rule, "main-stop-rule").Values()["eventPattern"].(string)
	assert.Equal(t, sent, taken, "what the guard's region sends is what the other one listens for")
	assert.Contains(t, sent, "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"+guard["name"].(string))
	assert.Contains(t, sent, "INSUFFICIENT_DATA", "a guard that sees nothing stops, too")
	assert.Equal(t, "arn:aws:events:eu-west-1:123456789012:event-bus/default",
		other.Get(t, target, "main-guard-target").Values()["arn"])

	machine := here.Get(t, "aws:sfn/stateMachine:StateMachine", "main-stopper").Values()["definition"].(string)
	for _, one := range here.OfType(template) {
		assert.Contains(t, machine, one.Name, "the machine stops %s", one.Name)
	}
	assert.Contains(t, machine, "fis:stopExperiment")
}

// TestChaos_leadersMayTouchNothingElse: who leads changes objects of one name alone, of the kinds that experiments set.
func TestChaos_leadersMayTouchNothingElse(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	const group = "kubernetes:rbac.authorization.k8s.io/v1:"
	binding := r.Get(t, group+"RoleBinding", "main-leaders-binding").Values()
	assert.Equal(t, "redoubt:experiments", binding["subjects"].([]any)[0].(map[string]any)["name"])
	may := map[string]bool{}
	for _, one := range r.Get(t, group+"Role", "main-leaders").Values()["rules"].([]any) {
		rule := one.(map[string]any)
		named := fmt.Sprint(rule["resourceNames"]) == "[redoubt-experiment]"
		for _, verb := range rule["verbs"].([]any) {
			for _, resource := range rule["resources"].([]any) {
				may[fmt.Sprint(resource, " ", verb)] = true
				assert.True(t, named || verb == "create" || resource == "pods" && verb == "list", "%v", rule)
			}
		}
	}
	for _, resource := range []string{"jobs", "virtualservices", "envoyfilters"} {
		for _, verb := range []string{"create", "get", "patch", "delete"} {
			assert.True(t, may[resource+" "+verb], "%s %s", resource, verb)
		}
	}
	assert.Len(t, may, 13)
}

// TestChaos_mayDoNoMoreThanTheActionsNeed: the role holds what the catalogue names, and no pattern of actions.
func TestChaos_mayDoNoMoreThanTheActionsNeed(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	policy := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-experiments-policy").Values()["policy"].(string)
	assert.Less(t, len(policy), 10240, "IAM's limit of a role's inline policies")
	var doc struct{ Statement []struct{ Action any } }
	require.NoError(t, json.Unmarshal([]byte(policy), &doc))
	for _, s := range doc.Statement {
		assert.NotContains(t, fmt.Sprint(s.Action), "*")
	}
	assert.NotContains(t, policy, "ecs:", "no experiment has an action of ECS")
	assert.Contains(t, policy, "rds:FailoverDBCluster")
}
