package conduct_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/internal/plantest"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

const good, lost, flaps = "gggggggggggg", "ggbbbbbbbbbb", "gbgbgbgbgbgb"

// watching is the secondary home before the arbiter's table, whose region's quorum has lost the primary home, with the
// executions that it starts, as Step Functions keeps their names.
type watching struct {
	*cloud
	conduct.Handler
	started map[string]string
	calls   int
	fail    error
}

func watch(t *testing.T) *watching {
	t.Helper()
	c, h := planning(t, "region-loss"+plantest.Between, system.Secondary)
	for of, home := range c.request.Inventory.Homes {
		home.Control.Machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:atlas-recover-" + string(of)
		raw, err := inventory.Encode(inventory.New("atlas", of, home))
		require.NoError(t, err)
		c.objects[inventory.ObjectKey(of)] = string(raw)
	}
	c.lost = system.Primary
	c.seen(t, map[string]string{"secondary": lost, arbiter.Name: lost})
	w := &watching{cloud: c, Handler: h, started: map[string]string{}}
	w.Start = func(_ context.Context, machine, name, input string) (bool, error) {
		w.calls++
		assert.Equal(t, "arn:aws:states:eu-central-1:123456789012:stateMachine:atlas-recover-secondary", machine)
		_, there := w.started[name]
		if w.fail == nil && !there {
			w.started[name] = input
		}
		return !there, w.fail
	}
	return w
}

// says puts a word into the arbiter's table.
func (w *watching) says(word arbiter.Word) {
	w.word = plan.Document{
		"active": plan.Document{"S": string(word.Active)}, "generation": plan.Document{"N": fmt.Sprint(word.Generation)},
		"at": plan.Document{"S": word.At.UTC().Format(time.RFC3339Nano)}, "ready": plan.Document{"S": fmt.Sprint(word.Ready)},
		"why": plan.Document{"S": word.Why}, "version": plan.Document{"N": fmt.Sprint(word.Version)},
		"judged": plan.Document{"N": fmt.Sprint(word.Judged)},
	}
}

// judged is the word by which the judge has given the work to the secondary home.
func judged(ago time.Duration) arbiter.Word {
	return arbiter.Word{Active: system.Secondary, Generation: 7, Judged: 7, At: plantest.Now.Add(-ago), Why: "lost", Version: 12}
}

func (w *watching) turn(t *testing.T) conduct.Answer {
	t.Helper()
	a, err := w.Handle(t.Context(), conduct.Request{What: conduct.Watch})
	require.NoError(t, err)
	return a
}

// TestWatch_startsOncePerDecision: however often a turn is taken, and once more after the judge's next decision.
func TestWatch_startsOncePerDecision(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.says(judged(10 * time.Second))
	assert.Equal(t, conduct.Started, w.turn(t).State)
	for range 5 {
		assert.Equal(t, "run judged-7 was started before", w.turn(t).Why)
	}
	require.Len(t, w.started, 1)
	var in conduct.Input
	require.NoError(t, json.Unmarshal([]byte(w.started["judged-7"]), &in))
	assert.Equal(t, conduct.Input{Run: "judged-7", Wanted: conduct.Wanted{
		Scenario: planner.RegionLoss, Active: system.Primary, Word: 7}}, in, "no gate is set aside")
	next := judged(time.Second)
	next.Generation, next.Judged = 9, 9
	w.says(next)
	w.turn(t)
	assert.Len(t, w.started, 2)
	assert.Empty(t, w.puts, "what starts makes no plan and takes no lease")
	assert.Empty(t, w.items)
}

// TestWatch_startsNothing without a decision of the judge that stands, and an outage that does.
func TestWatch_startsNothing(t *testing.T) {
	t.Parallel()
	byPerson, first := judged(time.Minute), arbiter.First()
	byPerson.Judged = 0
	after := judged(time.Minute) // the judge had moved it, and then a person's plan did, twice
	after.Generation = 9
	away := judged(time.Minute)
	away.Active = system.Primary
	for name, c := range map[string]struct {
		word        *arbiter.Word
		peer, third string
		why         string
	}{
		"nobody ever said a word":      {nil, lost, lost, "the word names the primary home"},
		"the first word":               {&first, lost, lost, "the word names the primary home"},
		"the word did not move here":   {&away, lost, lost, "the word names the primary home"},
		"a person moved it":            {&byPerson, lost, lost, "a person moved the word"},
		"a person moved it since":      {&after, lost, lost, "a person moved the word"},
		"it is old":                    {at(31 * time.Minute), lost, lost, "31m0s ago, more than 30m0s: a person decides"},
		"it is of a time to come":      {at(-time.Minute), lost, lost, "of a time to come"},
		"the line flaps":               {at(time.Minute), flaps, flaps, "is not lost any more"},
		"the home is back":             {at(time.Minute), good, good, "is not lost any more"},
		"one observer is left":         {at(time.Minute), lost, good, "is not lost any more"},
		"less than the quiet period":   {at(time.Minute), "gggggggggbbb", "gggggggggbbb", "is not lost any more"},
		"an observer is silent by now": {at(time.Minute), lost, "", "is not lost any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch(t)
			w.seen(t, map[string]string{"secondary": c.peer, arbiter.Name: c.third})
			if c.word != nil {
				w.says(*c.word)
			}
			a := w.turn(t)
			assert.Equal(t, conduct.Quiet, a.State)
			assert.Contains(t, a.Why, c.why)
			assert.Zero(t, w.calls)
		})
	}
}

func at(ago time.Duration) *arbiter.Word {
	w := judged(ago)
	return &w
}

func TestWatch_leavesWhatServesAlone(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.says(judged(time.Minute))
	w.taken[system.Secondary] = true
	w.lost = "" // its act on the switch is the last
	assert.Equal(t, "traffic leads here already", w.turn(t).Why)
	w = watch(t)
	w.says(judged(time.Minute))
	w.Start = nil
	assert.Contains(t, w.turn(t).Why, "nothing is started without a person")
	assert.Zero(t, w.calls)
}

// TestWatch_failsWhereItCannotTell: the turn is an error, which the next minute's is not.
func TestWatch_failsWhereItCannotTell(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.says(judged(time.Minute))
	w.fail = errors.New("throttled")
	_, err := w.Handle(t.Context(), conduct.Request{What: conduct.Watch})
	require.ErrorContains(t, err, "start run judged-7: throttled")
	w.fail, w.lost = nil, plan.Arbiter
	_, err = w.Handle(t.Context(), conduct.Request{What: conduct.Watch})
	require.ErrorContains(t, err, "read the word")
	assert.Empty(t, w.started)
}

// TestOpen_beginsNothingOnceTheWordHasMoved: between the start and the first turn a person may have moved it.
func TestOpen_beginsNothingOnceTheWordHasMoved(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.says(judged(time.Minute))
	w.Clock = clock.NewVirtual(plantest.Now)
	r := conduct.Request{What: conduct.Open, Run: "judged-7", Execution: "judged-7", Input: conduct.Input{Run: "judged-7",
		Wanted: conduct.Wanted{Scenario: planner.RegionLoss, Active: system.Primary, Word: 7}}}
	byPerson, again, away, never := judged(time.Minute), judged(time.Minute), judged(time.Minute), judged(time.Minute)
	byPerson.Generation = 8
	again.Generation, again.Judged = 9, 9 // there and back, by the judge: that is another run's
	away.Active = system.Primary
	never.Judged = 0 // somebody else than the watch started it
	for _, after := range []arbiter.Word{byPerson, again, away, never} {
		w.says(after)
		_, err := w.Handle(t.Context(), r)
		var unfit conduct.Unfit
		require.ErrorAs(t, err, &unfit)
		require.ErrorContains(t, err, "started for word 7")
		assert.Empty(t, w.puts)
	}
	w.says(judged(time.Minute))
	a, err := w.Handle(t.Context(), r)
	require.NoError(t, err)
	assert.Empty(t, a.Approvals, "the loss of a region asks nobody where a quorum has seen it")
	assert.Equal(t, []string{plan.ObjectKey("judged-7"), plan.LastKey}, w.puts)
}
