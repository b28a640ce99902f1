package survive

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
)

// both homes take their updates; one does while the other's region is lost.
var both = []system.Home{system.Primary, system.Secondary}

// event is something that AWS, a plan or a person does beside the code.
type event struct {
	name string
	// homes are those whose region answers after it.
	homes []system.Home
	// does changes the world; the event before it in the list has happened.
	does func(*testing.T, *homes)
	// writes and serves are the home whose database writes and whose entry answers then.
	writes, serves system.Home
}

// planned is a switchover and the way back.
var planned = []event{
	{"nothing", both, func(*testing.T, *homes) {}, system.Primary, system.Primary},
	{"a switchover", both, func(t *testing.T, h *homes) {
		h.moveWriter(t, "SwitchoverGlobalCluster", system.Secondary, false)
		h.takeTraffic(t, system.Secondary)
		h.wait(time.Hour)
	}, system.Secondary, system.Secondary},
	{"the way back", both, func(t *testing.T, h *homes) {
		h.moveWriter(t, "SwitchoverGlobalCluster", system.Primary, false)
		h.takeTraffic(t, system.Primary)
		h.wait(10 * time.Minute)
		h.resetSwitch(t)
		h.wait(time.Hour)
	}, system.Primary, system.Primary},
}

// unplanned is the loss of the primary's region, its return, and the way back.
var unplanned = []event{
	{"a failover from a lost region", []system.Home{system.Secondary}, func(t *testing.T, h *homes) {
		h.inject(t, "region-down "+ireland)
		h.wait(10 * time.Minute)
		h.moveWriter(t, "FailoverGlobalCluster", system.Secondary, true)
		h.takeTraffic(t, system.Secondary)
		h.wait(10 * time.Minute)
	}, system.Secondary, system.Secondary},
	{"the lost region's return", both, func(t *testing.T, h *homes) {
		h.inject(t, "region-up "+ireland)
		h.wait(5 * time.Minute)
	}, system.Secondary, system.Secondary},
	{"the old writer's return as a follower", both, func(_ *testing.T, h *homes) {
		h.wait(2 * time.Hour)
	}, system.Secondary, system.Secondary},
	{"the failback", both, func(t *testing.T, h *homes) {
		h.moveWriter(t, "SwitchoverGlobalCluster", system.Primary, false)
		h.takeTraffic(t, system.Primary)
		h.wait(10 * time.Minute)
		h.resetSwitch(t)
		h.wait(time.Hour)
	}, system.Primary, system.Primary},
}

func TestFailover_changesNothingInEitherStack(t *testing.T) {
	t.Parallel()
	follow(t, unplanned)
}

// follow lets the events happen one after the other and looks at both stacks
// after each.
func follow(t *testing.T, events []event) {
	h := standing(t)
	for _, e := range events {
		e.does(t, h)
		t.Run(e.name, func(t *testing.T) {
			h.calm(t, e.homes)
			h.moved(t, e)
		})
	}
}

// calm requires that refresh, preview and update find nothing to do in the
// homes' stacks, and that the update leaves the world as it was.
func (h *homes) calm(t *testing.T, of []system.Home) {
	t.Helper()
	before := h.truth(t)
	for _, home := range of {
		s := h.engine.Stack(string(home))
		gone, err := s.Refresh(t.Context())
		if len(of) == len(both) {
			require.NoError(t, err)
		} else {
			// The replica of a table is read in its main region (facts, 0.4), so the
			// refresh of a home whose peer is lost stops there; an update needs none.
			require.ErrorContains(t, err, "aws:dynamodb/tableReplica:TableReplica", "%s", home)
			require.ErrorContains(t, err, "dynamodb.DescribeTableReplica: no answer from", "%s", home)
		}
		assert.Empty(t, gone, "%s: what is gone for the refresh", home)
		for _, run := range []func() (engine.Result, error){
			func() (engine.Result, error) { return s.Preview(t.Context()) },
			func() (engine.Result, error) { return s.Up(t.Context()) },
		} {
			r, err := run()
			require.NoError(t, err)
			assert.Empty(t, r.Steps, "%s", home)
		}
	}
	assert.Equal(t, before, h.truth(t), "an update changed what the recovery had made")
}

// truth is the whole world as text.
func (h *homes) truth(t *testing.T) string {
	t.Helper()
	text, err := h.Snapshot()
	require.NoError(t, err)
	return string(text)
}

// moved checks that the event did what its name says.
func (h *homes) moved(t *testing.T, e event) {
	t.Helper()
	region := map[system.Home]string{system.Primary: ireland, system.Secondary: frankfurt}
	assert.Equal(t, region[e.writes], h.writer(t, "atlas-tasks"), "where the database writes")
	for _, g := range h.call(t, frankfurt, "elasticache", "DescribeGlobalReplicationGroups",
		world.Document{"ShowMemberInfo": true})["GlobalReplicationGroups"].([]any) {
		for _, m := range g.(world.Document)["Members"].([]any) {
			if m := m.(world.Document); m["Role"] == "PRIMARY" {
				assert.Equal(t, region[e.writes], m["ReplicationGroupRegion"], "where the cache writes")
			}
		}
	}
	a, err := h.Resolve("agents.example.com", "A")
	require.NoError(t, err)
	assert.Equal(t, region[e.serves], a.Region, "where the entry leads")
}

// writer is the region of the global database's writer.
func (h *homes) writer(t *testing.T, global string) string {
	t.Helper()
	out := h.call(t, frankfurt, "rds", "DescribeGlobalClusters", world.Document{"GlobalClusterIdentifier": global})
	for _, m := range out["GlobalClusters"].([]any)[0].(map[string]any)["GlobalClusterMembers"].([]any) {
		if m := m.(map[string]any); m["IsWriter"] == true {
			for _, region := range []string{ireland, frankfurt} {
				if len(h.Find(region, "AWS::RDS::DBCluster", func(c *world.Entity) bool { return c.ARN == m["DBClusterArn"] })) > 0 {
					return region
				}
			}
		}
	}
	return ""
}

// moveWriter makes the databases and the caches of a home the ones that write.
func (h *homes) moveWriter(t *testing.T, operation string, to system.Home, loss bool) {
	t.Helper()
	inv := h.inventory(t)
	for _, store := range inv.Homes[to].Stores {
		if store.Kind == system.Cache && store.GlobalID != "" {
			h.call(t, inv.Homes[to].Region, "elasticache", "FailoverGlobalReplicationGroup", world.Document{
				"GlobalReplicationGroupId": store.GlobalID, "PrimaryReplicationGroupId": store.Name,
				"PrimaryRegion": inv.Homes[to].Region})
		}
	}
	store := inv.Homes[to].Stores["tasks"]
	in := world.Document{"GlobalClusterIdentifier": store.GlobalID, "TargetDbClusterIdentifier": store.Arn}
	if loss {
		in["AllowDataLoss"] = true
	}
	h.call(t, inv.Homes[to].Region, "rds", operation, in)
	h.wait(5 * time.Minute)
}

func (h *homes) takeTraffic(t *testing.T, to system.Home) {
	t.Helper()
	p, err := planner.TakeTraffic(h.inventory(t), to)
	require.NoError(t, err)
	h.perform(t, p)
}

func (h *homes) resetSwitch(t *testing.T) {
	t.Helper()
	p, err := planner.ResetSwitch(h.inventory(t))
	require.NoError(t, err)
	h.perform(t, p)
}

// perform makes the calls of a plan, one after the other.
func (h *homes) perform(t *testing.T, p plan.Plan) {
	t.Helper()
	for _, s := range p.Steps {
		_, err := h.Call(world.Request{
			Region: p.Regions[s.Call.Home], Service: s.Call.Service, Operation: s.Call.Operation, Input: s.Call.Input,
			Token: fmt.Sprint(s.Call.Token),
		})
		require.NoError(t, err, s.ID)
		h.wait(10 * time.Minute)
	}
}
