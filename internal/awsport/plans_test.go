package awsport_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// TestCheckPlan_everyPlan holds every call of every plan that the planner makes,
// and every path of its conditions, against the types of AWS's own SDK.
func TestCheckPlan_everyPlan(t *testing.T) {
	t.Parallel()
	steps, scenarios := 0, map[string]bool{}
	for name, p := range plans(t) {
		require.NoError(t, awsport.CheckPlan(p), name)
		steps += len(p.Steps)
		scenarios[p.Scenario] = true
	}
	for name := range planner.Scenarios() {
		assert.True(t, scenarios[string(name)], "scenario %s has a plan", name)
	}
	t.Logf("%d steps", steps)
	assert.Greater(t, steps, 100)
}

// plans are the examples that the planner's tests keep, and those of the switch alone.
func plans(t *testing.T) map[string]plan.Plan {
	t.Helper()
	out := map[string]plan.Plan{}
	files, err := filepath.Glob(filepath.Join("..", "..", "recovery", "planner", "testdata", "plans", "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		out[filepath.Base(file)], err = plan.Decode(raw)
		require.NoError(t, err, file)
	}
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	for _, home := range system.Homes {
		out["take-traffic-"+string(home)], err = planner.TakeTraffic(inv, home)
		require.NoError(t, err)
	}
	out["reset-switch"], err = planner.ResetSwitch(inv)
	require.NoError(t, err)
	return out
}
