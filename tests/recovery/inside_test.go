package recovery

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/inventory"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/drive"
	"redoubt/system"
)

// TestInside_makesThePlanOfAMachineOutside: the function of the home that receives the work has nothing but what the program
// put into its home: inventories, the system's file, and the answers of both regions.
func TestInside_makesThePlanOfAMachineOutside(t *testing.T) {
	t.Parallel()
	l := working(t)
	inv := l.Inventory(t)
	h := conduct.Handler{Home: system.Secondary, Bucket: inv.Homes[system.Secondary].Control.Bucket, Own: l.portOf(inv),
		Calls: func(inv inventory.Inventory) plan.Port { return l.portOf(inv) }, Clock: drive.Clock{World: l.World},
		Fits: awsport.CheckPlan}
	_, err := h.Handle(t.Context(), conduct.Request{What: conduct.Plan, Run: "move", Execution: "move",
		Input: conduct.Input{Run: "move", Wanted: conduct.Wanted{Scenario: planner.Switchover}}})
	require.NoError(t, err)
	out, err := l.portOf(inv).Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "s3", Operation: "GetObject",
		Input: plan.Document{"Bucket": h.Bucket, "Key": plan.ObjectKey("move")}})
	require.NoError(t, err)
	made, err := plan.Decode([]byte(out["Body"].(string)))
	require.NoError(t, err)
	want := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	assert.Equal(t, want.Steps, made.Steps)
	assert.Equal(t, want.Gates, made.Gates)
	assert.Equal(t, want.Inventory, made.Inventory)
}
