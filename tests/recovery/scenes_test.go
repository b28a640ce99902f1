package recovery

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// scenes are the plans whose runs are cut and disturbed, each with the homes
// that it starts from. Those of a restore are cut at some records in the quick run.
var scenes = map[string]func(testing.TB) (*lab, plan.Plan){
	"region-loss": func(t testing.TB) (*lab, plan.Plan) {
		l := standing(t)
		return l, l.loseTheRegion(t)
	},
	"region-loss-of-the-secondary": func(t testing.TB) (*lab, plan.Plan) {
		l := moved(t)
		l.Break(t, "region-down "+homes.Frankfurt)
		l.Wait(2 * time.Minute)
		return l, l.plan(t, planner.Request{
			Scenario: planner.RegionLoss, Finding: l.lost(system.Secondary), Goal: planner.Goal{Active: system.Secondary}})
	},
	"switchover": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		return l, l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	},
	"failback": func(t testing.TB) (*lab, plan.Plan) {
		l := moved(t)
		return l, l.plan(t, planner.Request{Scenario: planner.Failback, Goal: planner.Goal{Active: system.Secondary}})
	},
	"rebuild": func(t testing.TB) (*lab, plan.Plan) {
		l := standing(t)
		require.Equal(t, execute.Recovered, l.quiet(t, l.loseTheRegion(t), execute.Options{}).Outcome)
		l.Wait(20 * time.Minute)
		l.Break(t, "region-up "+homes.Ireland)
		return l, l.plan(t, planner.Request{Scenario: planner.Rebuild, Goal: planner.Goal{Active: system.Secondary}})
	},
	"zone-loss": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		l.Break(t, "zone-down "+homes.Ireland+"a")
		return l, l.plan(t, zoneRequest(homes.Ireland+"a", system.Primary))
	},
	"zone-back": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		l.Break(t, "zone-down "+homes.Ireland+"a")
		lost := l.plan(t, zoneRequest(homes.Ireland+"a", system.Primary))
		require.Equal(t, execute.Recovered, l.quiet(t, lost, execute.Options{}).Outcome)
		l.Break(t, "zone-up "+homes.Ireland+"a")
		r := zoneRequest(homes.Ireland+"a", system.Primary)
		r.Finding, r.Goal.Zone = diagnose.Finding{Kind: diagnose.Healthy, Why: "all is well"}, homes.Ireland+"a"
		return l, l.plan(t, r)
	},
	"writer-loss": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		l.Break(t, "writer-down "+l.Inventory(t).Homes[system.Primary].Stores["tasks"].Name+" "+homes.Ireland)
		l.Wait(10 * time.Minute)
		return l, l.plan(t, writerRequest("tasks", system.Primary))
	},
	"partition": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
		claim, err := planner.TakeTraffic(l.Inventory(t), system.Secondary)
		require.NoError(t, err)
		require.Equal(t, execute.Recovered, l.quiet(t, claim, execute.Options{}).Outcome)
		l.Wait(5 * time.Minute)
		p := l.plan(t, cutOff(system.Primary))
		l.Break(t, "heal "+homes.Ireland+" "+homes.Frankfurt)
		return l, p
	},
	"restore-table": func(t testing.TB) (*lab, plan.Plan) {
		l, at := spoiled(t, "atlas-sessions", system.Primary)
		return l, l.plan(t, restoreRequest("sessions", system.Primary, at))
	},
	"restore-ledger": func(t testing.TB) (*lab, plan.Plan) {
		l := serving(t, system.Primary)
		l.accept(t, system.Primary, "work", accepted...)
		l.Wait(10 * time.Minute)
		return l, l.plan(t, restoreRequest("work", system.Primary, l.Now().Add(-8*time.Minute)))
	},
	"restore-database": func(t testing.TB) (*lab, plan.Plan) {
		l := serving(t, system.Primary)
		return l, l.plan(t, restoreRequest("tasks", system.Primary, l.Now().Add(-8*time.Minute)))
	},
	"restore-cache": func(t testing.TB) (*lab, plan.Plan) {
		l := serving(t, system.Primary)
		return l, l.plan(t, restoreRequest("scores", system.Primary, l.Now().Add(-8*time.Minute)))
	},
	"restore-bucket": func(t testing.TB) (*lab, plan.Plan) {
		l, at := spoiledBucket(t, system.Primary)
		return l, l.plan(t, restoreRequest("artifacts", system.Primary, at))
	},
	"dependency-loss": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		return l, l.plan(t, planner.Request{Scenario: planner.DependencyLoss, Goal: planner.Goal{Active: system.Primary},
			Finding: diagnose.Finding{Kind: diagnose.DependencyLost, Name: "web-search", Why: "it does not answer"}})
	},
}

// working is both homes with accepted work in the primary's queue that nobody has done.
func working(t testing.TB) *lab {
	t.Helper()
	l := standing(t)
	l.accept(t, system.Primary, "work", accepted...)
	for _, token := range accepted {
		l.Ask(t, homes.Ireland, "sqs", "SendMessage", world.Document{
			"QueueUrl":    l.Inventory(t).Homes[system.Primary].Stores["work"].URL,
			"MessageBody": fmt.Sprintf(`{"token":%q,"payload":%q}`, token, "s3://payloads/"+token)})
	}
	l.Wait(time.Minute)
	return l
}

// moved is both homes an hour after a switchover, with work accepted in the secondary.
func moved(t testing.TB) *lab {
	t.Helper()
	l := standing(t)
	p := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
	l.Wait(time.Hour)
	l.accept(t, system.Secondary, "work", accepted...)
	l.Wait(time.Minute)
	return l
}
