package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// zoneRequest asks to recover from the loss of a zone.
func zoneRequest(zone string, active system.Home) planner.Request {
	return planner.Request{Scenario: planner.ZoneLoss, Goal: planner.Goal{Active: active},
		Finding: diagnose.Finding{Kind: diagnose.ZoneLost, Name: zone, Why: "what runs in it does not answer"}}
}

func TestZoneLoss_endsInTheOtherZones(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone   string
		writer bool // the database's writer is in it
	}{{homes.Ireland + "a", true}, {homes.Ireland + "b", false}} {
		t.Run(c.zone, func(t *testing.T) {
			l := standing(t)
			before := l.writerOf(t, "tasks", system.Primary)
			l.Break(t, "zone-down "+c.zone)
			p := l.plan(t, zoneRequest(c.zone, system.Primary))
			f := l.run(t, p, execute.Options{})
			assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
			assert.Equal(t, c.writer, before != l.writerOf(t, "tasks", system.Primary))
			for _, s := range []string{"tasks", "recall"} {
				require.NoError(t, l.Writes(homes.Ireland, l.Inventory(t).Homes[system.Primary].Stores[s].Name), s)
			}
			assert.Equal(t, 2, l.shifts(t), "the load balancer's and the cluster's")

			l.Break(t, "zone-up "+c.zone)
			r := zoneRequest(c.zone, system.Primary)
			r.Finding, r.Goal.Zone = diagnose.Finding{Kind: diagnose.Healthy, Why: "all is well"}, c.zone
			f = l.run(t, l.plan(t, r), execute.Options{})
			assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
			assert.Zero(t, l.shifts(t))
		})
	}
}

// TestZoneLoss_movesAWriterThatNobodyMoves has a writer in the lost zone that AWS
// does not move by itself.
func TestZoneLoss_movesAWriterThatNobodyMoves(t *testing.T) {
	t.Parallel()
	l := standing(t)
	cluster := l.Inventory(t).Homes[system.Primary].Stores["tasks"].Name
	l.Break(t, "writer-down "+cluster+" "+homes.Ireland)
	l.Wait(time.Hour)
	require.Error(t, l.Writes(homes.Ireland, cluster))
	zone := l.zoneOf(t, l.writerOf(t, "tasks", system.Primary))
	p := l.plan(t, zoneRequest(zone, system.Primary))
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	require.NoError(t, l.Writes(homes.Ireland, cluster))
}

func TestZoneLoss_refusesASecondZone(t *testing.T) {
	t.Parallel()
	l := standing(t)
	f := l.run(t, l.plan(t, zoneRequest(homes.Ireland+"a", system.Primary)), execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	p := l.plan(t, zoneRequest(homes.Ireland+"b", system.Primary))
	f = l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	assert.Contains(t, f.Why, "gate one-zone: ")
	assert.Equal(t, 2, l.shifts(t), "a refused plan shifts nothing")
}

func TestZoneLoss_ofTheStandbyLeavesTheActiveHomeAlone(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "zone-down "+homes.Frankfurt+"c")
	p := l.plan(t, zoneRequest(homes.Frankfurt+"c", system.Primary))
	for _, s := range p.Steps {
		assert.Equal(t, system.Secondary, s.Call.Home, s.ID)
	}
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
}

// shifts counts the shifts in force in both regions.
func (l *lab) shifts(t testing.TB) int {
	t.Helper()
	n := 0
	for _, region := range []string{homes.Ireland, homes.Frankfurt} {
		out := l.Ask(t, region, "arc-zonal-shift", "ListZonalShifts", world.Document{"status": "ACTIVE"})
		n += len(out["items"].([]any))
	}
	return n
}

// writerOf is the instance that writes a database in a home.
func (l *lab) writerOf(t testing.TB, store string, home system.Home) string {
	t.Helper()
	of := l.Inventory(t).Homes[home]
	out := l.Ask(t, of.Region, "rds", "DescribeDBClusters",
		world.Document{"DBClusterIdentifier": of.Stores[store].Name})
	for _, m := range out["DBClusters"].([]any)[0].(world.Document)["DBClusterMembers"].([]any) {
		if m := m.(world.Document); m["IsClusterWriter"] == true {
			return m["DBInstanceIdentifier"].(string)
		}
	}
	return ""
}

func (l *lab) zoneOf(t *testing.T, instance string) string {
	t.Helper()
	out := l.Ask(t, homes.Ireland, "rds", "DescribeDBInstances", world.Document{"DBInstanceIdentifier": instance})
	return out["DBInstances"].([]any)[0].(world.Document)["AvailabilityZone"].(string)
}
