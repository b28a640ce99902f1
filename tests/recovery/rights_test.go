package recovery

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/rightstest"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// TestRights_ofEveryRequest runs every kept plan, and holds each single request that reaches the regions, also those that a
// call is made of, to the role of the function that makes it in the cloud.
func TestRights_ofEveryRequest(t *testing.T) {
	t.Parallel()
	all, inner := walks(), map[string]bool{}
	var mu sync.Mutex
	t.Run("plans", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l, p := all[name](t)
				var made []plan.Call
				v := l.driver(t)
				v.Port = rightstest.Seen{Port: l.port(t), See: func(c plan.Call) { made = append(made, c) }}
				f, err := v.Run(context.Background(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
				require.NoError(t, err)
				require.Equal(t, execute.Recovered, f.Outcome, f.Why)
				rightstest.Hold(t, rightstest.Place(l.Inventory(t)), p.Receives(), made)
				mu.Lock()
				defer mu.Unlock()
				for _, c := range made {
					inner[c.Operation] = true
				}
			})
		}
	})
	for _, operation := range []string{"ListObjectVersions", "CopyObject", "DeleteObject", "SendMessage", "UpdateItem", "Query"} {
		assert.True(t, inner[operation], "no plan has led to %s: what calls are made of was not seen", operation)
	}
}
