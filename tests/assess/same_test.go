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

// scenario is the one whose recovery is simulated.
func scenario(t testing.TB, name string) drill.Scenario {
	t.Helper()
	all, err := drill.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no scenario %s", name)
	return drill.Scenario{}
}

// reports are the whole reports of recoveries, steps and marks and all, as they are written.
func reports(t *testing.T, b forecast.Base, name string, o forecast.Options) (out []string) {
	t.Helper()
	require.NoError(t, b.Each(context.Background(), scenario(t, name), o, func(r drill.Report) {
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

// memoryChangesNoReport compares so many losses of the region, and a twentieth as many of what else is forecast, with such as
// are planned, walked and witnessed anew each time.
func memoryChangesNoReport(t *testing.T, seeds int) {
	t.Helper()
	on := base(t)
	for name, count := range map[string]int{"region-loss": seeds, "zone-loss": seeds / 20, "dependency-loss": seeds / 20,
		"restore-database": seeds / 20, "restore-table": seeds / 20, "restore-ledger": seeds / 20, "restore-bucket": seeds / 20,
		"restore-cache": seeds / 20} {
		o := forecast.Options{Recoveries: count, Seed: 3}
		quick := reports(t, on, name, o)
		o.Plain = true
		plain := reports(t, on, name, o)
		require.Len(t, quick, count)
		for n := range plain {
			require.Equal(t, plain[n], quick[n], "%s, recovery %d", name, n)
		}
	}
}

func TestAssess_drillOfASeedComesToTheSame(t *testing.T) {
	t.Parallel()
	on, lost, count := base(t), scenario(t, "region-loss"), 0
	require.NoError(t, on.Each(context.Background(), lost, forecast.Options{Recoveries: 20, Seed: 11}, func(r drill.Report) {
		p, err := place.New(on.World, on.System, on.Active, r.Seed)
		require.NoError(t, err)
		alone, err := (&drill.Drill{Place: p, Scenario: lost, System: on.System, Inventory: on.World.Inventory,
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
