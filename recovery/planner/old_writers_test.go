package planner_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestOldWriters_areThoseBeyondAStandbysSize(t *testing.T) {
	t.Parallel()
	inv := inventory.Inventory{Homes: map[system.Home]inventory.Home{
		system.Primary: {Agents: map[string]inventory.Agent{"worker": {Standby: 9}, "planner": {Standby: 6}, "archivist": {}}},
	}}
	runs := func(n int) plan.Document { return plan.Document{"status": plan.Document{"replicas": float64(n)}} }
	got := planner.OldWriters(inv, system.Secondary, map[string]plan.Document{
		"worker": runs(12), "planner": runs(6), "archivist": runs(1), "idle": {"status": plan.Document{}}})
	assert.Equal(t, []string{"archivist", "worker"}, got)
	assert.Empty(t, planner.OldWriters(inv, system.Secondary, map[string]plan.Document{"worker": runs(9)}))
}

func TestFailback_isRefusedWhileOldWritersRun(t *testing.T) {
	t.Parallel()
	p, err := made(t, "failback", func(r *planner.Request) { r.Seen.OldWriters = []string{"planner", "worker"} })
	require.NoError(t, err)
	n := slices.IndexFunc(p.Gates, func(g plan.Gate) bool { return g.ID == planner.OldWritersGate })
	require.GreaterOrEqual(t, n, 0)
	assert.True(t, p.Gates[n].Overridable)
	assert.Equal(t, "more of planner, worker runs in the primary home than a standby keeps, while the secondary home serves: plan rebuild first",
		p.Gates[n].Reason)
	p, err = made(t, "failback", func(*planner.Request) {})
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(p.Gates, func(g plan.Gate) bool { return g.ID == planner.OldWritersGate }))
}
