package assess

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	forecast "redoubt/assess"
	"redoubt/recovery/drill"
	"redoubt/sim/place"
)

// regionLoss is the scenario whose recovery is simulated.
func regionLoss(t testing.TB) drill.Scenario {
	t.Helper()
	all, err := drill.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		if s.Name == "region-loss" {
			return s
		}
	}
	t.Fatal("there is no scenario region-loss")
	return drill.Scenario{}
}

// reports are the whole reports of recoveries, steps and marks and all, as they are written.
func reports(t *testing.T, b forecast.Base, o forecast.Options) (out []string) {
	t.Helper()
	require.NoError(t, b.Each(context.Background(), regionLoss(t), o, func(r drill.Report) {
		raw, err := json.Marshal(r)
		require.NoError(t, err)
		out = append(out, string(raw))
	}))
	return out
}

func TestAssess_memoryChangesNoReport(t *testing.T) {
	t.Parallel()
	memoryChangesNoReport(t, 100)
}

func memoryChangesNoReport(t *testing.T, seeds int) {
	t.Helper()
	on, o := base(t), forecast.Options{Recoveries: seeds, Seed: 3}
	quick := reports(t, on, o)
	o.Plain = true
	plain := reports(t, on, o)
	require.Len(t, quick, seeds)
	for n := range plain {
		require.Equal(t, plain[n], quick[n], "recovery %d", n)
	}
}

func TestAssess_drillOfASeedComesToTheSame(t *testing.T) {
	t.Parallel()
	on, count := base(t), 0
	require.NoError(t, on.Each(context.Background(), regionLoss(t), forecast.Options{Recoveries: 20, Seed: 11}, func(r drill.Report) {
		p, err := place.New(on.World, on.System, on.Active, r.Seed)
		require.NoError(t, err)
		alone, err := (&drill.Drill{Place: p, Scenario: regionLoss(t), System: on.System, Inventory: on.World.Inventory,
			Active: on.Active, Seed: r.Seed, Phase: drill.PhaseOf(r.Seed)}).Run(context.Background())
		require.NoError(t, err)
		for n, tier := range r.Tiers {
			require.Equal(t, alone.Tiers[n].Took, tier.Took, "seed %d: RTO of tier %s", r.Seed, tier.Name)
			require.Equal(t, alone.Tiers[n].Lost, tier.Lost, "seed %d: RPO of tier %s", r.Seed, tier.Name)
		}
		count++
	}))
	require.Equal(t, 20, count)
}
