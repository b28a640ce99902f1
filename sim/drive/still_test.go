package drive_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

// A condition is judged by how far a backup reaches if it asks for that; one that does not is remembered while time passes.
func TestRemembering_looksAtWhatMovesIfItIsAsked(t *testing.T) {
	t.Parallel()
	w, port, table := locks(t)
	_, err := port.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: table.Home, Service: "dynamodb", Operation: "UpdateContinuousBackups",
		Input: plan.Document{"TableName": table.Name, "PointInTimeRecoverySpecification": plan.Document{"PointInTimeRecoveryEnabled": true}}})
	require.NoError(t, err)
	w.Advance(w.Now().Add(time.Hour))
	const recovery = "ContinuousBackupsDescription.PointInTimeRecoveryDescription."
	on := drive.Remembering{World: drive.World{World: w.Recall(world.NewMemory()), Regions: map[system.Home]string{table.Home: frankfurt}}}
	condition := func(path string, op plan.Op, value string) plan.Condition {
		return plan.Condition{Call: plan.Call{Kind: plan.AWS, Home: table.Home, Service: "dynamodb", Operation: "DescribeContinuousBackups",
			Input: plan.Document{"TableName": table.Name}}, All: []plan.Expect{{Path: plan.Path(recovery + path), Op: op, Value: value}}}
	}
	status := condition("PointInTimeRecoveryStatus", plan.Is, "ENABLED")
	latest := condition("LatestRestorableDateTime", plan.IsNot, "")
	for _, c := range []plan.Condition{status, latest} {
		got := on.Judge(t.Context(), c)
		require.NoError(t, got.Err)
		assert.Equal(t, plan.Done, got.Answer, got.Why)
	}
	_, known, err := on.Known(status)
	require.NoError(t, err)
	assert.True(t, known, "it says the same at any time")
	_, known, err = on.Known(latest)
	require.NoError(t, err)
	assert.False(t, known, "it moves")
}
