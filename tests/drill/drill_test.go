// Package drill tries the drills on both homes of the example.
package drill

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/sim/drive"
	"redoubt/sim/place"
	"redoubt/system"
	"redoubt/tests/homes"
)

// scenario is one of those that come with Redoubt.
func scenario(t testing.TB, name string) drill.Scenario {
	t.Helper()
	all, err := drill.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no scenario %s", name)
	return drill.Scenario{}
}

// at is a drill on a fork of the homes.
func at(t testing.TB, h *homes.Homes, s drill.Scenario, seed uint64) *drill.Drill {
	t.Helper()
	inv, sys := h.Inventory(t), homes.System(t)
	w := drive.World{World: h.World, Inventory: inv, Regions: map[system.Home]string{
		system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}}
	p, err := place.New(w, sys, system.Primary, seed)
	require.NoError(t, err)
	return &drill.Drill{Place: p, Scenario: s, System: sys, Inventory: inv, Active: system.Primary, Seed: seed}
}

func run(t testing.TB, d *drill.Drill) drill.Report {
	t.Helper()
	r, err := d.Run(context.Background())
	require.NoError(t, err)
	return r
}

// show logs what a drill found.
func show(t testing.TB, r drill.Report) {
	t.Helper()
	t.Logf("%s, seed %d: found %s; plan %s %s", r.Scenario, r.Seed, r.Found, r.Plan.Outcome, r.Plan.Why)
	for _, one := range r.Tiers {
		t.Logf("  tier %s: %s of %s, lost %s of %s", one.Name, one.Took, one.RTO, one.Lost, one.RPO)
	}
	for _, one := range r.Stores {
		t.Logf("  store %s: %d of %d lost, %d twice: %s", one.Name, one.Loss.Lost, one.Loss.Acknowledged, one.Loss.Duplicates,
			one.Loss.RPO)
	}
	for _, why := range r.Wrong {
		t.Logf("  wrong: %s", why)
	}
	if r.Failback != nil {
		show(t, *r.Failback)
	}
}

// done are the drills that were made there and back, each once, by scenario.
var done sync.Map

// thereAndBack is a drill of a scenario and of its way back, with typical durations.
func thereAndBack(t testing.TB, s drill.Scenario) drill.Report {
	t.Helper()
	once, _ := done.LoadOrStore(s.Name, sync.OnceValue(func() drill.Report {
		d := at(t, homes.Standing(t), s, 0)
		d.Return = true
		return run(t, d)
	}))
	return once.(func() drill.Report)()
}

// TestDrills_passOnTheExample runs every scenario there and back, with typical durations.
func TestDrills_passOnTheExample(t *testing.T) {
	t.Parallel()
	all, err := drill.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r := thereAndBack(t, s)
			show(t, r)
			if s.Accepts == "" {
				assert.Empty(t, r.Wrong)
			}
			if r.Failback != nil {
				assert.Empty(t, r.Failback.Wrong)
			}
			assert.Equal(t, s.Back.Plan != "", r.Failback != nil)
		})
	}
}
