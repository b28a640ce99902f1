package planner_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

func TestRestore_refusesATimeThatLosesTooMuch(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-table")
	require.NoError(t, err)
	assert.Contains(t, gates(p), "approval")
	assert.NotContains(t, gates(p), "loss")
	assert.NotContains(t, gates(p), "window")
	p, err = made(t, "restore-table", func(r *planner.Request) { r.Goal.At = r.Now.Add(-31 * time.Minute) })
	require.NoError(t, err)
	assert.Equal(t, "store sessions goes back by 31m0s, and its objective allows 30m0s", gates(p)["loss"].Reason)
	assert.True(t, gates(p)["loss"].Overridable)
}

func TestRestore_refusesATimeThatTheBackupsDoNotReach(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"restore-table", "restore-ledger", "restore-database", "restore-bucket"} {
		for _, back := range []time.Duration{time.Minute, 40 * 24 * time.Hour} {
			if name == "restore-bucket" && back == time.Minute {
				continue // its versions reach to this moment
			}
			p, err := made(t, name, func(r *planner.Request) { r.Goal.At = r.Now.Add(-back) })
			require.NoError(t, err)
			assert.Contains(t, gates(p)["window"].Reason, "reach from", "%s, %s ago", name, back)
			assert.False(t, gates(p)["window"].Overridable, "nothing can be restored from no backup")
		}
	}
}

// A version goes as soon as any rule lets it go.
func TestRestore_ofABucketReachesAsFarAsItsShortestRule(t *testing.T) {
	t.Parallel()
	rule := func(status string, days float64) any {
		return map[string]any{"Status": status, "NoncurrentVersionExpiration": map[string]any{"NoncurrentDays": days}}
	}
	for name, c := range map[string]struct {
		rules  []any
		window bool
	}{
		"long alone":                {[]any{rule("Enabled", 35)}, false},
		"the shorter comes first":   {[]any{rule("Enabled", 5), rule("Enabled", 35)}, true},
		"the shorter comes last":    {[]any{rule("Enabled", 35), rule("Enabled", 5)}, true},
		"the shorter is off":        {[]any{rule("Enabled", 35), rule("Disabled", 5)}, false},
		"nobody tells for how long": {nil, true},
	} {
		p, err := made(t, "restore-bucket", func(r *planner.Request) {
			r.Goal.At = r.Now.Add(-10 * 24 * time.Hour)
			r.Answers = maps.Clone(r.Answers)
			for asked := range r.Answers {
				if strings.Contains(asked, "GetBucketLifecycleConfiguration") {
					r.Answers[asked] = plan.Document{"Rules": c.rules}
				}
			}
		})
		require.NoError(t, err, name)
		_, refuses := gates(p)["window"]
		assert.Equal(t, c.window, refuses, name)
	}
}

func TestRestore_wantsAStoreAndATime(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*planner.Request){
		"no store is named":          func(r *planner.Request) { r.Goal.Store = "" },
		"no point in time is named":  func(r *planner.Request) { r.Goal.At = time.Time{} },
		"which has not been yet":     func(r *planner.Request) { r.Goal.At = r.Now.Add(time.Hour) },
		"is filled again from tasks": func(r *planner.Request) { r.Goal.Store = "recall" },
		"was not asked":              func(r *planner.Request) { r.Goal.Store = "tool-calls" },
	} {
		_, err := made(t, "restore-table", change)
		assert.ErrorContains(t, err, want)
	}
}

// TestRestore_servesBeforeTheFollowerIsThere: the home that serves waits for
// nothing of the other home.
func TestRestore_servesBeforeTheFollowerIsThere(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-database")
	require.NoError(t, err)
	all := steps(p)
	var waits func(id string) bool
	waits = func(id string) bool {
		if id == "follow-tasks" {
			return true
		}
		for _, need := range all[id].Needs {
			if waits(need) {
				return true
			}
		}
		return false
	}
	require.Contains(t, all, "follow-tasks")
	assert.False(t, waits("probe"))
	assert.True(t, waits("select-tasks-secondary"))
	for id, s := range all {
		if s.Role == plan.Fence {
			assert.NotNil(t, s.Undo, id)
		}
	}
}

// TestRestore_ofACacheTakesTheYoungestSnapshotOfTheTime and judges the loss by the snapshot, not by the wish.
func TestRestore_ofACacheTakesTheYoungestSnapshotOfTheTime(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-cache")
	require.NoError(t, err)
	assert.Equal(t, "Restore scores to the snapshot of 2026-03-01T04:00:00Z", p.Title)
	assert.Equal(t, "automatic.atlas-scores-primary-2026-03-01-04-00", steps(p)["copy-scores"].Call.Input["SnapshotName"])
	assert.NotContains(t, gates(p), "loss", "eight hours are within the day that the objective allows")

	p, err = made(t, "restore-cache", func(r *planner.Request) { r.Goal.At = r.Now.Add(-9 * time.Hour) })
	require.NoError(t, err)
	assert.Equal(t, "automatic.atlas-scores-primary-2026-02-28-04-00", steps(p)["copy-scores"].Call.Input["SnapshotName"])
	assert.Equal(t, "store scores goes back by 32h0m0s, and its objective allows 24h0m0s", gates(p)["loss"].Reason)

	p, err = made(t, "restore-cache", func(r *planner.Request) { r.Goal.At = r.Now.Add(-40 * 24 * time.Hour) })
	require.NoError(t, err)
	assert.Contains(t, gates(p)["window"].Reason, "no snapshot of scores is of ")
	assert.False(t, gates(p)["window"].Overridable)
}

// TestRestore_ofACacheThatIsRebuiltTakesNoSnapshot: it begins empty, and nothing of it is lost.
func TestRestore_ofACacheThatIsRebuiltTakesNoSnapshot(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-cache-that-is-rebuilt")
	require.NoError(t, err)
	assert.Equal(t, "Make recall again, empty", p.Title)
	assert.NotContains(t, steps(p)["copy-recall"].Call.Input, "SnapshotName")
	assert.Equal(t, "store tasks", steps(p)["verify-recall"].Call.Input["Source"])
	assert.NotContains(t, gates(p), "loss")
	assert.NotContains(t, gates(p), "window")
}

// TestRestore_ofACacheWaitsForNoFixedRegion: users find it before the private names are changed, and by
// those names in the end.
func TestRestore_ofACacheWaitsForNoFixedRegion(t *testing.T) {
	t.Parallel()
	p, err := made(t, "restore-cache")
	require.NoError(t, err)
	all := steps(p)
	assert.Contains(t, all["direct-scores-primary"].Call.Input["Value"], `"host":"late-writer-primary"`)
	assert.Contains(t, all["settle-scores-primary"].Call.Input["Value"], `"host":"scores.cache.atlas.internal"`)
	assert.Contains(t, all["name-scores-primary"].Needs, "probe")
	assert.NotContains(t, all["probe"].Needs, "join-scores")
	s := all["name-scores-primary"]
	s.Needs = nil
	p.Steps = append([]plan.Step{s}, p.Steps...)
	for n := range p.Steps {
		if p.Steps[n].ID == "probe" {
			p.Steps[n].Needs = append(p.Steps[n].Needs, s.ID)
		}
	}
	require.ErrorContains(t, planner.Check(p), "rule no-fixed-region: step name-scores-primary")
}

func TestReached_isFalseUntilABackupShowsTheMoment(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"restore-table", "restore-ledger", "restore-database", "restore-bucket", "restore-cache"} {
		asked := func(change func(*planner.Request)) (out planner.Request) {
			p, err := made(t, name, change, func(r *planner.Request) { out = *r })
			require.NoError(t, err)
			assert.Equal(t, gates(p)["window"].Reason == "", planner.Reached(out), "%s: as the plan's gate says", name)
			return out
		}
		assert.True(t, planner.Reached(asked(func(*planner.Request) {})), name)
		if name != "restore-cache" { // its snapshots are as old as they are
			assert.False(t, planner.Reached(asked(func(r *planner.Request) { r.Goal.At = r.Now.Add(-40 * 24 * time.Hour) })), name)
		}
	}
	region, err := planner.Make(planner.Request{Scenario: planner.RegionLoss})
	require.Error(t, err)
	assert.Empty(t, region.Steps)
	assert.True(t, planner.Reached(planner.Request{Scenario: planner.RegionLoss}), "it goes back to no moment")
}

// Requests that differ in how far the backups reach have one essence, and one plan; any other difference is another.
func TestEssence_leavesOutHowFarBackupsReach(t *testing.T) {
	t.Parallel()
	essences := planner.NewEssences()
	of := func(change func(*planner.Request)) (string, plan.Plan) {
		var r planner.Request
		p, err := made(t, "restore-database", change, func(asked *planner.Request) { r = *asked })
		require.NoError(t, err)
		return essences.Of(r, planner.About(r)), p
	}
	set := func(name, value string) func(*planner.Request) {
		return func(r *planner.Request) {
			answers := map[string]plan.Document{}
			for key, a := range r.Answers {
				answers[key] = a
				if all, is := a["DBClusters"].([]any); is {
					one := maps.Clone(all[0].(map[string]any))
					one[name] = value
					answers[key] = plan.Document{"DBClusters": []any{one}}
				}
			}
			r.Answers = answers
		}
	}
	before, one := of(func(*planner.Request) {})
	after, two := of(set("EarliestRestorableTime", "2026-01-01T00:00:00Z"))
	assert.Equal(t, before, after)
	assert.Equal(t, one, two)
	for _, change := range []func(*planner.Request){set("EngineVersion", "16.1"),
		func(r *planner.Request) { r.Now = r.Now.Add(time.Second) },
		func(r *planner.Request) { r.Goal.At = r.Goal.At.Add(-time.Second) },
	} {
		after, two = of(change)
		assert.NotEqual(t, before, after)
		assert.NotEqual(t, one, two)
	}
}
