package planner_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestTakeTraffic_actsInTheReceivingHomeAlone(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		p, err := planner.TakeTraffic(both(), home)
		require.NoError(t, err)
		require.Len(t, p.Steps, 1)
		s := p.Steps[0]
		assert.Equal(t, "take-traffic-"+string(home), s.ID)
		for _, call := range []plan.Call{s.Call, s.Condition.Call, *s.Undo} {
			assert.Equal(t, home, call.Home, "%s: the other home may be dead", call)
			assert.Equal(t, "cloudwatch", call.Service, "no control plane that lives in one fixed region")
		}
		datum := s.Call.Input["MetricData"].([]any)[0].(map[string]any)
		assert.Equal(t, map[string]any{
			"MetricName": metric[home], "Value": 1.0,
			"Dimensions": []any{map[string]any{"Name": "System", "Value": "agents"}},
		}, datum)
	}
}

func TestTakeTraffic_moves(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		p, err := planner.TakeTraffic(both(), home)
		require.NoError(t, err)
		a := newAlarms()
		a.run(t, p)
		assert.Equal(t, map[system.Home]float64{home: 1}, a.value)
		a.run(t, p)
		assert.Len(t, a.acts, 1, "taking what one has does nothing")
	}
}

func TestTakeTraffic_needsNoPeer(t *testing.T) {
	t.Parallel()
	inv := both()
	inv.Home = system.Secondary
	delete(inv.Homes, system.Primary)
	_, err := planner.TakeTraffic(inv, system.Secondary)
	require.NoError(t, err)
	_, err = planner.TakeTraffic(inv, system.Primary)
	require.ErrorContains(t, err, "the inventory does not know the primary home")
}

func TestTakeTraffic_namesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	inv := both()
	h := inv.Homes[system.Secondary]
	h.Entry = inventory.Entry{Switch: "dial"}
	inv.Homes[system.Secondary] = h
	_, err := planner.TakeTraffic(inv, system.Secondary)
	require.ErrorContains(t, err, `homes.secondary.entry.switch is "dial", want metric or arc`)
	for _, field := range []string{"switchNamespace", "switchMetric", "switchAlarm"} {
		require.ErrorContains(t, err, "homes.secondary.entry."+field+" is missing")
	}
}

func TestResetSwitch_letsTheSecondaryGoFirst(t *testing.T) {
	t.Parallel()
	p, err := planner.ResetSwitch(both())
	require.NoError(t, err)
	a := newAlarms()
	a.value = map[system.Home]float64{system.Primary: 1, system.Secondary: 1}
	a.run(t, p)
	assert.Equal(t, []string{"secondary 0", "primary 0"}, a.acts, "the other order moves the traffic away")
}

func TestPlans_areTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := planner.TakeTraffic(both(), system.Primary)
	require.NoError(t, err)
	want, err := first.Hash()
	require.NoError(t, err)
	for range 20 {
		again, err := planner.TakeTraffic(both(), system.Primary)
		require.NoError(t, err)
		got, err := again.Hash()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

var metric = map[system.Home]string{system.Primary: "Reclaimed", system.Secondary: "Taken"}

func both() inventory.Inventory {
	inv := inventory.New("agents", system.Primary, home(system.Primary, "eu-west-1"))
	inv.Homes[system.Secondary] = home(system.Secondary, "eu-central-1")
	return inv
}

func home(h system.Home, region string) inventory.Home {
	return inventory.Home{
		Region: region, Account: "123456789012", Zones: []string{"a", "b", "c"},
		Entry: inventory.Entry{
			Switch: inventory.MetricSwitch, SwitchNamespace: "Redoubt/Switch", SwitchMetric: metric[h],
			SwitchAlarm: "agents-" + string(h) + "-switch", SwitchDimensions: map[string]string{"System": "agents"},
		},
	}
}

// alarms is CloudWatch as far as the switch needs it: an alarm of each home
// follows the last value put, a minute later.
type alarms struct {
	now   time.Time
	value map[system.Home]float64
	since map[system.Home]time.Time
	acts  []string
}

func newAlarms() *alarms {
	return &alarms{
		now:   time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		value: map[system.Home]float64{}, since: map[system.Home]time.Time{},
	}
}

// run walks the plan to its end in the alarms' own time.
func (a *alarms) run(t *testing.T, p plan.Plan) {
	t.Helper()
	v := execute.Virtual{Time: a, Port: a, Store: &journal.Memory{}}
	ended, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: "test", Generation: 1, Poll: 10 * time.Second}))
	require.NoError(t, err)
	require.Equal(t, execute.Recovered, ended.Outcome, ended.Why)
}

// Now is the alarms' time.
func (a *alarms) Now() time.Time { return a.now }

// Advance moves it.
func (a *alarms) Advance(to time.Time) { a.now = to }

// NextChange tells that nothing is known of what comes.
func (a *alarms) NextChange() (time.Time, bool) { return time.Time{}, false }

func (a *alarms) Call(_ context.Context, call plan.Call) (plan.Document, error) {
	switch call.Operation {
	case "PutMetricData":
		datum := call.Input["MetricData"].([]any)[0].(map[string]any)
		a.value[call.Home], a.since[call.Home] = datum["Value"].(float64), a.Now()
		a.acts = append(a.acts, fmt.Sprintf("%s %v", call.Home, datum["Value"]))
		return plan.Document{}, nil
	case "DescribeAlarms":
		fired := a.value[call.Home] == 1
		if a.Now().Before(a.since[call.Home].Add(time.Minute)) {
			fired = !fired
		}
		name := call.Input["AlarmNames"].([]any)[0]
		state := map[bool]string{true: "ALARM", false: "OK"}[fired]
		return plan.Document{"MetricAlarms": []plan.Document{{"AlarmName": name, "StateValue": state}}}, nil
	default:
		return nil, fmt.Errorf("unknown operation %s", call.Operation)
	}
}
