//go:build apps

package kube

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
)

// settled is how long nothing must have changed after a loss, until what is
// missing will stay missing: Kubernetes takes a silent node for lost after 50 seconds, takes one node every 10
// seconds for lost in a zone, and the agents stay 30 seconds on it.
const settled = 110 * time.Second

// TestZones_theLossOfOne takes one of three zones away, and then does what people do
// in the meantime: roll out, bring it back, scale out, drain a node and shift another zone away. No critical agent
// may ever have fewer replicas than carry its declared load, and all must run in full after each.
func TestZones_theLossOfOne(t *testing.T) {
	t.Parallel()
	h := raise(t, variant{})
	a, b, c := h.zones[0], h.zones[1], h.zones[2]
	h.even(t, a, b, c)
	stage := func(name string, so func(sample) bool) {
		t.Helper()
		began := time.Now()
		require.NoError(t, missing(h.watch.until(t, name, settled, so)))
		t.Logf("%s: all agents in full after %s", name, time.Since(began).Round(time.Second))
	}
	h.fail(t, a, a.Nodes...)
	stage("a zone is lost", full)
	h.even(t, b, c)
	h.rollout(t, "2")
	stage("rollout in two zones", h.rolled(t, "2"))
	h.even(t, b, c)
	h.back(t, a)
	stage("the zone is back", full)
	h.scale(t, 4, 3)
	stage("scaled out", full)
	h.scale(t, 3, 3)
	stage("scaled in", full)
	h.drain(t, b.Nodes[0], b.Nodes[1])
	stage("two nodes are drained", full)
	shift := func(on bool) {
		for _, node := range c.Nodes {
			require.NoError(t, h.c.Cordon(t.Context(), node, on))
		}
	}
	shift(true)
	h.rollout(t, "3")
	stage("rollout in a shift", h.rolled(t, "3"))
	h.even(t, a, b)
	shift(false)
	h.rollout(t, "4")
	stage("after the shift", h.rolled(t, "4"))
	h.even(t, a, b, c)
	require.NoError(t, h.watch.short())
	t.Log(h.watch.table())
}

// scale does what a scaler does whose agents have more to do, or less: so many
// times the declared replicas.
func (h *home) scale(t *testing.T, times, by int) {
	t.Helper()
	for _, a := range h.sys.Agents {
		require.NoError(t, h.c.Merge(t.Context(), h.deployment(a.Name), "scale",
			object{"spec": object{"replicas": a.Replicas * times / by}}))
	}
}

// drain asks every agent's pod of some nodes to go, again and again, as an update
// of the nodes does. The budgets must hold it back.
func (h *home) drain(t *testing.T, nodes ...string) {
	t.Helper()
	h.watch.stage = "two nodes are drained"
	for _, n := range nodes {
		require.NoError(t, h.c.Cordon(t.Context(), n, true))
	}
	refused := 0
	require.NoError(t, h.c.Until(t.Context(), "the nodes are empty", func(ctx context.Context) (bool, error) {
		left, held, err := h.evict(ctx, nodes)
		if refused += held; err != nil {
			return false, err
		}
		_, err = h.watch.look(ctx)
		return left == 0, err
	}))
	t.Logf("%v are drained; budgets held an eviction back %d times", nodes, refused)
	assert.NotZero(t, refused, "a budget lets one replica of an agent go at a time")
	for _, n := range nodes {
		require.NoError(t, h.c.Cordon(t.Context(), n, false))
	}
}

// evict asks once. It tells how many pods were left, and how many of them budgets held.
func (h *home) evict(ctx context.Context, nodes []string) (left, held int, err error) {
	pods, err := h.watch.pods(ctx)
	for _, of := range pods {
		for _, pod := range of {
			if !slices.Contains(nodes, kubetest.Text(pod, "spec", "nodeName")) {
				continue
			}
			left++
			err := h.c.Evict(ctx, named(pod, "v1", "Pod"))
			refused := (*kubetest.Refused)(nil)
			switch {
			case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
				held++
			case err != nil:
				return left, held, err
			}
		}
	}
	return left, held, err
}

// TestZones_theLossOfAPart takes three of four nodes of a zone away. Kubernetes
// then evicts nothing at all, so what runs elsewhere must carry the load by itself.
func TestZones_theLossOfAPart(t *testing.T) {
	t.Parallel()
	h := raise(t, variant{})
	zone := h.zones[0]
	h.fail(t, zone, zone.Nodes[1:]...)
	s := h.watch.until(t, "most of a zone is lost", settled, full)
	assert.Error(t, missing(s), "Kubernetes replaces nothing in a zone that is lost in part")
	for _, n := range s.agents {
		assert.Zero(t, n.pending)
	}
	require.NoError(t, h.watch.short())
	t.Log(h.watch.table())
}

// TestZones_wouldSeeWhatIsWrong declares the mistakes that the settings avoid, and
// expects that the loss of a zone then leaves replicas without room.
func TestZones_wouldSeeWhatIsWrong(t *testing.T) {
	t.Parallel()
	zonal := func(spec object) object { return spec["topologySpreadConstraints"].([]any)[0].(object) }
	for name, v := range map[string]variant{
		"three zones are needed": {change: func(spec object) {
			if zone := zonal(spec); zone["whenUnsatisfiable"] == "DoNotSchedule" {
				zone["minDomains"] = 3
			}
		}},
		"too few nodes": {fewer: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := raise(t, v)
			h.fail(t, h.zones[0], h.zones[0].Nodes...)
			err := missing(h.watch.until(t, "a zone is lost", settled, full))
			require.ErrorContains(t, err, "wait for room")
			t.Log(err)
		})
	}
}
