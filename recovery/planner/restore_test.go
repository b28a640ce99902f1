package planner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

func TestRestore_refusesATimeThatLosesTooMuch(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-table")
	require.NoError(t, err)
	assert.Contains(t, gates(p), "approval")
	assert.NotContains(t, gates(p), "loss")
	assert.NotContains(t, gates(p), "window")
	p, err = made(t, "restore-table", func(r *planner.Request) { r.Goal.At = r.Now.Add(-11 * time.Minute) })
	require.NoError(t, err)
	assert.Equal(t, "store sessions goes back by 11m0s, and its objective allows 10m0s", gates(p)["loss"].Reason)
	assert.True(t, gates(p)["loss"].Overridable)
}

func TestRestore_refusesATimeThatTheBackupsDoNotReach(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"restore-table", "restore-ledger", "restore-database"} {
		for _, back := range []time.Duration{time.Minute, 40 * 24 * time.Hour} {
			p, err := made(t, name, func(r *planner.Request) { r.Goal.At = r.Now.Add(-back) })
			require.NoError(t, err)
			assert.Contains(t, gates(p)["window"].Reason, "reach from", "%s, %s ago", name, back)
			assert.False(t, gates(p)["window"].Overridable, "nothing can be restored from no backup")
		}
	}
}

func TestRestore_wantsAStoreAndATime(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*planner.Request){
		"no store is named":                  func(r *planner.Request) { r.Goal.Store = "" },
		"no point in time is named":          func(r *planner.Request) { r.Goal.At = time.Time{} },
		"which has not been yet":             func(r *planner.Request) { r.Goal.At = r.Now.Add(time.Hour) },
		"a bucket is not restored by a plan": func(r *planner.Request) { r.Goal.Store = "artifacts" },
		"a cache is not restored by a plan":  func(r *planner.Request) { r.Goal.Store = "scores" },
		"was not asked":                      func(r *planner.Request) { r.Goal.Store = "tool-calls" },
	} {
		_, err := made(t, "restore-table", change)
		assert.ErrorContains(t, err, want)
	}
}

// TestRestore_servesBeforeTheFollowerIsThere: the home that serves waits for
// nothing of the other home.
func TestRestore_servesBeforeTheFollowerIsThere(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-database")
	require.NoError(t, err)
	all := steps(p)
	var waits func(id string) bool
	waits = func(id string) bool {
		if id == "follow-tasks" {
			return true
		}
		for _, need := range all[id].Needs {
			if waits(need) {
				return true
			}
		}
		return false
	}
	require.Contains(t, all, "follow-tasks")
	assert.False(t, waits("probe"))
	assert.True(t, waits("select-tasks-secondary"))
	for id, s := range all {
		if s.Role == plan.Fence {
			assert.NotNil(t, s.Undo, id)
		}
	}
}
