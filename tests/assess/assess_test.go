// Package assess tries the forecast on both homes of the example.
package assess

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	forecast "redoubt/assess"
	"redoubt/inventory"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
)

func base(t testing.TB) forecast.Base {
	t.Helper()
	h := homes.Standing(t)
	inv := h.Inventory(t)
	return forecast.Base{System: homes.System(t), Active: system.Primary, World: drive.World{World: h.World, Inventory: inv,
		Regions: map[system.Home]string{system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}}}
}

// TestAssess_withAnArbiter: its table is there, keepers act on the word, and what that takes is in the forecast.
func TestAssess_withAnArbiter(t *testing.T) {
	t.Parallel()
	b := base(t)
	for name, home := range b.World.Inventory.Homes {
		home.Control.Arbiter = &inventory.Arbiter{Region: "eu-north-1", Table: "atlas-arbiter"}
		b.World.Inventory.Homes[name] = home
	}
	o := forecast.Options{Recoveries: 40, Seed: 7, Only: []system.Disruption{system.RegionLoss}}
	with, err := forecast.Assess(context.Background(), b, o)
	require.NoError(t, err)
	without, err := forecast.Assess(context.Background(), base(t), o)
	require.NoError(t, err)
	require.NotEmpty(t, with.Disruptions[0].Tiers)
	for n, f := range with.Disruptions[0].Tiers {
		assert.True(t, f.Holds(), "%s: %+v", f.Tier, f)
		assert.GreaterOrEqual(t, f.RTO.P50, without.Disruptions[0].Tiers[n].RTO.P50, "%s waits for the lease, too", f.Tier)
	}
}

// Who cancels a forecast waits for no more than the recoveries under way.
func TestAssess_isCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(300*time.Millisecond, cancel)
	began := time.Now()
	_, err := forecast.Assess(ctx, base(t), forecast.Options{Recoveries: 1_000_000, Seed: 7, Workers: 3})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(began), time.Minute, "a million take minutes")
}

func TestAssess_sameSeedSameBytes(t *testing.T) {
	t.Parallel()
	var kept []byte
	for _, workers := range []int{1, 3, 12} { // of the last, some share a scenario
		began := time.Now()
		r, err := forecast.Assess(context.Background(), base(t), forecast.Options{Recoveries: 40, Seed: 7, Workers: workers})
		require.NoError(t, err)
		raw, err := json.Marshal(r)
		require.NoError(t, err)
		t.Logf("%d workers: %s\n%s", workers, time.Since(began), r.Markdown())
		if kept != nil {
			assert.JSONEq(t, string(kept), string(raw))
		}
		kept = raw
	}
}
