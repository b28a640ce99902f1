package drill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// TestPlans_sayOfEachRequestWhatItIsAbout: that a text is kept makes it no other, whatever two requests differ in.
func TestPlans_sayOfEachRequestWhatItIsAbout(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	seen := []diagnose.Observation{{Observer: "primary", At: at, State: diagnose.Bad}, {Observer: "arbiter", At: at, State: diagnose.Bad}}
	p, all := NewPlans(), []planner.Request{{}}
	for _, change := range []func(*planner.Request){
		func(r *planner.Request) { r.Scenario = planner.Restore },
		func(r *planner.Request) { r.Goal.Active = system.Secondary },
		func(r *planner.Request) { r.Goal.Store = "tasks" },
		func(r *planner.Request) { r.Goal.At = at },
		func(r *planner.Request) { r.Goal.Generation = 2 },
		func(r *planner.Request) { r.Finding.Kind = diagnose.RegionLost },
		func(r *planner.Request) { r.Finding.Home = system.Primary },
		func(r *planner.Request) { r.Finding.Name = "tasks" },
		func(r *planner.Request) { r.Finding.Why = "somebody says so" },
		func(r *planner.Request) { r.Finding.Since = at },
		func(r *planner.Request) { r.Finding.For = seen },
		func(r *planner.Request) { r.Finding.For = seen[:1] },
		func(r *planner.Request) { r.Finding.For = seen[1:] },
		func(r *planner.Request) { r.Finding.Against = seen },
		func(r *planner.Request) { r.Finding.Against = seen[:1] },
	} {
		var r planner.Request
		change(&r)
		all = append(all, r)
	}
	for range 2 {
		for n := range all {
			assert.Equal(t, planner.About(all[n]), p.about(&all[n]), "request %d", n)
		}
	}
	assert.Len(t, p.abouts, len(all))
}
