package planner_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

var update = flag.Bool("update", false, "rewrite the plans in testdata")

// example returns one of the example requests, ready to be planned.
func example(t *testing.T, name string) planner.Request {
	t.Helper()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		if e.Name == name {
			return e.Request
		}
	}
	require.Fail(t, "no example", name)
	return planner.Request{}
}

// made makes the plan of an example, changed or not.
func made(t *testing.T, name string, changes ...func(*planner.Request)) (plan.Plan, error) {
	t.Helper()
	r := example(t, name)
	for _, change := range changes {
		change(&r)
	}
	return planner.Make(r)
}

// steps maps the ids of a plan's steps to them.
func steps(p plan.Plan) map[string]plan.Step {
	out := map[string]plan.Step{}
	for _, s := range p.Steps {
		out[s.ID] = s
	}
	return out
}

func gates(p plan.Plan) map[string]plan.Gate {
	out := map[string]plan.Gate{}
	for _, g := range p.Gates {
		out[g.ID] = g
	}
	return out
}

// TestExamples_areKeptAsFiles writes the plan of each example for those who
// check what plans call, and shows each change of a plan in a review.
func TestExamples_areKeptAsFiles(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	scenarios := map[planner.Scenario]bool{}
	for _, e := range all {
		scenarios[e.Request.Scenario] = true
		p, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		now, err := plan.Encode(p)
		require.NoError(t, err)
		file := filepath.Join("testdata", "plans", e.Name+".json")
		if *update {
			require.NoError(t, os.WriteFile(file, now, 0o644))
		}
		was, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(was), string(now), "the plan of %s; go test ./recovery/planner -run Examples -update", e.Name)
		again, err := planner.Make(e.Request)
		require.NoError(t, err)
		assert.Equal(t, p, again, "equal requests give equal plans")
	}
	for name := range planner.Scenarios() {
		assert.True(t, scenarios[name], "scenario %s has no example", name)
	}
}

// TestExamples_areAsTheyAreWhenWrittenAndRead: a plan that was just made is the one that anybody reads from its file.
func TestExamples_areAsTheyAreWhenWrittenAndRead(t *testing.T) {
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		raw, err := json.Marshal(p)
		require.NoError(t, err, e.Name)
		var read plan.Plan
		require.NoError(t, json.Unmarshal(raw, &read), e.Name)
		require.Equal(t, read, p, e.Name)
	}
}

// TestExamples_sayWhatAPersonMustKnow looks at every step of every plan.
func TestExamples_sayWhatAPersonMustKnow(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		assert.NotEmpty(t, p.Because, e.Name)
		for _, s := range p.Steps {
			at := e.Name + ": " + s.ID
			assert.NotEmpty(t, s.Role, at)
			assert.Greater(t, len(s.Why), 20, at)
			assert.Regexp(t, `^https://`, s.Source, at)
			for _, expect := range s.Condition.All {
				assert.NotEmpty(t, expect.Path, at)
			}
		}
	}
}
