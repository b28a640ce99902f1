package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

func writerRequest(store string, active system.Home) planner.Request {
	return planner.Request{Scenario: planner.WriterLoss, Goal: planner.Goal{Active: active},
		Finding: diagnose.Finding{Kind: diagnose.WriterLost, Home: active, Name: store, Why: "it takes no writes"}}
}

func TestWriterLoss_letsAnotherNodeWrite(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"tasks", "recall", "scores"} {
		t.Run(store, func(t *testing.T) {
			l := standing(t)
			id := l.Inventory(t).Homes[system.Primary].Stores[store].Name
			l.Break(t, "writer-down "+id+" "+homes.Ireland)
			l.Wait(10 * time.Minute)
			require.Error(t, l.Writes(homes.Ireland, id))
			f := l.run(t, l.plan(t, writerRequest(store, system.Primary)), execute.Options{})
			assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
			require.NoError(t, l.Writes(homes.Ireland, id))
		})
	}
}

// TestWriterLoss_asksForNothingWhenAWSWasFaster plans while the writer is lost, and
// runs after AWS has moved it by itself.
func TestWriterLoss_asksForNothingWhenAWSWasFaster(t *testing.T) {
	t.Parallel()
	l := standing(t)
	before := l.writerOf(t, "tasks", system.Primary)
	p := l.plan(t, writerRequest("tasks", system.Primary))
	l.Break(t, "zone-down "+l.zoneOf(t, before))
	l.Wait(time.Minute)
	heir := l.writerOf(t, "tasks", system.Primary)
	require.NotEqual(t, before, heir)
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Equal(t, heir, l.writerOf(t, "tasks", system.Primary), "nobody interrupted users once more")
}
