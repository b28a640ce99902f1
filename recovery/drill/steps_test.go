package drill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// TestSteps_tellEachAsItWasDoneAndWhatDecided walks a plan in which what proves the recovery waits longest for copy. What
// ends later than that proves nothing, a retry begins again, and the last step was never begun.
func TestSteps_tellEachAsItWasDoneAndWhatDecided(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Steps: []plan.Step{
		{ID: "fence"}, {ID: "promote", Needs: []string{"fence"}}, {ID: "copy", Needs: []string{"fence"}},
		{ID: "prove", Role: plan.Prove, Needs: []string{"promote", "copy"}}, {ID: "tidy", Needs: []string{"fence"}},
		{ID: "never", Needs: []string{"tidy"}},
	}}
	of, err := execute.Compile(p)
	require.NoError(t, err)
	at := func(minute int) time.Time { return time.Date(2026, 1, 1, 12, minute, 0, 0, time.UTC) }
	began := func(step string, minute int) journal.Record {
		return journal.Record{Kind: journal.Began, Step: step, At: at(minute)}
	}
	ended := func(step string, minute int, result plan.Outcome) journal.Record {
		return journal.Record{Kind: journal.Ended, Step: step, At: at(minute), Result: string(result), Why: "why " + step}
	}
	got := steps(p, of, []journal.Record{
		{Kind: journal.Started}, began("fence", 0), ended("fence", 2, plan.Performed), began("promote", 2), began("copy", 2),
		began("tidy", 2), ended("promote", 5, plan.AlreadyDone), began("copy", 6), ended("copy", 9, plan.Performed),
		began("prove", 9), ended("prove", 10, plan.Performed), ended("tidy", 20, plan.Failed),
		{Kind: journal.Finished, At: at(20)},
	})
	type told struct {
		id, outcome, why string
		began, ended     time.Time
		critical         bool
	}
	var all []told
	for _, s := range got {
		all = append(all, told{s.ID, s.Outcome, s.Why, s.Began, s.Ended, s.Critical})
	}
	assert.Equal(t, []told{
		{"fence", string(plan.Performed), "why fence", at(0), at(2), true},
		{"promote", string(plan.AlreadyDone), "why promote", at(2), at(5), false},
		{"copy", string(plan.Performed), "why copy", at(2), at(9), true},
		{"prove", string(plan.Performed), "why prove", at(9), at(10), true},
		{"tidy", string(plan.Failed), "why tidy", at(2), at(20), false},
		{id: "never"},
	}, all)
}
