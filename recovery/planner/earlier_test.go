package planner_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// restoredOnce makes the example's store one that was restored and that the stacks know: the answers are those of its
// second generation, whose backups begin an hour ago, and those of its first reach back a month.
func restoredOnce(store string) func(*planner.Request) {
	return func(r *planner.Request) {
		second := func(text string) string {
			for _, end := range []string{"-primary", "-secondary"} {
				text = strings.ReplaceAll(text, "atlas-"+store+end, "atlas-"+store+"-g2"+end)
			}
			return strings.ReplaceAll(text, "TableName:atlas-"+store+"]", "TableName:atlas-"+store+"-g2]")
		}
		old, homes := r.Answers, maps.Clone(r.Inventory.Homes)
		for home, of := range homes {
			of.Stores = maps.Clone(of.Stores)
			s := of.Stores[store]
			s.Generation = 2
			if s.Kind == system.Postgres {
				s.Name = second(s.Name)
			} else {
				s.Name += "-g2"
			}
			of.Stores[store] = s
			homes[home] = of
		}
		r.Inventory.Homes = homes
		r.Answers = maps.Clone(old)
		for key, answer := range old {
			answer = maps.Clone(answer)
			begins(answer, r.Now.Add(-time.Hour))
			r.Answers[second(key)] = answer
		}
		if store == "sessions" {
			again(r, store)
		}
		r.Goal.At, r.Goal.From = r.Now.Add(-24*time.Hour), 1
	}
}

// again gives the questions about a table's new generation the answers about the old one, whose names differ in ARNs too.
func again(r *planner.Request, store string) {
	questions, _ := planner.Questions(*r)
	for _, q := range questions {
		key := planner.CallKey(q)
		if _, has := r.Answers[key]; !has {
			r.Answers[key] = r.Answers[strings.ReplaceAll(key, "atlas-"+store+"-g2", "atlas-"+store)]
		}
	}
}

// begins sets since when the backups of an answer reach.
func begins(answer plan.Document, at time.Time) {
	if all, is := answer["DBClusters"].([]any); is {
		one := maps.Clone(all[0].(map[string]any))
		if _, has := one["EarliestRestorableTime"]; has {
			one["EarliestRestorableTime"] = at.UTC().Format(time.RFC3339)
		}
		answer["DBClusters"] = []any{one}
	}
}

func TestRestore_ofATimeBeforeTheLastOneIsMadeFromTheStoreOfThatTime(t *testing.T) {
	t.Parallel()
	for example, c := range map[string]struct{ store, member, source, form string }{
		"restore-database": {"tasks", "SourceDBClusterIdentifier", "atlas-tasks-primary", "cluster:"},
		"restore-table":    {"sessions", "SourceTableName", "atlas-sessions", "table/"},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			p, err := made(t, example, restoredOnce(c.store))
			require.NoError(t, err)
			assert.Contains(t, p.Title, "from the backups of "+c.source+", which it was at that time")
			assert.NotContains(t, gates(p), "window", "they reach it")
			all := steps(p)
			assert.Equal(t, c.source, all["copy-"+c.store].Call.Input[c.member])
			assert.Contains(t, all["verify-"+c.store].Call.Input["Source"], c.form+c.source)
			assert.Contains(t, all["copy-"+c.store].Title, "-g3", "the one beside it stays, too")
		})
	}
	p, err := made(t, "restore-database", restoredOnce("tasks"), func(r *planner.Request) { r.Goal.From = 0 })
	require.NoError(t, err)
	assert.Contains(t, gates(p)["window"].Reason, "the backups of atlas-tasks-g2-primary reach from")
	assert.Contains(t, gates(p)["window"].Reason, "no store that it was before and that still stands reaches so far")
}

func TestReach_isOfAGenerationOfAStore(t *testing.T) {
	t.Parallel()
	r := example(t, "restore-database")
	of := map[string]inventory.Store{"tasks": {Kind: system.Postgres, Generation: 2, Name: "atlas-tasks-g2-primary"}}
	r.Inventory.Homes = maps.Clone(r.Inventory.Homes)
	home := r.Inventory.Homes[system.Primary]
	home.Stores = of
	r.Inventory.Homes[system.Primary] = home
	for generation, name := range map[int]string{1: "atlas-tasks-primary", 2: "atlas-tasks-g2-primary"} {
		call, holds, has := planner.Reach(r, generation)
		require.True(t, has)
		assert.Equal(t, name, call.Input["DBClusterIdentifier"])
		for begins, want := range map[time.Duration]bool{-time.Minute: true, time.Minute: false} {
			answer := plan.Document{"DBClusters": []any{map[string]any{
				"EarliestRestorableTime": r.Goal.At.Add(begins).UTC().Format(time.RFC3339)}}}
			assert.Equal(t, want, holds(answer), "%s", begins)
		}
		assert.False(t, holds(plan.Document{}), "nobody tells")
	}
	r = example(t, "restore-bucket")
	_, _, has := planner.Reach(r, 1)
	assert.False(t, has, "it is restored in its place")
}
