//go:build apps

package kube

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/system"
)

// settled is how long nothing must have changed, until what is missing will stay
// missing: Kubernetes takes a silent node for lost after 50 seconds, takes one node every 10 seconds for lost in a
// zone, and the agents stay 30 seconds on it.
const settled = 110 * time.Second

// TestZones_theLossOfOne takes one of three zones away, and then does what people do
// in the meantime: roll out, bring it back, scale out, drain nodes and shift another zone away. No critical agent
// may ever have fewer replicas than carry its declared load, and all must run in full after each.
func TestZones_theLossOfOne(t *testing.T) {
	t.Parallel()
	h := raise(t, variant{}, kubetest.Options{})
	a, b, c := h.zones[0], h.zones[1], h.zones[2]
	s := sample{}
	stage := func(name string, so func(sample) bool) {
		t.Helper()
		h.watch.begin(name)
		s = h.watch.until(t, settled, so)
		require.NoError(t, missing(h.sys, s), h.watch.table())
		t.Logf("%s: all agents in full after %s", name, s.at.Round(time.Second))
	}
	stage("all is well", h.watch.full)
	require.NoError(t, exposed(h.sys, s, names(a, b, c)))
	h.fail(t, a, a.Nodes...)
	stage("a zone is lost", h.watch.full)
	stage("rollout in two zones", h.rollout(t, "2"))
	h.back(t, a)
	stage("the zone is back", h.watch.full)
	stage("rollout in three zones", h.rollout(t, "3"))
	require.NoError(t, exposed(h.sys, s, names(a, b, c)))
	h.drain(t, "a zone is drained", b.Nodes...)
	stage("a zone is drained", h.watch.full)
	h.shift(t, c, true)
	stage("rollout in a shift", h.rollout(t, "4"))
	h.shift(t, c, false)
	stage("rollout after a shift", h.rollout(t, "5"))
	require.NoError(t, exposed(h.sys, s, names(a, b, c)))
	h.meter(t, 4.0/3)
	h.queues(t, 4.0/3)
	stage("a third more load", h.grown)
	t.Log(h.watch.table())
	require.NoError(t, h.watch.verdict())
	h.page(t)
}

// queues does what KEDA does when consumers have so many times their declared load.
func (h *home) queues(t *testing.T, times float64) {
	t.Helper()
	for _, a := range h.sys.Agents {
		if a.Consumes != "" {
			require.NoError(t, h.c.Merge(t.Context(), h.deployment(a.Name), "scale",
				object{"spec": object{"replicas": int(times * float64(a.Replicas))}}))
		}
	}
}

// grown reports whether the agents that stood at 60 % have a third more replicas, and run in full.
func (h *home) grown(s sample) bool {
	return s.agents["gateway"].wanted == 12 && s.agents["planner"].wanted == 8 && s.agents["memory"].wanted == 8 &&
		h.watch.full(s)
}

// drain asks every agent's pod of some nodes to go, again and again, all at the same
// time, which is more than an update of the nodes does. The budgets must hold it back. At first no other zone has
// room: a simulated pod is replaced in no time, and on a slow machine no two would ever be away together.
func (h *home) drain(t *testing.T, stage string, nodes ...string) {
	t.Helper()
	h.watch.begin(stage)
	h.cordon(t, true, h.nodes()...)
	_, refused, err := h.evict(t.Context(), nodes)
	require.NoError(t, err)
	_, err = h.watch.look(t.Context())
	require.NoError(t, err)
	h.cordon(t, false, slices.DeleteFunc(h.nodes(), func(n string) bool { return slices.Contains(nodes, n) })...)
	require.NoError(t, h.c.Until(t.Context(), "the nodes are empty", func(ctx context.Context) (bool, error) {
		left, held, err := h.evict(ctx, nodes)
		if refused += held; err != nil {
			return false, err
		}
		_, err = h.watch.look(ctx)
		return left == 0, err
	}))
	t.Logf("%v are drained; budgets held an eviction back %d times", nodes, refused)
	assert.NotZero(t, refused, "a budget lets a quarter of an agent go at a time")
	h.cordon(t, false, nodes...)
}

// cordon tells the scheduler whether nodes take new pods.
func (h *home) cordon(t *testing.T, on bool, nodes ...string) {
	t.Helper()
	for _, n := range nodes {
		require.NoError(t, h.c.Cordon(t.Context(), n, on))
	}
}

// nodes are those of all zones.
func (h *home) nodes() []string {
	out := []string{}
	for _, z := range h.zones {
		out = append(out, z.Nodes...)
	}
	return out
}

// evict asks once for every pod, all at the same time: a simulated pod is replaced in
// no time, and one after the other would never meet a budget. It tells how many pods were left, and how many of
// them budgets held.
func (h *home) evict(ctx context.Context, nodes []string) (left, held int, err error) {
	all, err := h.watch.pods(ctx)
	if err != nil {
		return 0, 0, err
	}
	var group sync.WaitGroup
	answers := make(chan error, 1000)
	for _, of := range all {
		for _, pod := range of {
			if !slices.Contains(nodes, kubetest.Text(pod, "spec", "nodeName")) {
				continue
			}
			left++
			group.Go(func() { answers <- h.c.Evict(ctx, named(pod, "v1", "Pod")) })
		}
	}
	group.Wait()
	close(answers)
	for err := range answers {
		refused := (*kubetest.Refused)(nil)
		switch {
		case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
			held++
		case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		case err != nil:
			return left, held, err
		}
	}
	return left, held, nil
}

// TestZones_theLossOfAPart takes all nodes of a zone but one away. Once Kubernetes has
// seen how many are silent it evicts nothing from them, so what runs elsewhere must carry the load by itself. What it
// evicted before may have to wait for the one node that is left, until the zone is shifted away.
func TestZones_theLossOfAPart(t *testing.T) {
	t.Parallel()
	h := raise(t, variant{}, kubetest.Options{})
	zone := h.zones[0]
	h.watch.begin("most of a zone is lost")
	h.fail(t, zone, zone.Nodes[1:]...)
	s := h.watch.until(t, settled, h.watch.full)
	assert.Error(t, missing(h.sys, s), "Kubernetes replaces nothing in a zone that is lost in part")
	h.watch.begin("the rest is shifted")
	h.shift(t, zone, true)
	s = h.watch.until(t, settled, nobodyWaits)
	assert.True(t, nobodyWaits(s), "who waited for the zone finds room in another")
	t.Log(h.watch.table())
	require.NoError(t, h.watch.verdict())
	h.page(t)
}

func nobodyWaits(s sample) bool {
	for _, n := range s.agents {
		if n.pending > 0 {
			return false
		}
	}
	return true
}

// soon has the controllers take a node for lost earlier than they do by
// themselves, for those who only want to see what happens then.
var soon = kubetest.Options{Manager: []string{"--node-monitor-grace-period=20s", "--node-eviction-rate=1"}}

// TestZones_seeWhatIsWrong declares the mistakes that the program avoids, and
// expects that the loss of a zone then breaks a rule.
func TestZones_seeWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		variant
		want string
	}{
		"three zones are needed": {variant{change: func(o object) {
			for _, c := range kubetest.List(o, "spec", "template", "spec", "topologySpreadConstraints") {
				if c["whenUnsatisfiable"] == "DoNotSchedule" {
					c["minDomains"] = 3
				}
			}
		}}, inFull + ": a zone is lost"},
		"room for three zones alone":     {variant{of: 3, each: 2}, inFull + ": a zone is lost"},
		"replicas without those to lose": {variant{change: onlyNeeded}, carries + ": a zone is lost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := raise(t, tt.variant, soon)
			h.watch.begin("a zone is lost")
			h.fail(t, h.zones[0], h.zones[0].Nodes...)
			broken := func(s sample) bool { return h.watch.full(s) || h.watch.verdict() != nil }
			s := h.watch.until(t, 75*time.Second, broken)
			err := errors.Join(h.watch.verdict(), missing(h.sys, s))
			require.ErrorContains(t, err, tt.want, h.watch.table())
			t.Log(err)
		})
	}
}

// onlyNeeded gives a Deployment, and its scaler, no more replicas than the load needs.
func onlyNeeded(o object) {
	spec, _ := o["spec"].(object)
	for _, a := range example.Agents {
		if kubetest.Text(o, "metadata", "name") != a.Name {
			continue
		}
		for _, field := range []string{"replicas", "minReplicas"} {
			if _, has := spec[field]; has {
				spec[field] = needed(a)
			}
		}
	}
}

// example is what the repository protects.
var example = func() *system.System {
	s, err := system.Load(root + "/system.yaml")
	if err != nil {
		panic(err)
	}
	return s
}()
