package serving_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/serving"
	"redoubt/system"
)

// standing answers a call by the name in its input: what is not among them is not found.
type standing map[string]plan.Document

func (s standing) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	for _, member := range []string{"DBClusterIdentifier", "TableName", "ReplicationGroupId", "Key", "Name"} {
		name, has := c.Input[member].(string)
		switch answer, there := s[name]; {
		case name == "broken":
			return nil, &execute.ClassError{Class: execute.Denied, Err: errors.New("no")}
		case has && there:
			return answer, nil
		}
	}
	return nil, &execute.ClassError{Class: execute.NotFound, Err: errors.New("none")}
}

func request(store string) planner.Request {
	stores := map[string]inventory.Store{"tasks": {Generation: 1}, "notes": {Generation: 2}, "work": {}, "recall": {}, "files": {}}
	home := inventory.Home{Region: "eu-west-1", Stores: stores, Control: inventory.Control{Bucket: "control"},
		Agents: map[string]inventory.Agent{"worker": {Deployment: "worker", Standby: 9}}}
	return planner.Request{Scenario: planner.Restore, Goal: planner.Goal{Active: system.Primary, Store: store},
		Inventory: inventory.Inventory{System: "atlas", Homes: map[system.Home]inventory.Home{system.Primary: home, system.Secondary: home}},
		System: &system.System{Name: "atlas", Tiers: []system.Tier{{Name: "core", Strategy: system.WarmStandby}},
			Agents: []system.Agent{{Name: "worker", Tier: "core", Consumes: "work"}},
			Stores: []system.Store{{Name: "tasks", Kind: system.Postgres}, {Name: "notes", Kind: system.Table}, {Name: "work", Kind: system.Queue},
				{Name: "recall", Kind: system.Cache}, {Name: "files", Kind: system.Bucket}}}}
}

func TestGeneration_isTheFirstUnderWhichNothingStands(t *testing.T) {
	t.Parallel()
	there := standing{"atlas-tasks-g2-primary": nil, "atlas-tasks-g3-primary": nil, "atlas-work-ledger-g2": nil}
	for store, want := range map[string]int{"tasks": 4, "notes": 3, "work": 3, "recall": 2, "files": 0} {
		got, err := serving.Generation(context.Background(), there, request(store))
		require.NoError(t, err, store)
		assert.Equal(t, want, got, store)
	}
	other := request("tasks")
	other.Scenario = planner.WriterLoss
	got, err := serving.Generation(context.Background(), there, other)
	require.NoError(t, err)
	assert.Zero(t, got)
}

func TestGeneration_ofAStoreThatWasRestoredIsRefused(t *testing.T) {
	t.Parallel()
	_, err := serving.Generation(context.Background(), standing{"atlas-tasks-g2-primary": nil, "adoption/tasks-g2.json": nil}, request("tasks"))
	var untold *serving.UntoldError
	require.ErrorAs(t, err, &untold)
	assert.Equal(t, serving.UntoldError{Store: "tasks", Generation: 2}, *untold)
}

func TestOldWriters_areAskedForAPlannedMoveAlone(t *testing.T) {
	t.Parallel()
	runs := standing{"worker": {"status": map[string]any{"replicas": 12.0}}}
	for scenario, want := range map[planner.Scenario][]string{
		planner.Failback: {"worker"}, planner.Switchover: {"worker"}, planner.RegionLoss: nil, planner.Rebuild: nil} {
		r := request("")
		r.Scenario = scenario
		assert.Equal(t, want, serving.OldWriters(context.Background(), runs, r), scenario)
		assert.Empty(t, serving.OldWriters(context.Background(), standing{}, r), "nobody tells")
	}
}

func TestFrom_isTheGenerationWhoseBackupsHoldTheTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	since := func(hours int) plan.Document {
		return plan.Document{"ContinuousBackupsDescription": plan.Document{"PointInTimeRecoveryDescription": plan.Document{
			"EarliestRestorableDateTime": at.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)}}}
	}
	now, first, second := "atlas-notes-g3", "atlas-notes", "atlas-notes-g2"
	for name, c := range map[string]struct {
		there standing
		want  int
	}{
		"its own":                        {standing{now: since(-1), second: since(-9), first: since(-99)}, 0},
		"the one before":                 {standing{now: since(1), second: since(-9), first: since(-99), "adoption/notes-g2.json": nil}, 2},
		"what an aborted one left":       {standing{now: since(1), second: since(-9), first: since(-99)}, 1},
		"the first":                      {standing{now: since(2), second: since(1), first: since(-99), "adoption/notes-g2.json": nil}, 1},
		"the one before is gone":         {standing{now: since(1), first: since(-99)}, 1},
		"none reaches, so nothing is it": {standing{now: since(3), second: since(2), first: since(1)}, 0},
	} {
		r := request("notes")
		r.Goal.At = at
		for _, home := range system.Homes {
			r.Inventory.Homes[home].Stores["notes"] = inventory.Store{Kind: system.Table, Generation: 3, Name: now}
		}
		got, err := serving.From(t.Context(), c.there, r)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
		r.Scenario = planner.WriterLoss
		got, err = serving.From(t.Context(), c.there, r)
		require.NoError(t, err)
		assert.Zero(t, got)
	}
	r := request("notes")
	r.Goal.At = at
	r.Inventory.Homes[system.Primary].Stores["notes"] = inventory.Store{Kind: system.Table, Generation: 3, Name: "broken"}
	_, err := serving.From(t.Context(), standing{}, r)
	require.ErrorContains(t, err, "no", "a home that refuses to tell is not taken for one without backups")
}
