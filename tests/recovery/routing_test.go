package recovery

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// withRoutingControls is both homes with the switch that is made of routing
// controls, of which the primary's has been turned on.
func withRoutingControls(t testing.TB) *lab {
	t.Helper()
	arc := strings.NewReplacer("config:\n", "config:\n  redoubt:switch: arc\n")
	l := raised(t, map[string]*strings.Replacer{"Pulumi.primary.yaml": arc, "Pulumi.secondary.yaml": arc})
	take, err := planner.TakeTraffic(l.Inventory(t), system.Primary)
	require.NoError(t, err)
	l.Ask(t, homes.Ireland, "route53-recovery-cluster", take.Steps[0].Call.Operation, world.Document(take.Steps[0].Call.Input))
	l.Wait(5 * time.Minute)
	return l
}

// There and back with routing controls: the primary's region is lost with its
// endpoint of the cluster, and what the secondary has kept is enough to act.
func TestRouting_movesTheTrafficThereAndBack(t *testing.T) {
	t.Parallel()
	l := withRoutingControls(t)
	p := l.loseTheRegion(t)
	moves := stepOf(t, p, plan.Traffic)
	assert.Equal(t, "route53-recovery-cluster.UpdateRoutingControlStates", moves.Call.Service+"."+moves.Call.Operation)
	f := l.run(t, p, execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.Wait(5 * time.Minute)
	l.serves(t, system.Secondary)

	l.Break(t, "region-up "+homes.Ireland)
	l.Wait(3 * time.Hour)
	f = l.run(t, l.plan(t, planner.Request{Scenario: planner.Failback, Goal: planner.Goal{Active: system.Secondary}}),
		execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	l.Wait(10 * time.Minute)
	l.serves(t, system.Primary)
	l.standsBy(t, system.Secondary)
}

// stepOf is the one step of a role.
func stepOf(t *testing.T, p plan.Plan, role plan.Role) plan.Step {
	t.Helper()
	var found []plan.Step
	for _, s := range p.Steps {
		if s.Role == role {
			found = append(found, s)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}
