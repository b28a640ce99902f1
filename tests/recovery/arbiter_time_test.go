package recovery

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/internal/plantest"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// moving are the tiers that a plan moves after the loss of a region; what runs in both homes waits for none.
func moving(sys *system.System) []system.Tier {
	var out []system.Tier
	for _, tier := range sys.Tiers {
		if tier.Strategy != system.ActiveActive {
			out = append(out, tier)
		}
	}
	return out
}

// TestArbiter_decidesWithinTheObjectives: the longest time of the decision and of the look that starts the machine, and the
// longest way of the plan after them, which has the leases in it, are no more than any moving tier's promise for the loss of
// a region. AWS gives no figure for the promotion of the database: what is assumed of it counts, as 19 of 20 go.
func TestArbiter_decidesWithinTheObjectives(t *testing.T) {
	t.Parallel()
	l, p := variants["region-loss"+plantest.Between](t)
	rules := arbiter.Default()
	way := wayOf(t, p, map[string]time.Duration{"promote-tasks": timings.Prior(timings.PriorAuroraGlobalFailover).P95})
	require.GreaterOrEqual(t, way, p.Critical().Takes)
	require.Greater(t, way, rules.Taken(home.DefaultTerm))
	most := rules.Within() + conduct.WatchEvery + way
	t.Logf("%s: decided in %s, started in %s, the plan's way %s", most, rules.Within(), conduct.WatchEvery, way)
	page, err := os.ReadFile("../../docs/arbiter.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), fmt.Sprintf("| %d min %d s | predicted: the sum;", most/time.Minute, most%time.Minute/time.Second))
	tiers := moving(l.sys)
	require.Len(t, tiers, 2)
	for _, tier := range tiers {
		assert.LessOrEqual(t, most, tier.Objectives[system.RegionLoss].RTO, "tier %s", tier.Name)
	}
}

// wayOf is the longest way to the step that proves a plan. What no budget has in figures is assumed.
func wayOf(t *testing.T, p plan.Plan, assumed map[string]time.Duration) time.Duration {
	t.Helper()
	require.ElementsMatch(t, slices.Collect(maps.Keys(assumed)), p.Critical().Unknown, "a way of which a part is unknown promises nothing")
	ways, proved := map[string]time.Duration{}, time.Duration(0)
	for _, s := range p.Steps { // each follows what it needs
		takes, known := plan.Takes(s)
		if !known {
			takes = assumed[s.ID]
		}
		for _, need := range s.Needs {
			ways[s.ID] = max(ways[s.ID], ways[need])
		}
		ways[s.ID] += takes
		if s.Role == plan.Prove {
			proved = ways[s.ID]
		}
	}
	return proved
}
