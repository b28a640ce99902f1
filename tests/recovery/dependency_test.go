package recovery

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// levels are the levels that the agents of a home are told to work at.
func (l *lab) levels(t testing.TB, home system.Home) map[string]any {
	t.Helper()
	of := l.Inventory(t).Homes[home].Cluster
	out, err := l.port(t).Call(context.Background(), plan.Call{
		Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get", Input: plan.Document{
			"Server": of.Endpoint, "ApiVersion": "v1", "Kind": "ConfigMap", "Namespace": of.Namespace,
			"Name": inventory.Degradation}})
	require.NoError(t, err)
	return out["data"].(map[string]any)
}

func TestDependencyLoss_degradesAndGivesBack(t *testing.T) {
	t.Parallel()
	l := standing(t)
	before := l.levels(t, system.Primary)
	for agent, level := range before {
		require.Equal(t, "full", level, agent)
	}
	r := planner.Request{Scenario: planner.DependencyLoss, Goal: planner.Goal{Active: system.Primary},
		Finding: diagnose.Finding{Kind: diagnose.DependencyLost, Name: "web-search", Why: "it does not answer"}}
	f := l.run(t, l.plan(t, r), execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	for _, home := range system.Homes {
		assert.Equal(t, "reduced", l.levels(t, home)["tool-runner"], home)
		assert.Equal(t, "full", l.levels(t, home)["planner"], "%s: it does not need it", home)
	}
	r.Finding, r.Goal.Dependency = diagnose.Finding{Kind: diagnose.Healthy, Why: "it answers"}, "web-search"
	f = l.run(t, l.plan(t, r), execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	assert.Equal(t, before, l.levels(t, system.Primary))
}
