package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestZoneLoss_movesWhatIsInTheZoneAlone(t *testing.T) {
	t.Parallel()
	p, err := made(t, "zone-loss")
	require.NoError(t, err)
	all := steps(p)
	for _, s := range p.Steps {
		assert.Equal(t, system.Primary, s.Call.Home, "%s: the other home has no part in it", s.ID)
		assert.NotEqual(t, plan.Traffic, s.Role, s.ID)
	}
	assert.Equal(t, "euw1-az1", all["shift-entry"].Call.Input["awayFrom"], "a shift takes the id of a zone")
	assert.Equal(t, "CancelZonalShift", all["shift-entry"].Undo.Operation)
	assert.Equal(t, "late-shift", all["shift-entry"].Undo.Input["zonalShiftId"], "its id is asked for when it is taken back")
	assert.Empty(t, all["shift-entry"].Needs, "users wait for nothing")
	assert.Contains(t, all, "move-writer-tasks")
	assert.NotContains(t, all, "nodes-eu-west-1a")
	assert.Contains(t, all, "nodes-eu-west-1b")
	assert.ElementsMatch(t, []string{"shift-entry", "shift-cluster", "move-writer-tasks", "move-writer-recall",
		"move-writer-scores"}, all["probe"].Needs)

	elsewhere, err := made(t, "zone-loss", func(r *planner.Request) {
		r.Finding.Name = "eu-west-1b"
		of := r.Inventory.Homes[system.Primary].Cluster
		r.Answers[planner.CallKey(nodes(of, "eu-west-1a"))] = r.Answers[planner.CallKey(nodes(of, "eu-west-1c"))]
	})
	require.NoError(t, err)
	assert.NotContains(t, steps(elsewhere), "move-writer-tasks", "its writer is in another zone")
	assert.Contains(t, steps(elsewhere), "nodes-eu-west-1a")
}

// nodes is the question for the nodes of a zone.
func nodes(of inventory.Cluster, zone string) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "eks", Operation: "DescribeNodegroup",
		Input: plan.Document{"clusterName": of.Name, "nodegroupName": of.NodeGroups[zone]}}
}

func TestZoneLoss_ofTheStandbyConcernsNoUser(t *testing.T) {
	t.Parallel()
	p, err := made(t, "zone-loss", func(r *planner.Request) { r.Goal.Active = system.Secondary })
	require.NoError(t, err)
	assert.NotContains(t, steps(p), "probe")
	assert.NotContains(t, steps(p), "nodes-eu-west-1b", "a standby carries no load")
}

func TestZoneLoss_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*planner.Request)
		want   string
	}{
		"no zone":          {func(r *planner.Request) { r.Finding.Name = "" }, "no zone is named"},
		"a strange zone":   {func(r *planner.Request) { r.Goal.Zone = "us-east-1a" }, `zone "us-east-1a" is in no home`},
		"no answers":       {func(r *planner.Request) { r.Answers = nil }, "rds.DescribeDBClusters in the primary home was not asked"},
		"an old inventory": {func(r *planner.Request) { forgetZones(r) }, "does not know the id of zone eu-west-1a; update"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := made(t, "zone-loss", c.change)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func forgetZones(r *planner.Request) {
	h := r.Inventory.Homes[system.Primary]
	h.ZoneIDs = nil
	r.Inventory.Homes[system.Primary] = h
}

func TestZoneLoss_standsOnAFinding(t *testing.T) {
	t.Parallel()
	p, err := made(t, "zone-loss")
	require.NoError(t, err)
	assert.NotContains(t, gates(p), "finding")
	for name, f := range map[string]diagnose.Finding{
		"nobody has looked":                {},
		"the finding is unclear":           {Kind: diagnose.Unclear},
		"the finding is zone lost eu-west": {Kind: diagnose.ZoneLost, Name: "eu-west-1b"},
	} {
		p, err := made(t, "zone-loss", func(r *planner.Request) { r.Goal.Zone, r.Finding = "eu-west-1a", f })
		require.NoError(t, err)
		require.Contains(t, gates(p), "finding")
		assert.Contains(t, gates(p)["finding"].Reason, name)
		assert.True(t, gates(p)["finding"].Overridable)
	}
}

func TestZoneBack_letsUsersBackAndMovesNoWriter(t *testing.T) {
	t.Parallel()
	p, err := made(t, "zone-back")
	require.NoError(t, err)
	assert.Contains(t, gates(p), "approval")
	for _, s := range p.Steps {
		assert.NotEqual(t, plan.Data, s.Role, s.ID)
	}
	assert.ElementsMatch(t, []string{"cancel-entry", "cancel-cluster"}, steps(p)["probe"].Needs)
}
