package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// accepted is work that the primary has accepted and nobody has done.
var accepted = []string{"w-1", "w-2", "w-3"}

// loseTheRegion is the loss of the primary's region and the plan for it.
func (l *lab) loseTheRegion(t testing.TB) plan.Plan {
	t.Helper()
	l.accept(t, system.Primary, "work", accepted...)
	l.Wait(time.Minute) // the ledger reaches the other home
	l.Break(t, "region-down "+homes.Ireland)
	l.Wait(2 * time.Minute)
	return l.plan(t, planner.Request{
		Scenario: planner.RegionLoss, Finding: l.lost(system.Primary), Goal: planner.Goal{Active: system.Primary}})
}

func TestRegionLoss_endsInTheOtherHome(t *testing.T) {
	t.Parallel()
	l := standing(t)
	p := l.loseTheRegion(t)
	require.NoError(t, planner.Covers(p, l.sys, l.Inventory(t)))
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.serves(t, system.Secondary)
	for _, s := range p.Steps {
		if s.ID == "write-sessions" || s.ID == "write-tool-calls" {
			out := l.Ask(t, homes.Frankfurt, "dynamodb", "Query", s.Condition.Call.Input)
			assert.Equal(t, 1.0, out["Count"], "%s wrote its mark", s.ID)
		}
	}
	assert.ElementsMatch(t, []string{
		`{"token":"w-1","payload":"s3://payloads/w-1"}`, `{"token":"w-2","payload":"s3://payloads/w-2"}`,
		`{"token":"w-3","payload":"s3://payloads/w-3"}`,
	}, l.queued(t, system.Secondary, "work"), "what was accepted stands in the queue of the home that serves")
}

// There and back: the region is lost and returns, the home that returned is
// made a standby, and the work moves back.
func TestRegionLoss_thereAndBack(t *testing.T) {
	t.Parallel()
	l := standing(t)
	p := l.loseTheRegion(t)
	require.Equal(t, execute.Recovered, l.run(t, p, execute.Options{}).Outcome)
	l.Break(t, "region-up "+homes.Ireland)
	l.Wait(3 * time.Hour)
	assert.Equal(t, []string{homes.Frankfurt}, l.writers(t, l.Inventory(t), "tasks"), "the old writer returns as a follower")

	back := l.plan(t, planner.Request{Scenario: planner.Failback, Goal: planner.Goal{Active: system.Secondary}})
	f := l.run(t, back, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.Wait(10 * time.Minute)
	l.serves(t, system.Primary)
	l.standsBy(t, system.Secondary)

	// The switch is ready for the next loss.
	l.Break(t, "region-down "+homes.Ireland)
	l.Wait(2 * time.Minute)
	again := l.plan(t, planner.Request{
		Scenario: planner.RegionLoss, Finding: l.lost(system.Primary), Goal: planner.Goal{Active: system.Primary}})
	require.Equal(t, execute.Recovered, l.run(t, again, execute.Options{}).Outcome)
	l.serves(t, system.Secondary)
}

func TestSwitchover_movesAndComesBack(t *testing.T) {
	t.Parallel()
	l := standing(t)
	for _, to := range []system.Home{system.Secondary, system.Primary} {
		p := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: to.Peer()}})
		f := l.run(t, p, execute.Options{})
		assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
		l.Wait(time.Hour)
		l.serves(t, to)
		l.standsBy(t, to.Peer())
	}
}

func TestRegionLoss_ofTheSecondaryThatServes(t *testing.T) {
	t.Parallel()
	l, p := scenes["region-loss-of-the-secondary"](t)
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.serves(t, system.Primary)
}

// Without a third region nobody can tell a lost region from a cut line: only
// a person with a reason moves the work.
func TestRegionLoss_ofASilentRegionWantsAFence(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
	l.Wait(2 * time.Minute)
	silent := l.lost(system.Primary)
	silent.Kind = diagnose.RegionSilent
	p := l.plan(t, planner.Request{
		Scenario: planner.RegionLoss, Finding: silent, Goal: planner.Goal{Active: system.Primary}})
	f := l.fork().run(t, p, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	assert.Contains(t, f.Why, "gate confirmed-fence: nothing confirms that the primary home has stopped writing")
	l.serves(t, system.Primary)

	f = l.run(t, p, execute.Options{Overrides: map[string]execute.Override{
		"confirmed-fence": {By: "ada", Reason: "the provider's status page says the region is gone"}}})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
}
