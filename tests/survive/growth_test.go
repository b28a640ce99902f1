//go:build engine

package survive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/sim/world"
	"redoubt/system"
)

// edited gives both homes the example with one text of it replaced.
func (h *homes) edited(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	path := filepath.Join(t.TempDir(), "system.yaml")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600))
	for _, home := range both {
		h.engine.Stack(string(home)).Config["redoubt:system"] = path
	}
}

// nodes are how many each zone of a home has; the same number everywhere.
func (h *homes) nodes(t *testing.T, home system.Home) int {
	t.Helper()
	seen := map[float64]bool{}
	for _, g := range h.Find(h.inventory(t).Homes[home].Region, nodeGroupKind, nil) {
		require.Equal(t, g.In["ScalingConfig"].(map[string]any)["DesiredSize"], g.Out["Nodes"], "%s: asked for and there", g.ID)
		seen[g.Out["Nodes"].(float64)] = true
	}
	require.Len(t, seen, 1, "%v", seen)
	for n := range seen {
		return int(n)
	}
	return 0
}

// scale asks for a number of nodes in each zone of a home, as a plan does.
func (h *homes) scale(t *testing.T, home system.Home, nodes int) {
	t.Helper()
	region := h.inventory(t).Homes[home].Region
	for _, g := range h.Find(region, nodeGroupKind, nil) {
		h.call(t, region, "eks", "UpdateNodegroupConfig", world.Document{"clusterName": g.In["ClusterName"],
			"nodegroupName": g.In["NodeGroupName"], "scalingConfig": world.Document{"desiredSize": float64(nodes)}})
	}
	h.wait(5 * time.Minute)
}

// update updates both homes without a refresh and requires that nothing is
// replaced or deleted, and that their node groups stay as they are for the engine.
func (h *homes) update(t *testing.T) {
	t.Helper()
	for _, home := range both {
		r, err := h.engine.Stack(string(home)).Up(t.Context())
		require.NoError(t, err, "%s", home)
		assert.Empty(t, r.Of(engine.Replace), "%s", home)
		assert.Empty(t, r.Of(engine.Delete), "%s", home)
		for _, s := range r.Steps {
			assert.NotEqual(t, nodeGroupType, string(s.URN.Type()), "%s: %s", home, s)
		}
	}
	h.wait(5 * time.Minute)
}

// More or larger agents need more nodes, which the next update of a home that
// serves must give without a step by hand. No update takes what a plan has scaled, also when the system shrinks
// and nobody has refreshed.
func TestGrowth_givesNodesAndTakesNone(t *testing.T) {
	t.Parallel()
	h := standing(t)
	was := h.inventory(t).Homes
	require.Equal(t, was[system.Primary].Cluster.RunningNodes, h.nodes(t, system.Primary))

	h.edited(t, "{cpuMillis: 2000, memoryMiB: 4096}", "{cpuMillis: 5000, memoryMiB: 9000}")
	h.update(t)
	now := h.inventory(t).Homes
	for _, home := range both {
		assert.Greater(t, now[home].Cluster.RunningNodes, was[home].Cluster.RunningNodes, "%s", home)
		assert.Equal(t, now[home].Cluster.RunningNodes, h.nodes(t, home), "%s has what its agents need", home)
	}

	active := now[system.Secondary].Cluster.ActiveNodes
	h.scale(t, system.Secondary, active)
	require.Greater(t, active, now[system.Secondary].Cluster.RunningNodes, "the plan scales the secondary")
	h.edited(t, "{cpuMillis: 2000, memoryMiB: 4096}", "{cpuMillis: 2000, memoryMiB: 4096}")
	h.update(t)
	assert.Equal(t, active, h.nodes(t, system.Primary), "the autoscaler takes what is idle, not an update")
	assert.Equal(t, active, h.nodes(t, system.Secondary), "an update takes nothing of what a plan has scaled")
}
