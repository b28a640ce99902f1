//go:build apps

package kube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/agents"
	"redoubt/components/cluster"
	"redoubt/internal/kubetest"
	"redoubt/internal/plantest"
	"redoubt/system"
	"redoubt/tests/homes"
)

// room is what a node of the example has for pods.
func room(t testing.TB) kubetest.Room {
	t.Helper()
	cpu, memory, pods, err := cluster.Offer(cluster.DefaultInstance)
	require.NoError(t, err)
	return kubetest.Room{CPUMillis: cpu, MemoryMiB: memory, Pods: pods}
}

// variant changes what a home declares, to see whether the tests would notice.
type variant struct {
	// fewer nodes in each zone than are declared.
	fewer int
	// change is made to each agent's Deployment.
	change func(spec object)
}

// home is the primary home of the example on a real control plane.
type home struct {
	c     *kubetest.Cluster
	zones []*kubetest.Zone
	sys   *system.System
	watch *watch
}

// raise brings the primary home's objects up on nodes as many and as large as it
// declares, beside them pods that only keep room, and waits until all agents run.
func raise(t *testing.T, v variant) *home {
	t.Helper()
	h := &home{sys: homes.System(t), c: kubetest.Start(t, kubetest.Options{Controllers: true})}
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	of := inv.Homes[system.Primary]
	for _, zone := range of.Zones {
		h.zones = append(h.zones, h.c.Zone(t, zone, of.Cluster.RunningNodes-v.fewer, room(t)))
	}
	all := declared(t, system.Primary)
	for _, o := range all {
		agents := kubetest.Text(o, "kind") == "Deployment" && kubetest.Text(o, "metadata", "namespace") == h.sys.Name
		if spec, _ := kubetest.At(o, "spec", "template", "spec").(object); agents && v.change != nil {
			v.change(spec)
		}
	}
	require.NoError(t, h.c.ApplyAll(t.Context(), append(all, balloons(h.sys, len(of.Zones)*of.Cluster.RunningNodes))))
	h.watch = newWatch(t, h.c, h.sys)
	s := h.watch.until(t, "start", time.Minute, full)
	require.NoError(t, missing(s))
	h.watch.stage = "all well"
	return h
}

// balloons are pods that any agent may push out: more of them than there is room
// for once a zone is lost.
func balloons(sys *system.System, nodes int) object {
	labels := object{"app": "balloon"}
	return object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "balloon", "namespace": "default"},
		"spec": object{"replicas": 2 * nodes, "selector": object{"matchLabels": labels}, "template": object{
			"metadata": object{"labels": labels},
			"spec": object{"priorityClassName": agents.BalloonClass(sys), "terminationGracePeriodSeconds": 0,
				"containers": []any{object{"name": "balloon", "image": "example.com/balloon",
					"resources": object{"requests": object{"cpu": "1", "memory": "1Gi"}}}}}}}}
}

// fail takes the power of some nodes of a zone away.
func (h *home) fail(t *testing.T, zone *kubetest.Zone, nodes ...string) {
	t.Helper()
	var left []string
	for _, n := range zone.Nodes {
		if slices.Contains(nodes, n) {
			h.watch.dead[n] = true
		} else {
			left = append(left, n)
		}
	}
	if zone.Fail(); len(left) > 0 {
		zone.Live(t, left...)
	}
}

// back gives the zone its power again, and its nodes as AWS would: new ones under the
// old names, because what ran on the lost ones is gone.
func (h *home) back(t *testing.T, zone *kubetest.Zone) {
	t.Helper()
	pods, err := h.watch.pods(t.Context())
	require.NoError(t, err)
	for _, of := range pods {
		for _, pod := range of {
			if h.watch.dead[kubetest.Text(pod, "spec", "nodeName")] {
				require.NoError(t, h.c.Delete(t.Context(), named(pod, "v1", "Pod")))
			}
		}
	}
	zone.Live(t, zone.Nodes...)
	for _, n := range zone.Nodes {
		delete(h.watch.dead, n)
	}
	require.NoError(t, h.c.Until(t.Context(), "zone "+zone.Name+" is ready", func(ctx context.Context) (bool, error) {
		for _, name := range zone.Nodes {
			node, err := h.c.Get(ctx, object{"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name}})
			if err != nil || len(kubetest.List(node, "spec", "taints")) > 0 || !ready(node) {
				return false, err
			}
		}
		return true, nil
	}))
}

// named is an object of a list, whose items do not say what they are.
func named(o object, version, kind string) object {
	out := maps.Clone(o)
	out["apiVersion"], out["kind"] = version, kind
	return out
}

// rollout gives every agent a new version.
func (h *home) rollout(t *testing.T, version string) {
	t.Helper()
	for _, a := range h.sys.Agents {
		require.NoError(t, h.c.Merge(t.Context(), h.deployment(a.Name), "", object{"spec": object{"template": object{
			"metadata": object{"annotations": object{"version": version}}}}}))
	}
}

func (h *home) deployment(agent string) object {
	return object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": agent, "namespace": h.sys.Name}}
}

// rolled reports whether every agent runs the version alone, and in full.
func (h *home) rolled(t *testing.T, version string) func(sample) bool {
	return func(s sample) bool {
		pods, err := h.watch.pods(t.Context())
		require.NoError(t, err)
		for _, a := range h.sys.Agents {
			for _, pod := range pods[a.Name] {
				if !h.watch.dead[kubetest.Text(pod, "spec", "nodeName")] &&
					kubetest.Text(pod, "metadata", "annotations", "version") != version {
					return false
				}
			}
		}
		return full(s)
	}
}

// even expects that no zone of these has more than one replica of an agent more than another.
func (h *home) even(t *testing.T, zones ...*kubetest.Zone) {
	t.Helper()
	pods, err := h.watch.pods(t.Context())
	require.NoError(t, err)
	for _, a := range h.sys.Agents {
		if tier, _ := h.sys.Tier(a.Tier); !tier.Critical || a.Consumes != "" {
			continue // would rather run anywhere than wait
		}
		in := map[string]int{}
		for _, pod := range pods[a.Name] {
			for _, z := range zones {
				if slices.Contains(z.Nodes, kubetest.Text(pod, "spec", "nodeName")) {
					in[z.Name]++
				}
			}
		}
		least, most := in[zones[0].Name], in[zones[0].Name]
		for _, z := range zones {
			least, most = min(least, in[z.Name]), max(most, in[z.Name])
		}
		assert.LessOrEqual(t, most-least, 1, "%s: agent %s is spread %s", h.watch.stage, a.Name, fmt.Sprint(in))
	}
}
