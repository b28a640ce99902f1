package timings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/timings"
)

func TestPrior_groundsExistAndItSaysAssumed(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, timings.PriorIDs())
	for _, id := range timings.PriorIDs() {
		p := timings.Prior(id)
		assert.Contains(t, p.String(), "assumed", id)
		assert.Less(t, p.P50, p.P95, id)
		assert.Positive(t, p.P50, id)
		assert.NotEmpty(t, p.GroundedOn, "%s rests on nothing", id)
		for _, ground := range p.GroundedOn {
			_, ok := timings.Lookup(string(ground))
			assert.True(t, ok, "%s rests on %s, which is not in timings.yaml", id, ground)
		}
	}
}

func TestQuantile_passesThroughItsPercentilesAndRises(t *testing.T) {
	t.Parallel()
	for _, id := range timings.PriorIDs() {
		p := timings.Prior(id)
		assert.InDelta(t, p.P50.Seconds(), p.Quantile(0.5).Seconds(), 1e-6, id)
		assert.InDelta(t, p.P95.Seconds(), p.Quantile(0.95).Seconds(), 1e-6, id)
		last := time.Duration(-1)
		for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999} {
			assert.Greater(t, p.Quantile(q), last, "%s at %v", id, q)
			last = p.Quantile(q)
		}
	}
}

func TestQuantile_refusesWhatIsNoShare(t *testing.T) {
	t.Parallel()
	p := timings.Prior(timings.PriorHumanDecision)
	assert.Panics(t, func() { p.Quantile(1) })
	assert.Panics(t, func() { p.Quantile(-0.1) })
}
