package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestRegionLoss_takesTheTimeThatItsSeedDraws recovers in worlds that draw.
func TestRegionLoss_takesTheTimeThatItsSeedDraws(t *testing.T) {
	t.Parallel()
	took := func(seed uint64) time.Duration {
		l := standing(t)
		require.NoError(t, l.Draw(seed))
		l.Break(t, "region-down "+homes.Ireland)
		l.Wait(2 * time.Minute)
		start := l.Now()
		p := l.plan(t, planner.Request{Scenario: planner.RegionLoss, Goal: planner.Goal{Active: system.Primary},
			Finding: l.lost(system.Primary)})
		f := l.run(t, p, execute.Options{})
		require.Equal(t, execute.Recovered, f.Outcome, "seed %d: %s", seed, f.Why)
		return l.Now().Sub(start)
	}
	seen := map[time.Duration]bool{}
	for seed := range uint64(4) {
		seen[took(seed)] = true
	}
	assert.Greater(t, len(seen), 2, "each seed takes its own time")
	assert.Equal(t, took(2), took(2), "and the same each time")
}
