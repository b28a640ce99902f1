//go:build apps

package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/conduct"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestMachine_beginsByItself goes from the loss of the primary's region to the end without a person: the observers
// look, the judge moves the word, the function's watch starts the machine with a scenario alone, the first turn makes the
// plan and the machine walks it. It ends as redoubt run does with the plan that a person would have made then, and within
// the objective of each tier that moves, counted from the loss.
func TestMachine_beginsByItself(t *testing.T) {
	i := theInterpreter(t)
	l := between(t)
	l.Keep(t, func(home *inventory.Home) { home.Control.Machine = "arn:aws:states:::stateMachine:atlas" })
	homes.Ready(t, l.port(t), system.Primary)
	l.accept(t, system.Primary, "work", accepted...)
	l.Wait(arbiter.Default().Settle)
	l.observed(t, time.Minute)
	require.Equal(t, system.Primary, l.word(t).Active)
	l.Break(t, "region-down "+homes.Ireland)
	lost := l.Now()
	l.observed(t, arbiter.Default().Within())
	require.True(t, l.word(t).ByJudge(), "%s", l.word(t))
	p := l.plan(t, planner.Request{Scenario: planner.RegionLoss, Finding: l.judged(t), Goal: planner.Goal{Active: system.Primary}})
	want, took := ran(t, l, p)

	s := story{lab: l.fork(), inv: l.Inventory(t), plan: p}
	i.recovers(s.lab.portOf(s.inv), system.Secondary, nil)
	started := map[string]conduct.Input{}
	i.watches(t, started)
	run := fmt.Sprintf("judged-%d", l.word(t).Generation)
	require.Contains(t, started, run)
	began := s.lab.Now()
	every, err := machine.Any()
	require.NoError(t, err)
	e := i.execute(t, "alone", every, started[run])
	require.Equal(t, "SUCCEEDED", e.status, "%+v", e)
	assert.Equal(t, want, s.digest(t))
	i.mayAll(t)
	t.Logf("%d invocations, simulated: %s, redoubt run %s; %s after the loss", i.calls, s.lab.Now().Sub(began), took, s.lab.Now().Sub(lost))
	for _, tier := range moving(l.sys) {
		assert.LessOrEqual(t, s.lab.Now().Sub(lost), tier.Objectives[system.RegionLoss].RTO, "tier %s", tier.Name)
	}
	made := s.lab.made(t, run)
	assert.Equal(t, string(planner.RegionLoss), made.Scenario)
	assert.Equal(t, idsOf(p), idsOf(made))
	s.lab.observed(t, arbiter.Default().Within())
	i.watches(t, started)
	assert.Len(t, started, 1, "the lost home cannot say where traffic leads; the execution's name is taken")
}

// observed lets the observers and the judge work for a while, as the programs of the arbiter do.
func (l *lab) observed(t *testing.T, span time.Duration) {
	t.Helper()
	rules, port := arbiter.Default(), l.port(t)
	for until := l.Now().Add(span); l.Now().Before(until); l.Wait(rules.Every) {
		require.NoError(t, homes.Judge(t.Context(), port, rules))
	}
}

// judged is what the observers have found of the primary home by now.
func (l *lab) judged(t *testing.T) diagnose.Finding {
	t.Helper()
	rules := arbiter.Default()
	seen, err := rules.Looks(t.Context(), arbiter.Table{Port: l.port(t), Home: plan.Arbiter, Name: arbiterOf.Table})
	require.NoError(t, err)
	return rules.Found(l.Now(), system.Primary, seen)
}

// made is the plan that a run's first turn has kept in the secondary home.
func (l *lab) made(t *testing.T, run string) plan.Plan {
	t.Helper()
	out := l.Ask(t, homes.Frankfurt, "s3", "GetObject", map[string]any{
		"Bucket": "atlas-control-" + homes.Account + "-" + homes.Frankfurt, "Key": plan.ObjectKey(run)})
	p, err := plan.Decode([]byte(out["Body"].(string)))
	require.NoError(t, err)
	return p
}

// watches lets the function look whether the machine is to be started, and keeps what it is started with by the execution's
// name, which starts one only, as Step Functions does.
func (i *interpreter) watches(t *testing.T, started map[string]conduct.Input) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	left := whole
	h := i.handler(&left)
	h.Start = func(_ context.Context, _, name, input string) (bool, error) {
		var in conduct.Input
		err := json.Unmarshal([]byte(input), &in)
		assert.Equal(t, name, in.Run)
		_, taken := started[name]
		started[name] = in
		return !taken, err
	}
	a, err := h.Handle(t.Context(), conduct.Request{What: conduct.Watch})
	require.NoError(t, err)
	t.Logf("the watch: %s, %s", a.State, a.Why)
}
