package recovery

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

func TestGates_refuse(t *testing.T) {
	t.Parallel()
	loss := planner.Request{Scenario: planner.RegionLoss, Goal: planner.Goal{Active: system.Primary}}
	move := planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}}
	for name, c := range map[string]struct {
		of     planner.Request
		before func(*testing.T, *lab, *planner.Request)
		gate   string
		want   string
	}{
		"nobody has looked": {loss, func(*testing.T, *lab, *planner.Request) {}, "quorum", "no finding was given"},
		"a healthy region": {loss, func(_ *testing.T, _ *lab, r *planner.Request) {
			r.Finding = diagnose.Finding{Kind: diagnose.Healthy, Why: "nothing that was looked at is bad"}
		}, "quorum", "the finding is healthy, not that the primary home is lost"},
		"a partition": {loss, func(_ *testing.T, _ *lab, r *planner.Request) {
			r.Finding = diagnose.Finding{Kind: diagnose.Partitioned, Home: system.Primary, Why: "the arbiter sees it"}
		}, "quorum", "the finding is partitioned"},
		"a home that is silent": {loss, func(_ *testing.T, l *lab, r *planner.Request) {
			r.Finding = l.lost(system.Primary)
			r.Finding.Kind = diagnose.RegionSilent
		}, "confirmed-fence", "nothing confirms that the primary home has stopped writing"},
		"a copy that was behind before the loss": {loss, func(t *testing.T, l *lab, r *planner.Request) {
			l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
			l.Wait(10 * time.Minute)
			r.Finding = l.lost(system.Primary)
		}, "lag-tasks", "the metric AuroraGlobalDBReplicationLag is 8m0s, want at most 1m0s"},
		"a copy that is behind now": {move, func(t *testing.T, l *lab, _ *planner.Request) {
			l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
			l.Wait(3 * time.Minute)
		}, "lag-tasks", "the metric AuroraGlobalDBReplicationLag is 3m0s, want at most 1m0s"},
		"a move a moment ago": {move, func(_ *testing.T, l *lab, r *planner.Request) {
			r.Seen.MovedAt = l.Now().Add(-10 * time.Minute)
		}, "anti-flapping", "traffic moved 10m0s ago, want at least 30m0s"},
		"an old inventory": {move, func(_ *testing.T, l *lab, r *planner.Request) {
			r.Seen.InventoryAt = map[system.Home]time.Time{system.Secondary: l.Now().Add(-10 * 24 * time.Hour)}
		}, "inventory", "the secondary home wrote its inventory 240h0m0s ago, want at most 168h0m0s"},
		"an inventory of an unknown age": {move, func(_ *testing.T, _ *lab, r *planner.Request) {
			r.Seen.InventoryAt = map[system.Home]time.Time{}
		}, "inventory", "nobody knows when the secondary home wrote its inventory"},
		"a home with less than a standby": {move, func(t *testing.T, l *lab, _ *planner.Request) {
			c := l.Inventory(t).Homes[system.Secondary].Cluster
			l.Ask(t, homes.Frankfurt, "eks", "UpdateNodegroupConfig", world.Document{"clusterName": c.Name,
				"nodegroupName": c.NodeGroups["eu-central-1a"], "scalingConfig": world.Document{"minSize": 0, "desiredSize": 0}})
			l.Wait(10 * time.Minute)
		}, "capacity-eu-central-1a", "is to have is 0, want at least "},
	} {
		t.Run(name, func(t *testing.T) {
			l := standing(t)
			r := c.of
			c.before(t, l, &r)
			p := l.plan(t, r)
			f := l.fork().quiet(t, p, execute.Options{})
			assert.Equal(t, execute.Refused, f.Outcome, f.Why)
			assert.Contains(t, f.Why, "gate "+c.gate+": ")
			assert.Contains(t, f.Why, c.want)
			l.serves(t, system.Primary)

			over := execute.Override{By: "ada", Reason: "we know better today"}
			store := &journal.Memory{}
			v := l.driver(t)
			v.Store = store
			_, err := v.Run(t.Context(), execute.New(p, execute.Options{
				Run: "r", Generation: 1, Overrides: map[string]execute.Override{c.gate: over}}))
			require.NoError(t, err)
			assert.Contains(t, decisions(t, store), "ada set "+c.gate+" aside")
		})
	}
}

// decisions are the gates of a run that a person set aside, as the journal has them.
func decisions(t *testing.T, store journal.Store) []string {
	t.Helper()
	records, err := store.Load(context.Background(), "r")
	require.NoError(t, err)
	var out []string
	for _, r := range records {
		if r.Kind == journal.Decided && r.Result == execute.Overridden {
			assert.Contains(t, r.Why, "we know better today")
			out = append(out, r.By+" set "+r.Step+" aside")
		}
	}
	return out
}

func TestGates_aPersonApprovesAPlannedMove(t *testing.T) {
	t.Parallel()
	l := standing(t)
	p := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	v := l.driver(t)
	v.Decide = func(g plan.Gate) execute.Decided {
		return execute.Decided{Gate: g.ID, By: "ada", Why: "not on a Friday"}
	}
	f, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
	require.NoError(t, err)
	assert.Equal(t, execute.Finish{Outcome: execute.Refused, Why: "gate approval: not on a Friday"}, f)
	l.serves(t, system.Primary)
}
