package policies

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/assess"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// planPatch changes a plan of a forecast, as a fault of the planner would.
type planPatch struct {
	Scenario planner.Scenario
	// Store is that of a restore. Missing takes the plan away, for a reason.
	Store, Missing string
	// Step is the id of the step that changes; Remove takes it away, Home and Service change what it calls.
	Step    string
	Remove  bool
	Home    system.Home
	Service string
}

// replanned is the forecast with the changed plans.
func (v variant) replanned(t testing.TB, of func(assess.Options) (assess.Report, error),
) func(assess.Options) (assess.Report, error) {
	t.Helper()
	return func(o assess.Options) (assess.Report, error) {
		r, err := of(o)
		r.Plans = slices.Clone(r.Plans)
		for _, p := range v.Plans {
			n := slices.IndexFunc(r.Plans, func(m assess.Planned) bool { return m.Scenario == p.Scenario && m.Store == p.Store })
			require.GreaterOrEqual(t, n, 0, "%s: no plan %+v", v.Name, p)
			if p.Missing != "" {
				r.Plans[n] = assess.Planned{Scenario: p.Scenario, Store: p.Store, Err: errors.New(p.Missing)}
				continue
			}
			r.Plans[n].Plan.Steps = p.apply(t, r.Plans[n].Plan.Steps)
		}
		return r, err
	}
}

func (p planPatch) apply(t testing.TB, steps []plan.Step) []plan.Step {
	t.Helper()
	n := slices.IndexFunc(steps, func(s plan.Step) bool { return s.ID == p.Step })
	require.GreaterOrEqual(t, n, 0, "no step %q", p.Step)
	steps = slices.Clone(steps)
	if p.Remove {
		return slices.Delete(steps, n, n+1)
	}
	if p.Home != "" {
		steps[n].Call.Home = p.Home
	}
	if p.Service != "" {
		steps[n].Call.Service = p.Service
	}
	return steps
}
