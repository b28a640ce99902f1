//go:build apps

package kube

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/experiment"
	"redoubt/system"
	"redoubt/system/experiments"
)

// experiments sets what each experiment sets in a cluster, takes it away again, and then sets it in the other home for a
// drill that dies at once. What it returns waits until the cluster has taken that away by itself.
func (c clusters) experiments(t *testing.T) (gone func()) {
	t.Helper()
	control := experiment.Control{Port: c.port, Clock: clock.Wall{}, Clusters: map[system.Home]experiment.Cluster{}}
	for home, at := range c.clusters {
		control.Clusters[home] = experiment.Cluster{Server: at.Server, Namespace: "atlas"}
	}
	all, err := experiments.All()
	require.NoError(t, err)
	tried, set := map[string]bool{}, 0
	for _, e := range all {
		objects, err := e.FillObjects(experiments.Words{"pod": "memory-1", "agent": "memory", "namespace": "atlas", "host": "a.example.com",
			"caller": "planner", "callee": "memory", "port": "8085"})
		require.NoError(t, err)
		if len(objects) == 0 {
			continue
		}
		require.NoError(t, control.Set(t.Context(), system.Secondary, e.Name, objects), e.Name)
		left, err := control.Standing(t.Context(), system.Secondary)
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{objects[0].Kind, "Job"}, left, e.Name)
		require.NoError(t, control.Hold(t.Context(), system.Secondary, time.Minute), e.Name)
		require.NoError(t, control.Unset(t.Context(), system.Secondary), e.Name)
		require.NoError(t, control.Unset(t.Context(), system.Secondary), "nothing is left to take away")
		tried[objects[0].Kind], set = true, set+1
		if e.Name == "pod-network-latency" {
			require.NoError(t, control.Set(t.Context(), system.Primary, e.Name, objects))
		}
	}
	assert.Len(t, tried, len(experiments.Kinds), "each kind is set by an experiment")
	says(t, "%d experiments set their object below its Job", set)
	pods, err := control.Pod(t.Context(), system.Secondary, "memory")
	require.NoError(t, err)
	assert.Contains(t, pods, "memory-")
	require.NoError(t, control.Hold(t.Context(), system.Primary, -3*time.Minute+10*time.Second)) // ten seconds are left of it
	return func() {
		require.NoError(t, c.clusters[system.Primary].Until(t.Context(), "nothing of the experiment stands", func(ctx context.Context) (bool, error) {
			left, err := control.Standing(ctx, system.Primary)
			return err == nil && len(left) == 0, nil
		}))
	}
}
