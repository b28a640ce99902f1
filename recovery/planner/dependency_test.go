package planner_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// level is the level that a call sets for an agent, as the inventory knows its versions.
func level(t *testing.T, c plan.Call, agent string) string {
	t.Helper()
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	of := inv.Homes[c.Home].Agents[agent].Levels
	require.NotNil(t, of, agent)
	assert.Equal(t, "StartDeployment", c.Operation)
	assert.Equal(t, []any{of.ApplicationID, of.EnvironmentID, of.ProfileID, of.StrategyID}, []any{c.Input["ApplicationId"],
		c.Input["EnvironmentId"], c.Input["ConfigurationProfileId"], c.Input["DeploymentStrategyId"]})
	for level, version := range of.Versions {
		if version == c.Input["ConfigurationVersion"] {
			return string(level)
		}
	}
	return ""
}

func TestDependencyLoss_degradesThoseWhoNeedIt(t *testing.T) {
	t.Parallel()
	for dependency, want := range map[string]map[string]string{
		// Each agent's mildest level that does without the dependency.
		"large-model": {"planner": "reduced", "worker": "reduced"},
		// The worker's levels both fall back to it; the last one asks least of it.
		"small-model": {"worker": "essential", "memory": "reduced", "evaluator": "reduced"},
		"web-search":  {"tool-runner": "reduced"},
	} {
		p, err := made(t, "dependency-loss", func(r *planner.Request) { r.Finding.Name = dependency })
		require.NoError(t, err)
		assert.Empty(t, p.Gates, "the finding is enough")
		got := map[string]string{}
		for _, s := range p.Steps {
			if s.Role != plan.Level || s.Call.Home != system.Primary {
				continue
			}
			got[s.Subject.Agent] = level(t, s.Call, s.Subject.Agent)
			assert.Equal(t, "full", level(t, *s.Undo, s.Subject.Agent))
			other := steps(p)[s.ID+"-secondary"]
			assert.Equal(t, got[s.Subject.Agent], level(t, other.Call, s.Subject.Agent), "it is lost to the other home, too")
			assert.Equal(t, plan.Continue, other.OnFailure, "and nobody waits for that")
		}
		assert.Equal(t, want, got, dependency)
	}
}

func TestDependencyBack_givesAllAgain(t *testing.T) {
	t.Parallel()
	p, err := made(t, "dependency-back")
	require.NoError(t, err)
	s := steps(p)["restore-worker"]
	assert.Equal(t, "full", level(t, s.Call, "worker"))
	assert.Equal(t, "reduced", level(t, *s.Undo, "worker"))
	assert.Equal(t, s.Condition.All[0].Value, s.Condition.All[0].Missing, "an agent that nobody has degraded gives all")
	assert.Equal(t, "ListDeployments", s.Condition.Call.Operation)
}

func TestDependencyLoss_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*planner.Request)
		want   string
	}{
		"no name":        {func(r *planner.Request) { r.Finding.Name = "" }, "no dependency is named"},
		"a strange name": {func(r *planner.Request) { r.Goal.Dependency = "mail" }, `the system has no dependency "mail"`},
		"no levels": {func(r *planner.Request) {
			for n := range r.System.Agents {
				r.System.Agents[n].Degradation = nil
			}
		}, "no agent that needs large-model declares a level"},
		"an old inventory": {func(r *planner.Request) {
			home := r.Inventory.Homes[system.Primary]
			home.Agents = maps.Clone(home.Agents)
			agent := home.Agents["worker"]
			agent.Levels = nil
			home.Agents["worker"] = agent
			r.Inventory.Homes[system.Primary] = home
		}, "does not know the feature flags of agent worker; update the primary home once"},
		"a blank home": {func(r *planner.Request) { delete(r.Inventory.Homes, system.Secondary) },
			"the inventory does not know the secondary home"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := made(t, "dependency-loss", c.change)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestDependencyLoss_saysForWhomNothingIsDone(t *testing.T) {
	t.Parallel()
	p, err := made(t, "dependency-loss", func(r *planner.Request) {
		for n := range r.System.Agents {
			if r.System.Agents[n].Name == "planner" {
				r.System.Agents[n].Degradation = []system.Degradation{{Level: system.Full}}
			}
		}
	})
	require.NoError(t, err)
	assert.Contains(t, p.Because, "planner needs it and declares no level below full")
}

func TestDependencyLoss_standsOnAFinding(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]diagnose.Finding{
		"nobody has looked":                          {},
		"the finding is unclear":                     {Kind: diagnose.Unclear},
		"the finding is dependency lost small-model": {Kind: diagnose.DependencyLost, Name: "small-model"},
	} {
		p, err := made(t, "dependency-loss", func(r *planner.Request) { r.Goal.Dependency, r.Finding = "large-model", f })
		require.NoError(t, err)
		require.Contains(t, gates(p), "finding", name)
		assert.Contains(t, gates(p)["finding"].Reason, name)
	}
}
