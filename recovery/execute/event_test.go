package execute

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// TestKept_commandsHoldBeyondTheNextStep keeps the first commands of a machine whose next turn writes records of its own.
func TestKept_commandsHoldBeyondTheNextStep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := New(plan.Plan{Steps: []plan.Step{{ID: "one", Timeout: plan.Duration(time.Hour)}}}, Options{Run: "r"})
	first := c.Start(now)
	require.Len(t, first, 3, "the run, the step, the question: %v", first)
	held, of := kept(first), *first[0].(Append).Record
	require.Len(t, c.Step(now, Checked{At: "one", Answer: plan.NotDone}), 1)
	assert.Equal(t, of, *held[0].(Append).Record)
	assert.Equal(t, journal.Began, held[1].(Append).Record.Kind)
	assert.IsType(t, Evaluate{}, held[2])
}
