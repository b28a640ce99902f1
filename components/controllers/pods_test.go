package controllers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
)

// TestPods_areWhatTheManifestsAsk has each controller in each zone, with what it asks for.
func TestPods_areWhatTheManifestsAsk(t *testing.T) {
	t.Parallel()
	pods, err := Pods()
	require.NoError(t, err)
	asked := map[string]cluster.Room{}
	for _, p := range pods {
		assert.Equal(t, cluster.Zones, p.Replicas, p.Name)
		asked[p.Name] = p.Each
	}
	assert.Equal(t, map[string]cluster.Room{
		"istiod":                 {CPUMillis: 500, MemoryMiB: 2048},
		"keda-operator":          {CPUMillis: 100, MemoryMiB: 100},
		"keda-metrics-apiserver": {CPUMillis: 100, MemoryMiB: 100},
		"cluster-autoscaler":     {CPUMillis: 100, MemoryMiB: 600},
		"load-balancer":          {CPUMillis: 100, MemoryMiB: 256},
	}, asked)
}

func TestAsks_countsContainersTogetherAndThoseBefore(t *testing.T) {
	t.Parallel()
	container := func(cpu, memory any) map[string]any {
		return map[string]any{"name": "c", "resources": map[string]any{"requests": map[string]any{"cpu": cpu, "memory": memory}}}
	}
	got, err := asks(map[string]any{
		"containers":     []any{container("100m", "1Gi"), container(1, "512Mi")},
		"initContainers": []any{container("250m", "2Gi")},
	})
	require.NoError(t, err)
	assert.Equal(t, cluster.Room{CPUMillis: 1100, MemoryMiB: 2048}, got)
	_, err = asks(map[string]any{"containers": []any{map[string]any{"name": "quiet"}}})
	assert.ErrorContains(t, err, "container quiet asks for <nil> of the processor")
	_, err = asks(map[string]any{"initContainers": []any{container("1", "much")}})
	assert.ErrorContains(t, err, "container c asks for much of memory")
}

// What runs on each node is counted there: see cluster.PerNode.
func TestPerNode_isWhatTheManifestsAsk(t *testing.T) {
	t.Parallel()
	all, err := manifests()
	require.NoError(t, err)
	var room cluster.Room
	for _, m := range all {
		if m.text("kind") != "DaemonSet" {
			continue
		}
		pod := m["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		each, err := asks(pod)
		require.NoError(t, err)
		room.CPUMillis, room.MemoryMiB, room.Pods = room.CPUMillis+each.CPUMillis, room.MemoryMiB+each.MemoryMiB, room.Pods+1
		assert.Equal(t, "system-node-critical", pod["priorityClassName"], m.part())
	}
	assert.Equal(t, cluster.PerNode, room)
}

// TestManifests_areEachCallersOwn: what one home makes of them, another one does not see.
func TestManifests_areEachCallersOwn(t *testing.T) {
	t.Parallel()
	before, err := Images()
	require.NoError(t, err)
	mine, err := manifests()
	require.NoError(t, err)
	for _, m := range mine {
		eachImage(map[string]any(m), func(string) string { return "changed" })
	}
	after, err := Images()
	require.NoError(t, err)
	assert.Equal(t, before, after)
}
