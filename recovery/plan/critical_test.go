package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/timings"
)

// timed is a step that takes a known time.
func timed(id string, budget timings.ID, role plan.Role, needs ...string) plan.Step {
	s := step(id, needs...)
	s.Budget, s.Role = budget, role
	return s
}

func TestCritical_isTheLongestWayToTheProof(t *testing.T) {
	t.Parallel()
	const long, short, words = timings.AuroraInregionFailover, timings.R53TTL, timings.AuroraGlobalFailoverDoc
	takes := func(id timings.ID) time.Duration {
		d, known := timings.Get(id).Typical()
		require.True(t, known, id)
		return d
	}
	require.Less(t, takes(long), takes(short), "the test's own figures")
	p, err := plan.New(plans(
		timed("quick", long, plan.Data),
		timed("slow", short, plan.Data),
		timed("unsaid", words, plan.Data),
		timed("traffic", short, plan.Traffic, "quick", "slow", "unsaid"),
		timed("proof", long, plan.Prove, "traffic"),
		timed("later", short, plan.Settle, "proof"),
		timed("unsaid-later", words, plan.Settle, "proof"),
	))
	require.NoError(t, err)
	got := p.Critical()
	assert.Equal(t, []string{"slow", "traffic", "proof"}, got.Steps)
	assert.Equal(t, 2*takes(short)+takes(long), got.Takes)
	assert.Equal(t, []string{"unsaid"}, got.Unknown)
}

func TestCritical_endsWhereUsersAreServed(t *testing.T) {
	t.Parallel()
	const figure = timings.R53TTL
	for name, c := range map[string]struct {
		steps []plan.Step
		want  []string
	}{
		"nothing proves": {[]plan.Step{timed("a", figure, plan.Data), timed("b", figure, plan.Traffic, "a"),
			timed("c", figure, plan.Settle, "b")}, []string{"a", "b"}},
		"nothing moves": {[]plan.Step{timed("a", figure, plan.Data), timed("c", figure, plan.Settle, "a")}, []string{"a", "c"}},
		"words only":    {[]plan.Step{timed("a", timings.AuroraGlobalFailoverDoc, plan.Data)}, []string{"a"}},
	} {
		p, err := plan.New(plans(c.steps...))
		require.NoError(t, err, name)
		assert.Equal(t, c.want, p.Critical().Steps, name)
	}
}
