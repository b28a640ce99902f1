package recovery

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestCheck_holdsForEveryPlanAndRefusesByName(t *testing.T) {
	t.Parallel()
	_, lost := scenes["region-loss"](t)
	_, planned := scenes["switchover"](t)
	for _, p := range []plan.Plan{lost, planned} {
		require.NoError(t, planner.Check(p))
	}
	at := func(p plan.Plan, id string) *plan.Step {
		n := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.ID == id })
		require.GreaterOrEqual(t, n, 0, id)
		return &p.Steps[n]
	}
	for name, c := range map[string]struct {
		of    plan.Plan
		spoil func(plan.Plan)
		want  string
	}{
		"a call to the lost region": {lost, func(p plan.Plan) { at(p, "promote-tasks").Call.Home = system.Primary },
			"rule no-lost-region: step promote-tasks: rds.FailoverGlobalCluster in the primary home"},
		"a question to the lost region": {lost, func(p plan.Plan) { at(p, "start-planner").Condition.Call.Home = system.Primary },
			"rule no-lost-region: step start-planner: kubernetes.Get in the primary home"},
		"traffic that waits for a fence": {lost, func(p plan.Plan) {
			s := at(p, "take-traffic-secondary")
			s.Needs = append(slices.Clone(s.Needs), "fence-planner")
		}, "rule no-lost-region: step fence-planner"},
		"a record that is changed": {lost, func(p plan.Plan) {
			at(p, "take-traffic-secondary").Call = plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "route53",
				Operation: "ChangeResourceRecordSets"}
		}, "rule no-fixed-region: step take-traffic-secondary: route53.ChangeResourceRecordSets in the secondary home is served by us-east-1"},
		"traffic before the database": {lost, func(p plan.Plan) {
			s := at(p, "take-traffic-secondary")
			s.Needs = slices.DeleteFunc(slices.Clone(s.Needs), func(n string) bool { return n == "promote-tasks" })
		}, "rule traffic-after-data: step take-traffic-secondary: it does not wait for promote-tasks"},
		"a writer before the fence": {planned, func(p plan.Plan) {
			at(p, "promote-tasks").Needs = nil
		}, "rule one-writer: step promote-tasks: it does not wait for fence-planner"},
		"a fence that may fail": {planned, func(p plan.Plan) {
			at(p, "fence-worker").OnFailure = plan.Continue
		}, "rule one-writer: step fence-worker: a fence that may fail"},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.of
			p.Steps = slices.Clone(p.Steps)
			c.spoil(p)
			assert.ErrorContains(t, planner.Check(p), c.want)
		})
	}
}

// Each store and each critical agent has its step; without it the test that
// looks for it names what is forgotten.
func TestCovers_namesWhatIsForgotten(t *testing.T) {
	t.Parallel()
	l, p := scenes["region-loss"](t)
	inv := l.Inventory(t)
	require.NoError(t, planner.Covers(p, l.sys, inv))
	without := func(is func(plan.Step) bool) error {
		less := p
		less.Steps = slices.DeleteFunc(slices.Clone(p.Steps), is)
		return planner.Covers(less, l.sys, inv)
	}
	for _, s := range l.sys.Stores {
		err := without(func(step plan.Step) bool { return step.Subject.Store == s.Name })
		assert.EqualError(t, err, "rule every-store: store "+s.Name+" has no step")
	}
	for _, a := range l.sys.Agents {
		tier, _ := l.sys.Tier(a.Tier)
		if !tier.Critical || tier.Strategy == system.ActiveActive {
			continue
		}
		err := without(func(step plan.Step) bool { return step.Subject.Agent == a.Name && step.Role == plan.Start })
		assert.EqualError(t, err, "rule every-agent: agent "+a.Name+" is not started")
	}
}
