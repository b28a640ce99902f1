package watch

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/alarms"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/judge"
)

// moved loses the primary home and lets the arbiter's judge give its work to the other one.
func moved(r *alarms.Regions) error {
	if err := r.Break("region-down eu-west-1"); err != nil {
		return err
	}
	if err := r.Pass(3*time.Minute, nil); err != nil {
		return err
	}
	table := arbiter.Table{Port: r.World, Home: plan.Arbiter, Name: r.World.Inventory.Third().Table}
	old, err := table.Word(context.Background())
	if err != nil {
		return err
	}
	next := old.Move(r.World.Now(), "nobody sees the primary home")
	next.Judged = next.Generation
	if err := table.Replace(context.Background(), old, next); err != nil {
		return err
	}
	return r.Pass(25*time.Minute, nil)
}

// watched lets the time of a run pass under the eyes of the alarms.
type watched struct {
	*alarms.Regions
	t *testing.T
}

func (w watched) Now() time.Time { return w.World.Now() }

func (w watched) NextChange() (time.Time, bool) { return w.World.NextChange() }

func (w watched) Advance(to time.Time) {
	for to.Sub(w.Now()) >= time.Minute {
		require.NoError(w.t, w.Pass(time.Minute, nil))
	}
	w.World.Advance(to)
}

// run makes a plan of what stands now and runs it to its end, while the homes are watched.
func run(t *testing.T, r *alarms.Regions, ask planner.Request) {
	t.Helper()
	now := r.World.Now()
	ask.System, ask.Inventory, ask.Now = r.System, r.World.Inventory, now
	ask.Seen.InventoryAt = map[system.Home]time.Time{system.Primary: now, system.Secondary: now}
	questions, err := planner.Questions(ask)
	require.NoError(t, err)
	ask.Answers = map[string]plan.Document{}
	for _, q := range questions {
		out, err := r.World.Call(t.Context(), q)
		require.NoError(t, err, q)
		ask.Answers[planner.CallKey(q)] = out
	}
	p, err := planner.Make(ask)
	require.NoError(t, err)
	v := &execute.Virtual{Time: watched{r, t}, Port: r.World, Store: &journal.Memory{},
		Decide: func(g plan.Gate) execute.Decided { return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"} }}
	f, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: string(ask.Scenario), Generation: 1}))
	require.NoError(t, err)
	require.Equal(t, execute.Recovered, f.Outcome, "%s: %+v", ask.Scenario, f)
}

// TestReturn_isToldUntilTheHomeStandsByAgain: the loss of a region and its recovery tell nobody of a return; the region that
// is back pages, in the home that serves alone, and the plan that makes a standby of it again ends that.
func TestReturn_isToldUntilTheHomeStandsByAgain(t *testing.T) {
	t.Parallel()
	r := begin(t, alarms.Past{})
	require.NoError(t, r.Pass(alarms.Warm+10*time.Minute, nil))
	require.NoError(t, moved(r))
	run(t, r, planner.Request{Scenario: planner.RegionLoss, Goal: planner.Goal{Active: system.Primary}, Finding: diagnose.Finding{
		Kind: diagnose.RegionLost, Home: system.Primary, Since: r.World.Now().Add(-28 * time.Minute), Why: "nobody sees it"}})
	require.NoError(t, r.Pass(time.Hour, nil))
	assert.Nil(t, first(r, there, "return", judge.InAlarm), "what is lost and stays so has not returned")

	require.NoError(t, r.Break("region-up eu-west-1"))
	require.NoError(t, r.Pass(time.Hour, nil))
	assert.NotNil(t, tells(r, there, watch.ReturnPart))
	assert.Contains(t, r.Firing(there), "return", "it lasts as long as nobody does anything")

	run(t, r, planner.Request{Scenario: planner.Rebuild, Goal: planner.Goal{Active: system.Secondary}})
	require.NoError(t, r.Pass(10*time.Minute, nil))
	assert.NotContains(t, r.Firing(there), "return")
	assert.NotContains(t, r.Firing(there), watch.ReturnPart)

	told := len(r.Told)
	run(t, r, planner.Request{Scenario: planner.Failback, Goal: planner.Goal{Active: system.Secondary}})
	require.NoError(t, r.Pass(time.Hour, nil))
	for n, e := range r.Told {
		returned := e.To == judge.InAlarm && (e.Part == "return" || e.Part == watch.ReturnPart)
		assert.False(t, returned && (n >= told || e.Home != there), "%s %s %s", e.At.Format(time.TimeOnly), e.Home, e.Part)
	}
}
