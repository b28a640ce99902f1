package conduct_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/internal/plantest"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/conduct"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// cloud is what a handler reaches that makes a plan: the buckets of its home, the arbiter's table, and whatever an
// example's questions were answered. A region that is lost answers nothing.
type cloud struct {
	home
	request planner.Request
	// taken says which home's act on the switch stands.
	taken map[system.Home]bool
	lost  system.Home
	looks map[string]string
	// word is what stands in the arbiter's table.
	word plan.Document
	puts []string
}

func (c *cloud) Call(ctx context.Context, call plan.Call) (plan.Document, error) {
	if call.Home == c.lost {
		return nil, &execute.ClassError{Class: execute.Unreachable, Err: errors.New("no answer")}
	}
	switch call.Operation {
	case "PutObject":
		key := call.Input["Key"].(string)
		if _, has := c.objects[key]; has && call.Input["IfNoneMatch"] == "*" {
			return nil, &execute.ClassError{Class: execute.Invalid, Err: errors.New("PreconditionFailed")}
		}
		c.objects[key], c.puts = call.Input["Body"].(string), append(c.puts, key)
		return nil, nil
	case "GetObject":
		out, err := c.home.Call(ctx, call)
		if err == nil {
			out["LastModified"] = plantest.Now.Format(time.RFC3339)
		}
		return out, err
	case "DescribeAlarms":
		state := map[bool]string{true: "ALARM", false: "OK"}[c.taken[call.Home]]
		return plan.Document{"MetricAlarms": []any{map[string]any{"StateValue": state,
			"StateUpdatedTimestamp": plantest.Now.Add(-time.Hour).Format(time.RFC3339)}}}, nil
	case "GetItem":
		if call.Home == plan.Arbiter {
			key := call.Input["Key"].(plan.Document)[inventory.LocksKey].(plan.Document)["S"].(string)
			if key == arbiter.WordName && c.word != nil {
				return plan.Document{"Item": c.word}, nil
			}
			text, has := c.looks[key]
			if !has {
				return plan.Document{}, nil
			}
			return plan.Document{"Item": plan.Document{"seen": plan.Document{"S": text}}}, nil
		}
	}
	if answer, known := c.request.Answers[planner.CallKey(call)]; known {
		return answer, nil
	}
	switch call.Operation {
	case "DescribeTable", "DescribeReplicationGroups", "DescribeDBClusters": // no restore has left anything beside the store
		return nil, &execute.ClassError{Class: execute.NotFound, Err: errors.New("none")}
	}
	return c.home.Call(ctx, call)
}

// planning is a handler in the home that receives an example's work, with what it reaches.
func planning(t *testing.T, name string, at system.Home) (*cloud, conduct.Handler) {
	t.Helper()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		if e.Name != name {
			continue
		}
		text, err := os.ReadFile("../../system.yaml")
		require.NoError(t, err)
		c := &cloud{request: e.Request, home: home{items: map[string]plan.Document{}, objects: map[string]string{
			inventory.SystemKey(at): string(text)}}, taken: map[system.Home]bool{system.Secondary: e.Request.Goal.Active == system.Secondary}}
		for _, of := range system.Homes {
			one := inventory.New(e.Request.Inventory.System, of, e.Request.Inventory.Homes[of])
			raw, err := inventory.Encode(one)
			require.NoError(t, err)
			c.objects[inventory.ObjectKey(of)] = string(raw)
		}
		return c, conduct.Handler{Home: at, Bucket: "control", Own: c, Clock: clock.NewVirtual(plantest.Now),
			Calls: func(inventory.Inventory) plan.Port { return c }}
	}
	require.Fail(t, "no example "+name)
	return nil, conduct.Handler{}
}

func want(w conduct.Wanted) conduct.Request {
	return conduct.Request{What: conduct.Plan, Run: "r", Execution: "e", Input: conduct.Input{Run: "r", Wanted: w}}
}

// kept is the plan that stands under the run.
func (c *cloud) kept(t *testing.T) plan.Plan {
	t.Helper()
	p, err := plan.Decode([]byte(c.objects[plan.ObjectKey("r")]))
	require.NoError(t, err)
	return p
}

// TestPlan_isTheOneThatAMachineOfAPersonMakes: of the same answers the same plan comes, of each scenario.
func TestPlan_isTheOneThatAMachineOfAPersonMakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at system.Home
		conduct.Wanted
	}{
		"switchover":  {system.Secondary, conduct.Wanted{Scenario: planner.Switchover}},
		"failback":    {system.Primary, conduct.Wanted{Scenario: planner.Failback}},
		"region-loss": {system.Secondary, conduct.Wanted{Scenario: planner.RegionLoss, Finding: "region-lost", By: "ann"}},
		"restore-table": {system.Primary, conduct.Wanted{Scenario: planner.Restore, Store: "sessions",
			At: plantest.Now.Add(-8 * time.Minute)}},
		"restore-cache": {system.Primary, conduct.Wanted{Scenario: planner.Restore, Store: "scores",
			At: plantest.Now.Add(-8 * time.Minute)}},
		"writer-loss": {system.Primary, conduct.Wanted{Scenario: planner.WriterLoss, Store: "tasks", Finding: "writer-lost", By: "ann"}},
		"zone-loss":   {system.Primary, conduct.Wanted{Scenario: planner.ZoneLoss, Zone: "eu-west-1a", Finding: "zone-lost", By: "ann"}},
		"rebuild":     {system.Secondary, conduct.Wanted{Scenario: planner.Rebuild}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud, h := planning(t, name, c.at)
			a, err := h.Handle(t.Context(), want(c.Wanted))
			require.NoError(t, err)
			by, err := planner.Make(cloud.request)
			require.NoError(t, err)
			p := cloud.kept(t)
			assert.Equal(t, shape(by), shape(p))
			assert.Equal(t, []string{plan.ObjectKey("r"), plan.LastKey}, cloud.puts)
			assert.Equal(t, "plan", a.State)
			assert.Empty(t, cloud.items, "no lease is taken, no run begins")
		})
	}
}

// shape is what a plan does, without the words of the finding and the marks of the time.
func shape(p plan.Plan) []string {
	var out []string
	for _, g := range p.Gates {
		out = append(out, fmt.Sprintf("gate %s refuses %t", g.ID, g.Reason != ""))
	}
	for _, s := range p.Steps {
		out = append(out, fmt.Sprintf("step %s: %s after %v", s.ID, s.Call, s.Needs))
	}
	return out
}

// seen puts what the observers have seen of the primary home into the arbiter's table.
func (c *cloud) seen(t *testing.T, states map[string]string) {
	t.Helper()
	c.looks = map[string]string{}
	for by, line := range states {
		var all []diagnose.Observation
		for n, s := range line {
			for _, a := range []diagnose.Aspect{diagnose.Entry, diagnose.Control} {
				state := map[rune]diagnose.State{'g': diagnose.Good, 'b': diagnose.Bad}[s]
				all = append(all, diagnose.Observation{Observer: by, Aspect: a, Home: system.Primary, State: state,
					At: plantest.Now.Add(-time.Duration(len(line)-1-n) * 10 * time.Second)})
			}
		}
		raw, err := json.Marshal(all)
		require.NoError(t, err)
		c.looks[arbiter.LooksName(by)] = string(raw)
	}
}

// TestPlan_standsOnWhatTheObserversSaw: a quorum is a loss, one observer is silence, and a line that flaps refuses.
func TestPlan_standsOnWhatTheObserversSaw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		peer, third, refuses string
	}{
		"a quorum":       {lost, lost, ""},
		"one alone":      {lost, good, "gate quorum refuses"},
		"a flapping one": {flaps, flaps, "gate quorum refuses"},
		"nothing":        {good, good, "gate quorum refuses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud, h := planning(t, "region-loss"+plantest.Between, system.Secondary)
			cloud.lost = system.Primary
			cloud.seen(t, map[string]string{"secondary": c.peer, arbiter.Name: c.third})
			a, err := h.Handle(t.Context(), want(conduct.Wanted{Scenario: planner.RegionLoss}))
			require.NoError(t, err)
			if c.refuses == "" {
				assert.NotContains(t, a.Why, "refuses")
			} else {
				assert.Contains(t, a.Why, c.refuses)
			}
			assert.Equal(t, system.Secondary, cloud.kept(t).Receives())
		})
	}
}

// TestOpen_makesThePlanOnce: an execution may be started with a scenario alone, and a turn that is taken again, because the
// function died before it answered, finds the plan of the first.
func TestOpen_makesThePlanOnce(t *testing.T) {
	t.Parallel()
	cloud, h := planning(t, "switchover", system.Secondary)
	r := want(conduct.Wanted{Scenario: planner.Switchover})
	r.What = conduct.Step
	_, err := h.Handle(t.Context(), r)
	require.ErrorContains(t, err, "run r has no plan", "the first turn makes it, and no other")
	r.What = conduct.Open
	a, err := h.Handle(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, a.Approvals, 1, "the gate that asks a person asks here too")
	first := cloud.objects[plan.ObjectKey("r")]
	h.Clock = clock.NewVirtual(plantest.Now.Add(time.Minute))
	_, err = h.Handle(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, first, cloud.objects[plan.ObjectKey("r")])
	r.Input.Scenario = planner.Failback
	_, err = h.Handle(t.Context(), r)
	require.ErrorContains(t, err, `is of the scenario "switchover", the execution means failback`)
}

// TestPlan_saysWhyThereIsNone: what can never pass is Unfit, and no plan is kept.
func TestPlan_saysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		at   system.Home
		want conduct.Wanted
	}{
		"nobody observes the homes":     {system.Secondary, conduct.Wanted{Scenario: planner.RegionLoss}},
		"say whose word it is":          {system.Secondary, conduct.Wanted{Scenario: planner.RegionLoss, Finding: "region-lost"}},
		`finding is "fire", want one`:   {system.Secondary, conduct.Wanted{Scenario: planner.RegionLoss, Finding: "fire", By: "ann"}},
		`scenario is "rain", want one`:  {system.Secondary, conduct.Wanted{Scenario: "rain"}},
		"this is the primary home":      {system.Primary, conduct.Wanted{Scenario: planner.Switchover}},
		"the primary home serves alrea": {system.Primary, conduct.Wanted{Scenario: planner.Failback}},
	} {
		cloud, h := planning(t, "switchover", c.at)
		_, err := h.Handle(t.Context(), want(c.want))
		var unfit conduct.Unfit
		require.ErrorAs(t, err, &unfit, why)
		require.ErrorContains(t, err, why)
		assert.Empty(t, cloud.puts)
	}
	cloud, h := planning(t, "switchover", system.Secondary)
	h.Fits = func(plan.Plan) error { return errors.New("nobody can call that") }
	_, err := h.Handle(t.Context(), want(conduct.Wanted{Scenario: planner.Switchover}))
	require.ErrorContains(t, err, "nobody can call that")
	assert.Empty(t, cloud.puts)
}
