package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

func TestRegionLoss_endsInTheOtherHome(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "region-down "+homes.Ireland)
	l.Wait(2 * time.Minute)
	p := l.plan(t, planner.Request{
		Scenario: planner.RegionLoss, Finding: l.lost(system.Primary), Goal: planner.Goal{Active: system.Primary}})
	require.NoError(t, planner.Covers(p, l.sys, l.Inventory(t)))
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
}
