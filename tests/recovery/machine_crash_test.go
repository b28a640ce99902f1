//go:build apps

package recovery

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/repeat"
	"redoubt/recovery/plan"
)

// TestMachine_survivesCrashes lets the function die in the middle of its turns, and after them before it answers: when the
// run opens and closes, when a gate is looked at or a decision taken in, when it is asked what may begin, and at most twice
// for each step. The end is that of a run, and each store is where it should be.
func TestMachine_survivesCrashes(t *testing.T) {
	i := theInterpreter(t)
	seed := repeat.Seed(t)
	dies := dice{rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // a test
	for _, c := range []struct {
		scene      string
		definition func(plan.Plan) (string, error)
		at         func(testing.TB, plan.Plan) map[string]crash
	}{
		{"writer-loss", machine.Of, dies.inSteps},
		{"region-loss", machine.Of, dies.whereStepsEnd},
		{"switchover", deployed, dies.betweenSteps}, // its gates ask people
	} {
		t.Run(c.scene, func(t *testing.T) {
			l, p := scenes[c.scene](t)
			want, _ := ran(t, l, p)
			definition, err := c.definition(p)
			require.NoError(t, err)
			crashes := c.at(t, p)
			planned := len(crashes)
			got, e, _ := i.walked(t, l, p, "crash", definition, crashes)
			require.Equal(t, "SUCCEEDED", e.status, "%+v", e)
			assert.Equal(t, want, got)
			i.asks(t, p)
			i.mayAll(t)
			t.Logf("%d crashes of %d invocations", planned-len(i.crashes), i.calls)
			for left := range i.crashes { // a step that takes one turn has no second one
				assert.True(t, strings.HasPrefix(left, "step "), "the function did not die in %q", left)
			}
			assert.Greater(t, planned-len(i.crashes), len(p.Gates)+2, "the function died")
		})
	}
}

// dice says where the function dies.
type dice struct{ *rand.Rand }

// twice lets it die in the middle of a turn, and after it before it answers.
func (d dice) twice(crashes map[string]crash, turn string) {
	crashes[turn+" 0"], crashes[turn+" 1"] = crash{calls: d.IntN(8)}, crash{calls: whole}
}

// betweenSteps lets it die in what is no step.
func (d dice) betweenSteps(_ testing.TB, p plan.Plan) map[string]crash {
	crashes := map[string]crash{"open  0": {calls: whole}, "close  0": {calls: 8}}
	d.twice(crashes, "next ")
	for _, g := range p.Gates {
		d.twice(crashes, "gate "+g.ID)
	}
	return crashes
}

// inSteps lets it die in every step, too. The machine of one plan never asks what may begin.
func (d dice) inSteps(t testing.TB, p plan.Plan) map[string]crash {
	crashes := d.betweenSteps(t, p)
	delete(crashes, "next  0")
	delete(crashes, "next  1")
	for _, s := range p.Steps {
		crashes["step "+s.ID+" 0"] = crash{calls: d.IntN(30)}
		if d.IntN(2) == 0 {
			crashes["step "+s.ID+" 1"] = crash{calls: whole}
		}
	}
	return crashes
}

// whereStepsEnd is inSteps with a step for which no turn can be taken, and the function dies while it is given up. It is
// one that fails in a run, too, which goes on without it.
func (d dice) whereStepsEnd(t testing.TB, p plan.Plan) map[string]crash {
	crashes := d.inSteps(t, p)
	for _, s := range p.Steps {
		if s.OnFailure == plan.Continue && s.Call.Home == p.Lost {
			crashes["step "+s.ID+" 0"] = crash{name: "Unfit"}
			delete(crashes, "step "+s.ID+" 1")
			d.twice(crashes, "abandon "+s.ID)
			return crashes
		}
	}
	require.Fail(t, "no step of the plan may fail")
	return nil
}
