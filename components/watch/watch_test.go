package watch

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/bucket"
	"redoubt/internal/naming"
	"redoubt/internal/plantest"
	"redoubt/internal/pulumitest"
	"redoubt/system"
	catalogue "redoubt/watch"
)

const (
	metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
	composite   = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
)

// args are the example's primary home.
func args(n int) *Args {
	s, err := system.Load(filepath.Join("..", "..", "system.yaml"))
	if err != nil {
		panic(err)
	}
	inv, err := plantest.Inventory()
	if err != nil {
		panic(err)
	}
	a := &Args{
		Scope:  naming.Scope{System: fmt.Sprint("atlas", n), Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		System: s, Places: map[system.Home]catalogue.Place{}, References: map[string]pulumi.StringInput{},
		KeyArn:        pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/logs"),
		Subscriptions: []Subscription{{Name: "duty", Severity: "page", Protocol: "https", Endpoint: "https://pager.example/key"}},
	}
	for home, of := range inv.Homes {
		p := catalogue.PlaceOf(of)
		p.VCPUs = 144
		a.Places[home] = p
	}
	a.References[catalogue.LoadBalancerRef] = pulumi.String("app/atlas-entry/0123456789abcdef")
	for _, agent := range s.Public() {
		a.References[catalogue.TargetGroupRef(agent.Name)] = pulumi.String("targetgroup/" + agent.Name + "/0123456789abcdef")
	}
	return a
}

func suite() pulumitest.Suite[Args, *Watch] {
	return pulumitest.Suite[Args, *Watch]{
		Args: args, New: New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "" }, Want: "want a system, a home"},
			{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{Name: "no place", Mutate: func(a *Args) { delete(a.Places, system.Primary) }, Want: `places have no "primary"`},
			{Name: "repeats at once", Mutate: func(a *Args) { a.RepeatMinutes = 1 }, Want: "repeatMinutes is 1, want 5 to 120"},
			{Name: "never ends", Mutate: func(a *Args) { a.Repeats = 99 }, Want: "repeats is 99, want 1 to 50"},
			{Name: "another severity", Mutate: func(a *Args) { a.Subscriptions[0].Severity = "loud" },
				Want: `subscriptions.duty: severity is "loud", want one of page, ticket, escalation`},
			{Name: "no mail address", Mutate: func(a *Args) { a.Subscriptions[0].Protocol = "email" }, Want: "the endpoint is no mail address"},
			{Name: "no name for what AWS makes up", Mutate: func(a *Args) { delete(a.References, catalogue.LoadBalancerRef) },
				Want: "references have no ${loadBalancer}"},
		},
		Changes: []pulumitest.Change[Args]{
			{Name: "another rhythm", Mutate: func(a *Args) { a.RepeatMinutes = 30 }, Want: []string{"main-pages definition"}},
			{Name: "more repeats", Mutate: func(a *Args) { a.Repeats = 4 }, Want: []string{"main-pages definition"}},
			{Name: "somebody else", Mutate: func(a *Args) { a.Subscriptions[0].Name = "night" },
				Want: []string{"+main-page-night", "-main-page-duty"}},
		},
	}
}

func TestWatch_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

func TestWatch_declaresTheWholeCatalogue(t *testing.T) {
	t.Parallel()
	a := args(0)
	r := pulumitest.Run(t, suite().Program(a))
	of := catalogue.New(a.System, system.Primary, a.Places)
	require.Len(t, r.OfType(metricAlarm), len(of.Alarms))
	require.Len(t, r.OfType(composite), len(of.Composites))
	for _, one := range of.Alarms {
		v := r.Get(t, metricAlarm, "main-"+one.Part).Values()
		assert.Equal(t, "atlas0-primary-"+one.Part, v["name"])
		assert.Contains(t, v["alarmDescription"], one.Runbook())
		assert.LessOrEqual(t, len(v["alarmDescription"].(string)), 1024, "%s: what AWS takes", one.Part)
		assert.Equal(t, string(one.Missing), v["treatMissingData"])
		assert.Equal(t, one.Acts(), v["alarmActions"] != nil, "%s tells by itself", one.Part)
		assert.NotContains(t, fmt.Sprint(v), "${", "%s: AWS's own names are put in", one.Part)
		assert.Equal(t, one.Comparison == catalogue.AboveBand, v["threshold"] == nil, one.Part)
	}
}

func TestWatch_oneThatRepeatsKeepsStillWhileTheOtherHomeIsLost(t *testing.T) {
	t.Parallel()
	v := pulumitest.Run(t, suite().Program(args(0))).Get(t, composite, "main-tier-core").Values()
	assert.Equal(t, map[string]any{"alarm": "atlas0-primary-lost", "waitPeriod": 120.0, "extensionPeriod": 600.0}, v["actionsSuppressor"])
	assert.Contains(t, v["alarmRule"], `ALARM("atlas0-primary-tasks-writes")`)
	assert.Contains(t, v["alarmDescription"], "stop-execution", "a page says how to take it")
}

func TestWatch_endpointsAreSecret(t *testing.T) {
	t.Parallel()
	s := pulumitest.Run(t, suite().Program(args(0))).Get(t, "aws:sns/topicSubscription:TopicSubscription", "main-page-duty")
	assert.True(t, s.Inputs["endpoint"].IsSecret(), "the address of a pager holds its key")
}

// TestWatch_aPageIsRepeatedUntilItIsTaken walks the state machine's own text.
func TestWatch_aPageIsRepeatedUntilItIsTaken(t *testing.T) {
	t.Parallel()
	v := pulumitest.Run(t, suite().Program(args(0))).Get(t, "aws:sfn/stateMachine:StateMachine", "main-pages").Values()
	var m struct {
		StartAt string
		States  map[string]struct {
			Type, Next, Default string
			Seconds             int
			Choices             []struct{ Next, Condition string }
			Arguments           map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(v["definition"].(string)), &m))
	for name, s := range m.States {
		for _, next := range append([]string{s.Next, s.Default}, m.StartAt) {
			assert.True(t, next == "" || m.States[next].Type != "", "%s leads to %q", name, next)
		}
	}
	assert.Equal(t, 900, m.States["Wait"].Seconds)
	assert.Equal(t, []string{"Wait", "Look", "Still"}, []string{m.States["Begin"].Next, m.States["Wait"].Next, m.States["Look"].Next})
	assert.Equal(t, "Page", m.States["Still"].Default)
	assert.Equal(t, []string{"Escalate", "Wait"}, []string{m.States["Page"].Next, m.States["Escalate"].Next})
	assert.Equal(t, "arn:aws:sns:eu-west-1:123456789012:atlas0-watch-escalation-primary", m.States["Escalate"].Arguments["TopicArn"])
	assert.Contains(t, m.States["Page"].Arguments["Message"], "stop-execution")
}

func TestWatch_theRuleOfReplicationIsTheBuckets(t *testing.T) {
	t.Parallel()
	a := args(0)
	lag, _ := catalogue.New(a.System, system.Primary, a.Places).Alarm("artifacts-lag")
	assert.Equal(t, bucket.RuleID, lag.Queries[0].Metric.Dimensions["RuleId"])
}

func TestWatch_dashboardsAreWhole(t *testing.T) {
	t.Parallel()
	boards := pulumitest.Run(t, suite().Program(args(0))).OfType("aws:cloudwatch/dashboard:Dashboard")
	require.Len(t, boards, 4)
	for _, b := range boards {
		var body struct {
			Widgets []struct {
				Type                string
				X, Y, Width, Height int
				Properties          map[string]any
			}
		}
		text := b.Values()["dashboardBody"].(string)
		require.NoError(t, json.Unmarshal([]byte(text), &body), b.Name)
		assert.Greater(t, len(body.Widgets), 3, b.Name)
		taken := map[[2]int]bool{}
		for _, w := range body.Widgets {
			assert.LessOrEqual(t, w.X+w.Width, 24, b.Name)
			for x := w.X; x < w.X+w.Width; x++ {
				for y := w.Y; y < w.Y+w.Height; y++ {
					assert.False(t, taken[[2]int{x, y}], "%s: two widgets at %d,%d", b.Name, x, y)
					taken[[2]int{x, y}] = true
				}
			}
		}
		assert.False(t, strings.Contains(text, "${"), "%s shows no name that is made up by AWS", b.Name)
	}
}
