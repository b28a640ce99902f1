//go:build linux

package local

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/sim/fault"
	"redoubt/system"
)

func TestFits_aMachineLosesAWholeHome(t *testing.T) {
	t.Parallel()
	all, err := drill.Scenarios()
	require.NoError(t, err)
	experiments, err := drill.Experiments()
	require.NoError(t, err)
	var fit []string
	for _, s := range append(all, experiments...) {
		if why := Fits(s); why == nil {
			fit = append(fit, s.Name)
		} else {
			assert.ErrorContains(t, why, s.Name+" cannot be shown by the processes of one machine")
		}
	}
	assert.Equal(t, []string{"region-loss", "queue-ledger-lost", "region-lost"}, fit, "and the experiments that lose just that")
}

// A cut is a line that the place understands, some time before the loss.
func TestPlanned_cutsBeforeTheLoss(t *testing.T) {
	t.Parallel()
	seen := map[int]int{}
	for n := range uint64(50) {
		p := &Place{kill: Planned(n)}
		lines := p.cuts()
		seen[len(lines)]++
		assert.Len(t, lines, len(p.kill.Cut))
		for _, l := range lines {
			f, err := fault.Parse(l.Line)
			require.NoError(t, err)
			assert.Equal(t, []any{fault.Lag, Regions[system.Primary], Regions[system.Secondary]}, []any{f.Kind, f.Region, f.Peer})
			assert.Equal(t, p.kill.After-l.After, p.kill.Cut[copied[f.Service]])
			assert.Positive(t, l.After)
		}
	}
	assert.Equal(t, map[int]int{0: 20, 1: 20, 2: 10}, seen)
	assert.Less(t, Planned(1<<60).After, 10*time.Second, "any seed is drilled soon")
	assert.NotEqual(t, Planned(3), Planned(8), "each falls at another moment")
}

func TestBreak_refusesWhatAMachineHasNot(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"region-down eu-central-1", "zone-down eu-west-1a", "lag dynamodb eu-west-1 eu-central-1 1h"} {
		assert.ErrorContains(t, (&Place{}).Break(t.Context(), 0, line), "cannot be made on one machine")
	}
	assert.Error(t, (&Place{}).Break(t.Context(), 0, "earthquake"))
}
