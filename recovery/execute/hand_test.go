package execute_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// byHand walks one step of a plan on top of what a journal knows.
func byHand(t *testing.T, p plan.Plan, l *lab, store journal.Store, h execute.Hand, o execute.Options) (execute.Finish, *execute.Core) {
	t.Helper()
	records, err := store.Load(context.Background(), "r")
	require.NoError(t, err)
	o.Run, o.Generation, o.Poll, o.Hand = "r", 9, 30*time.Second, &h
	c, err := execute.Restore(p, o, records)
	require.NoError(t, err)
	f, err := drive(l, c, execute.Virtual{Store: store})
	if err != nil {
		require.ErrorIs(t, err, execute.ErrCut)
	}
	return f, c
}

func outcome(c *execute.Core, step string) plan.Outcome {
	o, _, _ := c.Ended(step)
	return o
}

func ids(open []execute.OpenNeed) []string {
	var out []string
	for _, n := range open {
		out = append(out, n.Step)
	}
	return out
}

// TestHand_walksAPlanStepByStep does what a runbook does: each step by a command of its own, and the last ends the run.
func TestHand_walksAPlanStepByStep(t *testing.T) {
	t.Parallel()
	p, l, store := diamond(), newLab(diamond(), diamondTakes), &journal.Memory{}
	for n, s := range p.Steps {
		f, c := byHand(t, p, l, store, execute.Hand{Step: s.ID}, execute.Options{})
		assert.Equal(t, plan.Performed, outcome(c, s.ID), "%s: %s", s.ID, f.Why)
		want := execute.Stopped
		if n == len(p.Steps)-1 {
			want = execute.Recovered
		}
		assert.Equal(t, want, f.Outcome, s.ID)
	}
	assert.Empty(t, l.early)
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	assert.Equal(t, journal.Finished, records[len(records)-1].Kind)
}

// TestHand_callsNothingWhenItIsDone finds done what somebody did elsewhere, whatever a journal says.
func TestHand_callsNothingWhenItIsDone(t *testing.T) {
	t.Parallel()
	p, l, store := diamond(), newLab(diamond(), diamondTakes), &journal.Memory{}
	l.done["move"] = l.now
	f, c := byHand(t, p, l, store, execute.Hand{Step: "move"}, execute.Options{})
	assert.Equal(t, plan.AlreadyDone, outcome(c, "move"), f.Why)
	assert.Zero(t, l.calls)
	assert.Len(t, l.requests, 1, "nothing else is asked either")
	delete(l.done, "move")
	for _, need := range []string{"fence", "database", "cache", "agents"} {
		l.done[need] = l.now
	}
	_, c = byHand(t, p, l, store, execute.Hand{Step: "move"}, execute.Options{})
	assert.Equal(t, plan.Performed, outcome(c, "move"), "it holds no more, and is done anew")
	assert.Equal(t, 1, l.effects["move"])
}

// TestHand_needsWhatTheStepNeeds refuses a step before its needs, goes on for one who answers for that, and counts what is
// done though no journal knows it.
func TestHand_needsWhatTheStepNeeds(t *testing.T) {
	t.Parallel()
	p, l, store := diamond(), newLab(diamond(), diamondTakes), &journal.Memory{}
	l.done["database"] = l.now
	f, c := byHand(t, p, l, store, execute.Hand{Step: "move"}, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	assert.Contains(t, f.Why, "step move needs fence (not done: ")
	assert.Equal(t, []string{"fence", "cache", "agents"}, ids(c.OpenNeeds()), "and what they need")
	assert.Equal(t, plan.AlreadyDone, outcome(c, "database"))
	assert.Zero(t, l.calls)

	one := map[string]execute.Override{"cache": {By: "ann", Reason: "it is rebuilt"}}
	f, c = byHand(t, p, l, store, execute.Hand{Step: "move", Without: one}, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome, "one of two is not both")
	assert.Equal(t, []string{"agents"}, ids(c.OpenNeeds()), "nothing is asked behind what is set aside")
	assert.Zero(t, l.calls)

	one["agents"] = execute.Override{By: "ann", Reason: "they run elsewhere"}
	f, c = byHand(t, p, l, store, execute.Hand{Step: "move", Without: one}, execute.Options{})
	assert.Equal(t, plan.Performed, outcome(c, "move"), f.Why)
	assert.Equal(t, map[string]int{"move": 1}, l.effects, "only the step itself is ever called")
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	said := ""
	for _, r := range records {
		if r.Kind == journal.Began && r.Step == "move" {
			said = r.By + ": " + r.Why
		}
	}
	assert.Contains(t, said, "ann: without cache (not done: ")
	assert.Contains(t, said, "set aside: they run elsewhere")
}

// TestHand_keepsToTheGates: a step that acts does not go past a shut gate unless it is told to, one that looks need not
// ask; and a refusal is no word on the run.
func TestHand_keepsToTheGates(t *testing.T) {
	t.Parallel()
	proof := stepOf("proof")
	proof.Role = plan.Prove
	p := planOf(stepOf("move"), proof)
	p.Gates = []plan.Gate{{ID: "shut", Title: "t", Why: "w", Reason: "too much is lost", Overridable: true, Timeout: plan.Duration(time.Minute)}}
	l, store := newLab(p, map[string]time.Duration{"move": time.Second}), &journal.Memory{}
	for range 2 {
		f, _ := byHand(t, p, l, store, execute.Hand{Step: "move"}, execute.Options{})
		assert.Equal(t, execute.Finish{Outcome: execute.Refused, Why: "gate shut: too much is lost"}, f)
		assert.Zero(t, l.calls)
	}
	_, c := byHand(t, p, l, store, execute.Hand{Step: "proof"}, execute.Options{})
	assert.Equal(t, plan.Performed, outcome(c, "proof"))
	aside := execute.Options{Overrides: map[string]execute.Override{"shut": {By: "ann", Reason: "agreed"}}}
	f, c := byHand(t, p, l, store, execute.Hand{Step: "move"}, aside)
	assert.Equal(t, plan.Performed, outcome(c, "move"))
	assert.Equal(t, execute.Recovered, f.Outcome)
}

// TestHand_refusedIsGoneOnWithByARun lets a run go on after a gate refused one step: the gate is asked again.
func TestHand_refusedIsGoneOnWithByARun(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("move"))
	p.Gates = []plan.Gate{{ID: "shut", Title: "t", Why: "w", Reason: "no", Overridable: true, Timeout: plan.Duration(time.Minute)}}
	l, store := newLab(p, nil), &journal.Memory{}
	f, _ := byHand(t, p, l, store, execute.Hand{Step: "move"}, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	c, err := execute.Restore(p, execute.Options{Run: "r", Generation: 10, Poll: time.Second,
		Overrides: map[string]execute.Override{"shut": {By: "ann", Reason: "agreed"}}}, records)
	require.NoError(t, err)
	f, err = drive(l, c, execute.Virtual{Store: store})
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, f.Outcome)
}

// TestHand_asksAgainAfterARefusalThatWasCutOff: a crash between the word of a gate and the end of the command makes that word
// no last one.
func TestHand_asksAgainAfterARefusalThatWasCutOff(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("move"))
	p.Gates = []plan.Gate{{ID: "shut", Title: "t", Why: "w", Reason: "no", Overridable: true, Timeout: plan.Duration(time.Minute)}}
	l, whole := newLab(p, map[string]time.Duration{"move": time.Second}), &journal.Memory{}
	byHand(t, p, l, whole, execute.Hand{Step: "move"}, execute.Options{})
	records, err := whole.Load(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, journal.Paused, records[len(records)-1].Kind)
	cut := &journal.Memory{}
	for _, r := range records[:len(records)-1] {
		require.NoError(t, cut.Append(t.Context(), r))
	}
	aside := execute.Options{Overrides: map[string]execute.Override{"shut": {By: "ann", Reason: "agreed"}}}
	f, c := byHand(t, p, l, cut, execute.Hand{Step: "move"}, aside)
	assert.Equal(t, plan.Performed, outcome(c, "move"), f.Why)
}

// TestHand_cutOffAnywhere cuts a step off at each record, written and not written: the same command again brings it to its
// end, its effect takes place once, and a run of the plan goes on and finds it done.
func TestHand_cutOffAnywhere(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 6; at++ {
		for _, written := range []bool{false, true} {
			p, l := diamond(), newLab(diamond(), diamondTakes)
			store := &crashing{at: at, written: written}
			_, _ = byHand(t, p, l, store, execute.Hand{Step: "agents"}, execute.Options{})
			store.at = 0
			l.Advance(l.now.Add(time.Hour))
			f, c := byHand(t, p, l, store, execute.Hand{Step: "agents"}, execute.Options{})
			assert.Contains(t, []plan.Outcome{plan.Performed, plan.AlreadyDone}, outcome(c, "agents"), "cut at %d: %s", at, f.Why)
			assert.Equal(t, map[string]int{"agents": 1}, l.effects, "cut at %d, written %v", at, written)
			assert.Equal(t, execute.Recovered, resume(t, p, l, store, 10).Outcome)
			assert.Equal(t, 1, l.effects["agents"])
		}
	}
}

// TestHand_failsWithinItsPatience tells of a step that does not come to its end, and leaves the run to be gone on with.
func TestHand_failsWithinItsPatience(t *testing.T) {
	t.Parallel()
	p := diamond()
	l, store := newLab(p, map[string]time.Duration{"agents": 24 * time.Hour}), &journal.Memory{}
	f, c := byHand(t, p, l, store, execute.Hand{Step: "agents"}, execute.Options{})
	assert.Equal(t, plan.Failed, outcome(c, "agents"))
	assert.Equal(t, execute.Stopped, f.Outcome)
	assert.Contains(t, f.Why, "step agents: not done after ")
	l.Advance(l.now.Add(24 * time.Hour))
	_, c = byHand(t, p, l, store, execute.Hand{Step: "agents"}, execute.Options{})
	assert.Equal(t, plan.AlreadyDone, outcome(c, "agents"))
	assert.Equal(t, 1, l.effects["agents"])
}

// TestHand_aProofThatFailedIsTriedAgainByARun lets a run prove what a person tried to prove too early.
func TestHand_aProofThatFailedIsTriedAgainByARun(t *testing.T) {
	t.Parallel()
	p := diamond()
	l, store := newLab(p, diamondTakes), &journal.Memory{}
	l.takes["probe"] = 24 * time.Hour
	early := map[string]execute.Override{"move": {By: "ann", Reason: "a trial"}}
	f, c := byHand(t, p, l, store, execute.Hand{Step: "probe", Without: early}, execute.Options{})
	assert.Equal(t, plan.Failed, outcome(c, "probe"))
	assert.Equal(t, execute.Stopped, f.Outcome)
	delete(l.done, "probe")
	l.takes["probe"], l.tokens = time.Second, map[string]bool{}
	assert.Equal(t, execute.Recovered, resume(t, p, l, store, 10).Outcome)
}

// TestHand_knowsWhatWasDoneBeforeItIsUndone: what somebody did elsewhere, and a later step undid, is not done again.
func TestHand_knowsWhatWasDoneBeforeItIsUndone(t *testing.T) {
	t.Parallel()
	proof := stepOf("proof", "start")
	proof.Role = plan.Prove
	p := planOf(stepOf("pause"), stepOf("stop", "pause"), stepOf("mend", "stop"), stepOf("start", "mend"), proof)
	l, store := newLab(p, nil), &journal.Memory{}
	l.done["pause"], l.done["stop"] = l.now, l.now
	_, c := byHand(t, p, l, store, execute.Hand{Step: "mend"}, execute.Options{})
	assert.Equal(t, plan.AlreadyDone, outcome(c, "pause"), "behind what it needs")
	delete(l.done, "pause")
	delete(l.done, "stop")
	l.done["start"] = l.now
	l.done["proof"] = l.now
	f, _ := byHand(t, p, l, store, execute.Hand{Step: "proof"}, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, "a proof that holds looks at the rest: %s", f.Why)
	assert.Equal(t, map[string]int{"mend": 1}, l.effects)
}
