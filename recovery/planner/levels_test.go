package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// levelled are the steps that set a level, by agent.
func levelled(t *testing.T, p plan.Plan) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, s := range p.Steps {
		if s.Role == plan.Level {
			assert.Equal(t, p.Active, s.Call.Home, "%s: the other home has lost nothing", s.ID)
			require.NotNil(t, s.Undo, s.ID)
			out[s.Subject.Agent] = level(t, s.Call, s.Subject.Agent)
		}
	}
	return out
}

func TestZoneLoss_agentsGiveLessWhereTheLoadIsAboveTheDeclared(t *testing.T) {
	t.Parallel()
	calm, err := made(t, "zone-loss")
	require.NoError(t, err)
	assert.Empty(t, levelled(t, calm), "two zones carry the declared load")
	p, err := made(t, "zone-loss", func(r *planner.Request) {
		of := r.Inventory.Homes[system.Primary].Cluster
		group := r.Answers[planner.CallKey(nodes(of, "eu-west-1b"))]["nodegroup"].(map[string]any)
		group["scalingConfig"].(map[string]any)["desiredSize"] = float64(of.ActiveNodes + 1)
	})
	require.NoError(t, err)
	got := levelled(t, p)
	assert.Len(t, got, 7, "every agent that declares levels")
	for agent, to := range got {
		assert.Equal(t, "reduced", to, agent)
		s := steps(p)["degrade-"+agent]
		assert.Equal(t, plan.Continue, s.OnFailure)
		assert.NotContains(t, steps(p)["probe"].Needs, s.ID, "nobody waits for it")
	}
}

func TestZoneBack_liftsWhatTheLossHasSetAndNoMore(t *testing.T) {
	t.Parallel()
	p, err := made(t, "zone-back")
	require.NoError(t, err)
	assert.Empty(t, levelled(t, p), "nobody gave less")
	p, err = made(t, "zone-back", func(r *planner.Request) {
		for agent, at := range map[string]system.Level{"planner": system.Reduced, "worker": system.Essential} {
			of := r.Inventory.Homes[system.Primary].Agents[agent].Levels
			ask := plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "appconfig", Operation: "ListDeployments",
				Input: plan.Document{"ApplicationId": of.ApplicationID, "EnvironmentId": of.EnvironmentID, "MaxResults": 1}}
			require.Contains(t, r.Answers, planner.CallKey(ask))
			r.Answers[planner.CallKey(ask)] = plan.Document{"Items": []any{map[string]any{
				"ConfigurationVersion": of.Versions[at], "State": "COMPLETE"}}}
		}
	})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"planner": "full"}, levelled(t, p), "the worker was told by somebody else")
	assert.ElementsMatch(t, []string{"cancel-entry", "cancel-cluster"}, steps(p)["restore-planner"].Needs)
}
