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

// cutOff is a partition between the homes of which one observer sees the primary.
func cutOff(active system.Home) planner.Request {
	return planner.Request{Scenario: planner.Partition, Goal: planner.Goal{Active: active}, Finding: diagnose.Finding{
		Kind: diagnose.Partitioned, Home: active, Why: "the homes do not see each other, the arbiter sees both",
		Against: []diagnose.Observation{{Observer: "arbiter", Aspect: diagnose.Entry, Home: active, State: diagnose.Good}}}}
}

func TestPartition_promotesNobodyAndWaitsForTheCopies(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
	l.Wait(10 * time.Minute)
	p := l.plan(t, cutOff(system.Primary))

	f := l.fork().run(t, p, execute.Options{})
	assert.Equal(t, execute.Unproven, f.Outcome, "a line that stays cut")
	assert.Contains(t, f.Why, "step follow-tasks")
	assert.Contains(t, f.Why, "step follow-sessions")

	healed := l.fork()
	healed.Break(t, "heal "+homes.Ireland+" "+homes.Frankfurt)
	healed.Wait(time.Minute)
	f = healed.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	healed.serves(t, system.Primary)
}

// TestPartition_takesBackAClaim has somebody in the other home claim the traffic.
func TestPartition_takesBackAClaim(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
	claim, err := planner.TakeTraffic(l.Inventory(t), system.Secondary)
	require.NoError(t, err)
	require.Equal(t, execute.Recovered, l.quiet(t, claim, execute.Options{}).Outcome)
	l.Wait(5 * time.Minute)
	at, err := l.Resolve("agents.example.com", "A")
	require.NoError(t, err)
	require.Equal(t, homes.Frankfurt, at.Region, "users are where no store takes writes")
	p := l.plan(t, cutOff(system.Primary))
	l.Break(t, "heal "+homes.Ireland+" "+homes.Frankfurt)
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.serves(t, system.Primary)
}
