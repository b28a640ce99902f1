package recovery

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

var keep = flag.Bool("update", false, "keep the inventory and the answers that example plans are made from")

// TestExamples_standOnWhatTheRegionsSay holds the inventory and the answers, from
// which the planner's tests make their plans, against the homes as they are now.
func TestExamples_standOnWhatTheRegionsSay(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Advance(plantest.Now) // what is restored must have been there some time before
	inv := l.Inventory(t)
	text, err := inventory.Encode(inv)
	require.NoError(t, err)
	all := map[string]map[string]plan.Document{}
	for _, e := range plantest.Requests(l.Now()) {
		r := e.Request
		r.System, r.Inventory, r.Now = l.sys, inv, l.Now()
		questions, err := planner.Questions(r)
		require.NoError(t, err, e.Name)
		for _, q := range questions {
			out, err := l.port(t).Call(context.Background(), q)
			require.NoError(t, err, "%s: %s", e.Name, q)
			if all[e.Name] == nil {
				all[e.Name] = map[string]plan.Document{}
			}
			all[e.Name][planner.CallKey(q)] = out
		}
	}
	answers, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	for file, now := range map[string][]byte{plantest.InventoryFile: text, plantest.AnswersFile: append(answers, '\n')} {
		if *keep {
			require.NoError(t, plantest.Keep(file, now))
		}
		was, err := os.ReadFile(filepath.Join("..", "..", "internal", "plantest", "testdata", file))
		require.NoError(t, err)
		assert.Equal(t, string(was), string(now), "%s is not what the homes say; go test ./tests/recovery -run Examples -update", file)
	}
}
