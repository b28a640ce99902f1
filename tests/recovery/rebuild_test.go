package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// The region is lost, the work moves, the region returns with the agents that
// ran there before: the plan stops them, waits for the copies and leaves a standby.
func TestRebuild_makesAStandbyOfAHomeThatIsBack(t *testing.T) {
	t.Parallel()
	l := standing(t)
	p := l.loseTheRegion(t)
	require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
	l.Wait(20 * time.Minute)
	l.Break(t, "region-up "+homes.Ireland)
	assert.Positive(t, l.replicas(t, system.Primary, "worker"), "what ran before the loss runs again by itself")

	back := l.plan(t, planner.Request{Scenario: planner.Rebuild, Goal: planner.Goal{Active: system.Secondary}})
	began := l.Now()
	f := l.run(t, back, execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Greater(t, l.Now().Sub(began), 20*time.Minute, "the database's volume is rebuilt, which takes its time")
	l.standsBy(t, system.Primary)
	l.serves(t, system.Secondary)
	for _, name := range []string{"sessions", "artifacts", "tasks", "recall", "scores", "work"} {
		found := false
		for _, s := range back.Steps {
			found = found || s.ID == "follow-"+name
		}
		assert.True(t, found, "%s has its step", name)
	}
}
