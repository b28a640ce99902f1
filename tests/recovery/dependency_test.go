package recovery

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// levels are the levels that the agents of a home are told to work at.
func (l *lab) levels(t testing.TB, home system.Home) map[string]system.Level {
	t.Helper()
	w := l.port(t)
	out := map[string]system.Level{}
	for name, agent := range w.Inventory.Homes[home].Agents {
		if agent.Levels != nil {
			out[name] = w.Level(context.Background(), home, name)
		}
	}
	require.NotEmpty(t, out)
	return out
}

func TestDependencyLoss_degradesAndGivesBack(t *testing.T) {
	t.Parallel()
	l := standing(t)
	before := l.levels(t, system.Primary)
	for agent, level := range before {
		require.Equal(t, system.Full, level, agent)
	}
	r := planner.Request{Scenario: planner.DependencyLoss, Goal: planner.Goal{Active: system.Primary},
		Finding: diagnose.Finding{Kind: diagnose.DependencyLost, Name: "web-search", Why: "it does not answer"}}
	f := l.run(t, l.plan(t, r), execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	for _, home := range system.Homes {
		assert.Equal(t, system.Reduced, l.levels(t, home)["tool-runner"], home)
		assert.Equal(t, system.Full, l.levels(t, home)["planner"], "%s: it does not need it", home)
	}
	r.Finding, r.Goal.Dependency = diagnose.Finding{Kind: diagnose.Healthy, Why: "it answers"}, "web-search"
	f = l.run(t, l.plan(t, r), execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Equal(t, before, l.levels(t, system.Primary))
}
