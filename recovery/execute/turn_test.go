package execute_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
)

// labClock is the lab's time.
type labClock struct {
	clock.Wall
	*lab
}

func (c labClock) Now() time.Time { return c.lab.now }

func turnsOf(t *testing.T, p plan.Plan, l *lab, port plan.Port, store journal.Store) execute.Turns {
	t.Helper()
	held, err := lease.Acquire(t.Context(), &lease.Memory{}, labClock{lab: l}, lease.Recovery, "a test",
		lease.Options{TTL: 100 * time.Hour})
	require.NoError(t, err)
	return execute.Turns{Plan: p, Port: port, Store: store, Clock: labClock{lab: l}, Lease: held, CallTimeout: time.Minute,
		Options: execute.Options{Run: "r", Generation: 1, Poll: 10 * time.Second}}
}

// walkTurns takes turns as a state machine does, each as if on another machine.
func walkTurns(t *testing.T, turns execute.Turns, l *lab) execute.Finish {
	t.Helper()
	_, err := turns.Open(t.Context())
	require.NoError(t, err)
	for range 1000 {
		next, err := turns.Next(t.Context())
		require.NoError(t, err)
		if next.State == execute.Halted {
			f, err := turns.Close(t.Context())
			require.NoError(t, err)
			return f
		}
		for _, step := range next.Steps {
			s, err := turns.Step(t.Context(), step)
			require.NoError(t, err)
			l.Advance(l.now.Add(s.Wait))
		}
	}
	t.Fatal("the turns never end")
	return execute.Finish{}
}

func TestTurns_endAsARunDoes(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"", "throttled", "conflict", "unreachable", "lost"} {
		l := newLab(chain(), chainTakes, mishap{Step: "two", On: "call", Nth: 1, Until: 1, What: what})
		store := &journal.Memory{}
		f := walkTurns(t, turnsOf(t, chain(), l, l, store), l)
		assert.Equal(t, execute.Recovered, f.Outcome, "%s: %s", what, f.Why)
		assert.Empty(t, l.early)
		assert.Equal(t, map[string]int{"one": 1, "two": 1, "three": 1}, l.effects, what)
		records, err := store.Load(t.Context(), "r")
		require.NoError(t, err)
		assert.Equal(t, journal.Finished, records[len(records)-1].Kind)
		again, err := turnsOf(t, chain(), l, l, store).Close(t.Context())
		require.NoError(t, err)
		assert.Equal(t, f, again, "a run that is closed says so again")
	}
}

// beside does something while a call is under way.
type beside struct {
	plan.Port
	act func(step string)
}

func (b *beside) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	out, err := b.Port.Call(ctx, c)
	if act := b.act; act != nil && c.Operation == "DoStep" {
		b.act = nil
		act(c.Input["Step"].(string))
	}
	return out, err
}

func TestTurns_ofTwoStepsWriteOneJournal(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("left"), stepOf("right"))
	l := newLab(p, nil)
	store, port := &journal.Memory{}, &beside{Port: l}
	turns := turnsOf(t, p, l, port, store)
	_, err := turns.Open(t.Context())
	require.NoError(t, err)
	port.act = func(string) {
		s, err := turns.Step(t.Context(), "right")
		require.NoError(t, err)
		assert.Equal(t, execute.Settled, s.State)
	}
	s, err := turns.Step(t.Context(), "left")
	require.NoError(t, err)
	assert.Equal(t, execute.Settled, s.State)
	assert.Equal(t, map[string]int{"left": 1, "right": 1}, l.effects)
	f, err := turns.Close(t.Context())
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, f.Outcome)
}

func TestTurns_ofOneStepExcludeEachOther(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("one"))
	l := newLab(p, nil)
	store, port := &journal.Memory{}, &beside{Port: l}
	turns := turnsOf(t, p, l, port, store)
	_, err := turns.Open(t.Context())
	require.NoError(t, err)
	port.act = func(string) {
		_, err := turns.Step(t.Context(), "one")
		require.NoError(t, err)
	}
	_, err = turns.Step(t.Context(), "one")
	require.ErrorIs(t, err, execute.ErrOvertaken)
	assert.Equal(t, 1, l.effects["one"])
}

func TestTurns_haltAfterAFailureAndAreTakenUpAgain(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), nil, mishap{Step: "two", On: "call", Nth: 1, Until: 1, What: "denied"})
	turns := turnsOf(t, chain(), l, l, &journal.Memory{})
	f := walkTurns(t, turns, l)
	assert.Equal(t, execute.Stopped, f.Outcome)
	assert.Contains(t, f.Why, "step two")
	assert.Zero(t, l.effects["three"])
	f = walkTurns(t, turns, l)
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
}

func TestTurns_patienceIsThatOfTheFirstTurn(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("one"))
	l := newLab(p, map[string]time.Duration{"one": time.Hour})
	f := walkTurns(t, turnsOf(t, p, l, l, &journal.Memory{}), l)
	assert.Equal(t, execute.Stopped, f.Outcome)
	assert.InDelta(t, 30*time.Minute, l.now.Sub(start), float64(time.Minute), "the timeout of the step")
}

func TestTurns_actUnderAHeldLeaseOnly(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("one"))
	l := newLab(p, nil)
	turns := turnsOf(t, p, l, l, &journal.Memory{})
	_, err := turns.Open(t.Context())
	require.NoError(t, err)
	l.Advance(start.Add(101 * time.Hour))
	_, err = turns.Step(t.Context(), "one")
	require.ErrorIs(t, err, lease.ErrLost)
	assert.Zero(t, l.calls)
}

func TestTurns_nothingBeginsBeforeEveryGateIsOpen(t *testing.T) {
	t.Parallel()
	p := gated(plan.Gate{ID: "approval", Title: "a person approves", Why: "a test", Timeout: plan.Duration(time.Hour)})
	for _, allowed := range []bool{true, false} {
		l := newLab(p, nil)
		turns := turnsOf(t, p, l, l, &journal.Memory{})
		_, err := turns.Step(t.Context(), p.Steps[0].ID)
		require.ErrorContains(t, err, "was not opened")
		_, err = turns.Open(t.Context())
		require.NoError(t, err)
		s, err := turns.Step(t.Context(), p.Steps[0].ID)
		require.NoError(t, err)
		assert.Equal(t, execute.Waits, s.State, s.Why)
		_, err = turns.Gate(t.Context(), "approval", &execute.Decided{Allowed: allowed, By: "ada", Why: "because"})
		require.NoError(t, err)
		f := walkTurns(t, turns, l)
		assert.Equal(t, map[bool]execute.Outcome{true: execute.Recovered, false: execute.Refused}[allowed], f.Outcome, f.Why)
		assert.Equal(t, allowed, l.calls > 0)
	}
}

func TestTurns_abandonedStepStopsOrDoesNot(t *testing.T) {
	t.Parallel()
	for on, want := range map[plan.OnFailure]execute.State{plan.Stop: execute.Halted, plan.Continue: execute.Settled} {
		one := stepOf("one")
		one.OnFailure = on
		p := planOf(one, stepOf("two", "one"))
		l := newLab(p, nil)
		turns := turnsOf(t, p, l, l, &journal.Memory{})
		_, err := turns.Open(t.Context())
		require.NoError(t, err)
		s, err := turns.Abandon(t.Context(), "one", "States.Timeout")
		require.NoError(t, err)
		assert.Equal(t, want, s.State, s.Why)
		s, err = turns.Step(t.Context(), "two")
		require.NoError(t, err)
		assert.Equal(t, want, s.State)
	}
}

func TestJoin_sharesOneGeneration(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), nil)
	store, o := &lease.Memory{}, lease.Options{TTL: time.Minute, Skew: time.Second}
	join := func(owner string) (*lease.Held, error) {
		return lease.Join(t.Context(), store, labClock{lab: l}, lease.Recovery, owner, o)
	}
	first, err := join("ada")
	require.NoError(t, err)
	l.Advance(start.Add(50 * time.Second))
	second, err := join("ada")
	require.NoError(t, err)
	assert.Equal(t, first.Generation(), second.Generation())
	assert.Greater(t, second.Left(), 50*time.Second, "it is held for another TTL")
	_, err = join("bob")
	var held *lease.HeldError
	require.True(t, errors.As(err, &held), "%v", err)
	l.Advance(start.Add(5 * time.Minute))
	third, err := join("ada")
	require.NoError(t, err)
	assert.Equal(t, first.Generation()+1, third.Generation(), "a lease that had ended begins a new generation")
}
