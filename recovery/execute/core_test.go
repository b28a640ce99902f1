package execute_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func chain() plan.Plan { return planOf(stepOf("one"), stepOf("two", "one"), stepOf("three", "two")) }

var chainTakes = map[string]time.Duration{"one": minutes(2), "two": minutes(3), "three": minutes(1)}

func run(t *testing.T, p plan.Plan, l *lab, o execute.Options) (execute.Finish, []journal.Record) {
	t.Helper()
	o.Run, o.Generation = "r", 1
	store := &journal.Memory{}
	f, err := drive(l, execute.New(p, o), execute.Virtual{Store: store})
	require.NoError(t, err)
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	return f, records
}

func TestCore_followsTheOrderAndLosesNoTime(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes)
	f, records := run(t, chain(), l, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome)
	assert.Empty(t, l.early)
	assert.Equal(t, minutes(6), l.now.Sub(start), "without polling a run takes what its steps take")
	assert.Equal(t, journal.Started, records[0].Kind)
	assert.Equal(t, journal.Finished, records[len(records)-1].Kind)
}

func TestCore_performsNothingBeforeItsRecordIsSafe(t *testing.T) {
	t.Parallel()
	c := execute.New(chain(), execute.Options{Run: "r"})
	first := c.Start(start)
	require.Len(t, first, 3, "the run, the step, the question: %v", first)
	asked := c.Step(start, execute.Checked{At: "one", Answer: plan.NotDone})
	require.Len(t, asked, 1)
	intent := *asked[0].(execute.Append).Record
	assert.Equal(t, journal.Intended, intent.Kind)
	assert.Equal(t, "token-one", intent.Token)
	assert.Empty(t, c.Step(start, execute.Synced{Seq: intent.Seq - 1}), "an older record is safe, this one is not")
	acts := c.Step(start, execute.Synced{Seq: intent.Seq})
	require.Len(t, acts, 1)
	assert.Equal(t, "one", acts[0].(execute.Perform).Step)
}

func TestCore_runsSideBySideUpToItsBound(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("a"), stepOf("b"), stepOf("c"), stepOf("d"))
	takes := map[string]time.Duration{"a": minutes(4), "b": minutes(4), "c": minutes(4), "d": minutes(4)}
	for bound, want := range map[int]time.Duration{0: minutes(4), 1: minutes(16), 2: minutes(8)} {
		l := newLab(p, takes)
		f, _ := run(t, p, l, execute.Options{Parallel: bound})
		assert.Equal(t, execute.Recovered, f.Outcome)
		assert.Equal(t, want, l.now.Sub(start), "bound %d", bound)
	}
}

func TestCore_callsNothingThatIsDone(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes)
	for _, s := range chain().Steps {
		l.done[s.ID] = start
	}
	f, _ := run(t, chain(), l, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome)
	assert.Zero(t, l.calls)
}

func TestCore_callsAnewWhatItIsTold(t *testing.T) {
	t.Parallel()
	l, opts := newLab(chain(), chainTakes), execute.Options{Anew: map[string]bool{"two": true}}
	run(t, chain(), l, execute.Options{})
	done := l.calls
	_, records := run(t, chain(), l, opts)
	assert.Equal(t, done+1, l.calls, "all is done, and step two is called all the same")
	for cut := range records { // what was called anew once is not called again
		c, err := execute.Restore(chain(), execute.Options{Run: "r", Generation: 1, Anew: opts.Anew}, records[:cut])
		require.NoError(t, err)
		before := l.calls
		_, err = drive(l, c, execute.Virtual{Store: storeOf(t, records[:cut])})
		require.NoError(t, err)
		intended := slices.ContainsFunc(records[:cut], func(r journal.Record) bool { return r.Kind == journal.Intended })
		assert.Equal(t, intended, l.calls == before, "cut at %d", cut)
	}
}

func storeOf(t *testing.T, records []journal.Record) *journal.Memory {
	t.Helper()
	store := &journal.Memory{}
	for _, r := range records {
		require.NoError(t, store.Append(t.Context(), r))
	}
	return store
}

func TestCore_neverActsWhenItCannotTell(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes, mishap{"one", "check", 1, 1e6, "silent"})
	f, _ := run(t, chain(), l, execute.Options{Poll: time.Minute})
	assert.Equal(t, execute.Stopped, f.Outcome)
	assert.Contains(t, f.Why, "step one: cannot tell after 30m0s")
	assert.Zero(t, l.calls)
}

func TestCore_survivesWhatPasses(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"throttled", "conflict", "not-found", "unreachable", "lost"} {
		l := newLab(chain(), chainTakes, mishap{"two", "call", 1, 3, what})
		f, _ := run(t, chain(), l, execute.Options{Poll: 10 * time.Second, Seed: 7})
		assert.Equal(t, execute.Recovered, f.Outcome, what)
		assert.Equal(t, map[string]int{"one": 1, "two": 1, "three": 1}, l.effects, what)
	}
}

func TestCore_stopsAtWhatDoesNotPass(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes, mishap{"two", "call", 1, 9, "denied"})
	f, _ := run(t, chain(), l, execute.Options{})
	assert.Equal(t, execute.Stopped, f.Outcome)
	assert.Contains(t, f.Why, "step two: lab.DoStep in the primary home: denied")
	assert.Equal(t, 2, l.calls, "it was called once, and what follows was not")
}

func TestCore_goesOnWithoutABestEffort(t *testing.T) {
	t.Parallel()
	fence, probe := stepOf("fence"), stepOf("probe", "move")
	fence.OnFailure, probe.OnFailure = plan.Continue, plan.Report
	p := planOf(fence, stepOf("move", "fence"), probe)
	takes := map[string]time.Duration{"fence": 0, "move": minutes(1), "probe": 0}

	l := newLab(p, takes, mishap{"fence", "call", 1, 9, "denied"})
	f, _ := run(t, p, l, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome)
	assert.Contains(t, f.Why, "without step fence", "it does not hide what it went without")

	l = newLab(p, takes, mishap{"probe", "call", 1, 9, "denied"})
	f, _ = run(t, p, l, execute.Options{})
	assert.Equal(t, execute.Unproven, f.Outcome)
	assert.Contains(t, f.Why, "step probe")
}

func gated(g plan.Gate) plan.Plan {
	p := chain()
	g.Title, g.Why, g.Timeout = "a gate", "a test", plan.Duration(time.Minute)
	p.Gates = []plan.Gate{g}
	p, err := plan.New(p)
	if err != nil {
		panic(err)
	}
	return p
}

func lagGate() plan.Gate {
	return plan.Gate{ID: "lag", Overridable: true, Condition: &plan.Condition{
		Call: plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "lab", Operation: "LookAtStep",
			Input: plan.Document{"Step": "lag"}},
		All: []plan.Expect{{Path: "Done", Op: plan.Is, Value: true}},
	}}
}

func TestGate_refusesBeforeAnythingIsCalled(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes)
	f, _ := run(t, gated(lagGate()), l, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	assert.Contains(t, f.Why, "gate lag: not done: Done is false")
	assert.Zero(t, l.calls)

	l = newLab(chain(), chainTakes, mishap{"lag", "check", 1, 1e6, "silent"})
	f, _ = run(t, gated(lagGate()), l, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome, "what nobody can tell is no permission")
	assert.Equal(t, time.Minute, l.now.Sub(start), "it was asked as long as the gate allows")
}

func TestGate_isSetAsideOnlyByNameAndReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		override    execute.Override
		overridable bool
		want        execute.Outcome
	}{
		{execute.Override{By: "ann", Reason: "the region burns"}, true, execute.Recovered},
		{execute.Override{By: "ann"}, true, execute.Refused},
		{execute.Override{Reason: "the region burns"}, true, execute.Refused},
		{execute.Override{By: "ann", Reason: "the region burns"}, false, execute.Refused},
	} {
		g := lagGate()
		g.Overridable = c.overridable
		l := newLab(chain(), chainTakes)
		f, records := run(t, gated(g), l, execute.Options{Overrides: map[string]execute.Override{"lag": c.override}})
		assert.Equal(t, c.want, f.Outcome, "%+v", c)
		if c.want == execute.Recovered {
			assert.Equal(t, execute.Overridden, records[1].Result)
			assert.Equal(t, "ann", records[1].By)
			assert.Contains(t, records[1].Why, "the region burns")
		}
	}
}

func TestGate_letsAPersonDecide(t *testing.T) {
	t.Parallel()
	p := gated(plan.Gate{ID: "approval"})
	for _, allowed := range []bool{true, false} {
		l, store := newLab(p, chainTakes), &journal.Memory{}
		f, err := drive(l, execute.New(p, execute.Options{Run: "r"}), execute.Virtual{
			Store:  store,
			Decide: func(g plan.Gate) execute.Decided { return execute.Decided{Gate: g.ID, Allowed: allowed, By: "ann"} },
		})
		require.NoError(t, err)
		records, err := store.Load(t.Context(), "r")
		require.NoError(t, err)
		assert.Equal(t, "ann", records[1].By)
		assert.Equal(t, allowed, f.Outcome == execute.Recovered, "%v", f)
		assert.Equal(t, allowed, l.calls > 0)
	}
}

func TestInterrupt_finishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	for hard, takes := range map[bool]time.Duration{false: minutes(2), true: 0} {
		l, store := newLab(chain(), chainTakes), &journal.Memory{}
		once := true
		f, err := drive(l, execute.New(chain(), execute.Options{Run: "r", Generation: 1}), execute.Virtual{
			Store: store,
			Before: func(cmd execute.Command) (execute.Event, error) {
				if _, armed := cmd.(execute.Arm); armed && once { // step one is under way
					once = false
					return execute.Interrupted{Hard: hard}, nil
				}
				return nil, nil
			},
		})
		require.NoError(t, err)
		assert.Equal(t, execute.Stopped, f.Outcome)
		assert.Equal(t, 1, l.calls)
		assert.Equal(t, takes, l.now.Sub(start), "hard %v", hard)

		records, err := store.Load(t.Context(), "r")
		require.NoError(t, err)
		c, err := execute.Restore(chain(), execute.Options{Generation: 2}, records)
		require.NoError(t, err)
		f, err = drive(l, c, execute.Virtual{Store: store})
		require.NoError(t, err)
		assert.Equal(t, execute.Recovered, f.Outcome, "it is resumed")
		assert.Equal(t, map[string]int{"one": 1, "two": 1, "three": 1}, l.effects)
	}
}

func TestVirtual_theEndOfItsContextLetsStepsEnd(t *testing.T) {
	t.Parallel()
	l, store := newLab(chain(), chainTakes), &journal.Memory{}
	ctx, end := context.WithCancel(t.Context())
	v := execute.Virtual{Time: l, Port: l, Store: store, See: func(_ time.Time, cmd execute.Command) {
		if p, is := cmd.(execute.Perform); is && p.Step == "two" {
			end()
		}
	}}
	f, err := v.Run(ctx, execute.New(chain(), execute.Options{Run: "r", Generation: 1}))
	require.NoError(t, err)
	assert.Equal(t, execute.Finish{Outcome: execute.Stopped, Why: "interrupted"}, f)
	assert.Equal(t, minutes(5), l.now.Sub(start), "step two came to its end")
	assert.Equal(t, map[string]int{"one": 1, "two": 1}, l.effects)
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	assert.Equal(t, journal.Paused, records[len(records)-1].Kind)
}

func TestLeaseLost_endsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(chain(), chainTakes)
	performed := 0
	f, err := drive(l, execute.New(chain(), execute.Options{Run: "r"}), execute.Virtual{
		Store: &journal.Memory{},
		Before: func(cmd execute.Command) (execute.Event, error) {
			if p, ok := cmd.(execute.Perform); ok {
				performed++
				if p.Step == "two" {
					return execute.LeaseLost{Why: "bob holds it"}, nil
				}
			}
			return nil, nil
		},
	})
	require.NoError(t, err)
	assert.Equal(t, execute.Finish{Outcome: execute.Stopped, Why: "the lease was lost: bob holds it"}, f)
	assert.Equal(t, 2, performed, "step three was never called")
}

func TestRestore_refusesWhatIsNotItsRun(t *testing.T) {
	t.Parallel()
	_, records := run(t, chain(), newLab(chain(), chainTakes), execute.Options{})
	_, err := execute.Restore(planOf(stepOf("other")), execute.Options{Generation: 1}, records)
	require.ErrorContains(t, err, "this is plan")
	_, err = execute.Restore(chain(), execute.Options{Generation: 0}, records)
	require.ErrorContains(t, err, "lease generation 1, this run holds 0")
	c, err := execute.Restore(chain(), execute.Options{Generation: 2}, records)
	require.NoError(t, err)
	f, done := c.Finished()
	assert.True(t, done)
	assert.Equal(t, execute.Recovered, f.Outcome, "a run that has recovered says so again")
}

// Something that is not there yet is not done: a restore's first look finds
// nothing, and acts.
func TestCore_actsWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	p := planOf(stepOf("restore"))
	l := newLab(p, map[string]time.Duration{"restore": minutes(5)},
		mishap{Step: "restore", On: "check", Nth: 1, Until: 3, What: "absent"})
	f, err := drive(l, execute.New(p, execute.Options{Run: "r", Generation: 1, Poll: time.Minute}),
		execute.Virtual{Store: &journal.Memory{}})
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Equal(t, map[string]int{"restore": 1}, l.effects)
	assert.Equal(t, start.Add(minutes(5)), l.now, "it acted at the first look")
}

// hasty is a time that always says that something changes now.
type hasty struct {
	*lab
	asked int
}

func (h *hasty) NextChange() (time.Time, bool) {
	h.asked++
	return h.now, h.asked < 1000
}

func TestVirtual_aChangeThatIsNowDoesNotHoldTheTime(t *testing.T) {
	t.Parallel()
	l := &hasty{lab: newLab(chain(), chainTakes)}
	v := execute.Virtual{Time: l, Port: l, Store: &journal.Memory{}}
	f, err := v.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Generation: 1}))
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Less(t, l.asked, 100, "each question lets time pass")
}

// TestVirtual_drivesAnotherRunAfterOneThatWasCutOff leaves a run with timers, questions and events, and compares the next with
// one of a driver that is new.
func TestVirtual_drivesAnotherRunAfterOneThatWasCutOff(t *testing.T) {
	t.Parallel()
	run := func(v *execute.Virtual) (records []journal.Record, commands int) {
		l, store := newLab(chain(), chainTakes), &journal.Memory{}
		v.Time, v.Port, v.Store, v.Before = l, l, store, nil
		v.See = func(time.Time, execute.Command) { commands++ }
		f, err := v.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r"}))
		require.NoError(t, err)
		require.Equal(t, execute.Recovered, f.Outcome)
		records, err = store.Load(t.Context(), "r")
		require.NoError(t, err)
		return records, commands
	}
	want, commands := run(&execute.Virtual{})
	wide := planOf(stepOf("one"), stepOf("two"), stepOf("three"))
	for cut := 1; cut < 30; cut++ {
		v := &execute.Virtual{Store: &journal.Memory{}}
		l, seen := newLab(wide, chainTakes), 0
		v.Time, v.Port = l, l
		v.Before = func(execute.Command) (execute.Event, error) {
			switch seen++; seen {
			case cut - 1:
				return execute.Interrupted{}, nil // which may never be told
			case cut:
				return nil, execute.ErrCut
			}
			return nil, nil
		}
		_, err := v.Run(t.Context(), execute.New(wide, execute.Options{Run: "r"}))
		require.ErrorIs(t, err, execute.ErrCut, "at command %d", cut)
		got, gave := run(v)
		require.Equal(t, want, got, "after a cut at command %d", cut)
		require.Equal(t, commands, gave, "after a cut at command %d", cut)
	}
}
