package assess

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	forecast "redoubt/assess"
	"redoubt/system"
)

// TestWhatIf_changesWhatItChanges tries each change of the example with the same seeds.
func TestWhatIf_changesWhatItChanges(t *testing.T) {
	t.Parallel()
	on := base(t)
	variants, err := on.Variants()
	require.NoError(t, err)
	var r forecast.Report
	require.NoError(t, r.Compare(context.Background(), on, variants, forecast.Options{Recoveries: 40, Seed: 5}))
	gain := func(change, tier string) (sooner time.Duration, held float64) {
		for _, w := range r.WhatIfs {
			for _, g := range w.Tiers {
				if strings.Contains(w.Change, change) && g.Tier == tier {
					return time.Duration(g.Before) - time.Duration(g.After), g.HeldAfter - g.HeldBefore
				}
			}
		}
		t.Fatalf("nobody tried %s for %s", change, tier)
		return 0, 0
	}
	sooner, held := gain("automatic trigger", "core")
	assert.Greater(t, sooner, 30*time.Minute, "what a person takes at the 95th percentile, or nearly")
	assert.Greater(t, held, 0.5)
	soon, _ := gain("within 5 minutes", "core")
	assert.Equal(t, 5*time.Minute, sooner-soon)
	sooner, _ = gain("endpoint checks", "edge")
	assert.Equal(t, 20*time.Second, sooner, "10 s instead of 30 s until a check turns")
	sooner, _ = gain("endpoint checks", "core")
	assert.Zero(t, sooner, "no check moves what a person moves")
	sooner, _ = gain("capacity: running", "core")
	assert.GreaterOrEqual(t, sooner, time.Duration(0))
}

// TestAssess_seesAPromiseThatCannotBeKept tightens an objective of the example.
func TestAssess_seesAPromiseThatCannotBeKept(t *testing.T) {
	t.Parallel()
	on := base(t)
	for n := range on.System.Tiers {
		if on.System.Tiers[n].Name == "core" {
			want := on.System.Tiers[n].Objectives[system.RegionLoss]
			want.RTO = 3 * time.Minute
			on.System.Tiers[n].Objectives[system.RegionLoss] = want
		}
	}
	r, err := forecast.Assess(context.Background(), on, forecast.Options{Recoveries: 40, Seed: 5, Only: []system.Disruption{system.RegionLoss}})
	require.NoError(t, err)
	missed := r.Missed()
	require.Len(t, missed, 1)
	assert.Contains(t, missed[0], "tier core, loss of a region: the RTO of 3m holds in ")
	assert.Contains(t, missed[0], "what takes the time is promote-tasks")
}
