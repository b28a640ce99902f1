package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestWriterLoss_isDoneWhoeverMovedTheWriter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ operation, path string }{
		"writer-loss": {"FailoverDBCluster",
			`DBClusters[0].DBClusterMembers[?DBInstanceIdentifier=="atlas-tasks-primary-1"].IsClusterWriter`},
		"writer-loss-cache": {"TestFailover",
			`ReplicationGroups[0].NodeGroups[0].NodeGroupMembers[?CacheClusterId=="atlas-recall-primary-001"].CurrentRole`},
	} {
		p, err := made(t, name)
		require.NoError(t, err)
		assert.Empty(t, p.Gates, "%s: the finding is enough", name)
		var moved bool
		for _, s := range p.Steps {
			if s.Call.Operation == c.operation {
				moved = true
				assert.EqualValues(t, c.path, s.Condition.All[1].Path)
				assert.Nil(t, s.Undo, "a move back would interrupt users once more")
			}
		}
		assert.True(t, moved, name)
	}
}

func TestWriterLoss_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*planner.Request)
		want   string
	}{
		"no store":         {func(r *planner.Request) { r.Finding.Name = "" }, "no store is named"},
		"a strange store":  {func(r *planner.Request) { r.Goal.Store = "notes" }, `the system has no store "notes"`},
		"a table":          {func(r *planner.Request) { r.Goal.Store = "sessions" }, "store sessions: a table takes writes through any"},
		"a bucket":         {func(r *planner.Request) { r.Goal.Store = "artifacts" }, "store artifacts: a bucket has no writer"},
		"a queue":          {func(r *planner.Request) { r.Goal.Store = "work" }, "store work: a queue has no writer"},
		"no answers":       {func(r *planner.Request) { r.Answers = nil }, "DescribeDBClusters in the primary home was not asked"},
		"the other home":   {func(r *planner.Request) { r.Finding.Home = system.Secondary }, "the primary home writes store tasks"},
		"nobody writes it": {follows, "store tasks has no writer in the primary home"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := made(t, "writer-loss", c.change)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// follows makes the answers those of a database that follows the other home's.
func follows(r *planner.Request) {
	for _, answer := range r.Answers {
		clusters, _ := answer["DBClusters"].([]any)
		for _, c := range clusters {
			for _, m := range c.(map[string]any)["DBClusterMembers"].([]any) {
				m.(map[string]any)["IsClusterWriter"] = false
			}
		}
	}
}

func TestWriterLoss_standsOnAFinding(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]diagnose.Finding{
		"nobody has looked":       {},
		"the finding is healthy ": {Kind: diagnose.Healthy},
		"the finding is writer lost recall, not that store tasks": {Kind: diagnose.WriterLost, Name: "recall"},
	} {
		p, err := made(t, "writer-loss", func(r *planner.Request) { r.Goal.Store, r.Finding = "tasks", f })
		require.NoError(t, err)
		require.Contains(t, gates(p), "finding")
		assert.Contains(t, gates(p)["finding"].Reason, name)
	}
}
