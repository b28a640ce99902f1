package recovery

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// variants are the kept plans that differ little from one of the scenes: only an interpreter walks them. Each is made by
// the request of its example.
var variants = map[string]func(testing.TB) (*lab, plan.Plan){
	"writer-loss-cache": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		l.Break(t, "writer-down "+l.Inventory(t).Homes[system.Primary].Stores["recall"].Name+" "+homes.Ireland)
		l.Wait(10 * time.Minute)
		return l, l.example(t, "writer-loss-cache")
	},
	"partition-of-the-secondary": func(t testing.TB) (*lab, plan.Plan) {
		l := moved(t)
		l.Break(t, "partition "+homes.Ireland+" "+homes.Frankfurt)
		claim, err := planner.TakeTraffic(l.Inventory(t), system.Primary)
		require.NoError(t, err)
		require.Equal(t, execute.Recovered, l.quiet(t, claim, execute.Options{}).Outcome)
		l.Wait(5 * time.Minute)
		p := l.example(t, "partition-of-the-secondary")
		l.Break(t, "heal "+homes.Ireland+" "+homes.Frankfurt)
		return l, p
	},
	"dependency-back": func(t testing.TB) (*lab, plan.Plan) {
		l := working(t)
		require.Equal(t, execute.Recovered, l.quiet(t, l.example(t, "dependency-loss"), execute.Options{}).Outcome)
		return l, l.example(t, "dependency-back")
	},
	"region-loss" + plantest.Between: func(t testing.TB) (*lab, plan.Plan) {
		l := between(t)
		l.accept(t, system.Primary, "work", accepted...)
		l.Wait(time.Minute)
		l.Break(t, "region-down "+homes.Ireland)
		l.Wait(3 * time.Minute)
		return l, l.example(t, "region-loss"+plantest.Between)
	},
	"failback" + plantest.Between: func(t testing.TB) (*lab, plan.Plan) {
		l := between(t)
		there := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
		require.Equal(t, execute.Recovered, l.quiet(t, there, execute.Options{}).Outcome)
		l.Wait(time.Hour)
		l.accept(t, system.Secondary, "work", accepted...)
		l.Wait(time.Minute)
		return l, l.example(t, "failback"+plantest.Between)
	},
	plantest.Routed: func(t testing.TB) (*lab, plan.Plan) {
		l := withRoutingControls(t)
		l.accept(t, system.Primary, "work", accepted...)
		l.Wait(time.Minute)
		return l, l.example(t, plantest.Routed)
	},
	"restore-cache-that-is-rebuilt": func(t testing.TB) (*lab, plan.Plan) {
		l := serving(t, system.Primary)
		return l, l.example(t, "restore-cache-that-is-rebuilt")
	},
}

// walks are all the plans that an interpreter walks.
func walks() map[string]func(testing.TB) (*lab, plan.Plan) {
	all := maps.Clone(scenes)
	maps.Copy(all, variants)
	return all
}

// example makes the plan of an example's request, as the homes are now.
func (l *lab) example(t testing.TB, name string) plan.Plan {
	t.Helper()
	for _, e := range plantest.Requests(l.Now()) {
		if e.Name == name {
			return l.plan(t, e.Request)
		}
	}
	require.Fail(t, "no example", name)
	return plan.Plan{}
}

// TestWalks_areOfEveryKeptPlan fails when a plan is kept that no interpreter walks, and when what stands for one of
// them has other steps than it.
func TestWalks_areOfEveryKeptPlan(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	walked := walks()
	for _, e := range all {
		stage, has := walked[e.Name]
		if !assert.True(t, has, "nothing walks the plan of %s; add it to the scenes or the variants", e.Name) {
			continue
		}
		if _, is := variants[e.Name]; !is {
			continue // its own tests hold it to what it is about
		}
		kept, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		_, p := stage(t)
		assert.Equal(t, kept.Scenario, p.Scenario, e.Name)
		assert.Equal(t, idsOf(kept), idsOf(p), e.Name)
	}
	for name := range variants {
		assert.NotContains(t, scenes, name)
		assert.True(t, slices.ContainsFunc(all, func(e plantest.Example) bool { return e.Name == name }), "no plan of %s is kept", name)
	}
}

// idsOf names the steps of a plan, in its order.
func idsOf(p plan.Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.ID)
	}
	return strings.Join(out, "\n")
}
