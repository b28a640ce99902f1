//go:build apps

package kube

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/internal/kubetest"
	"redoubt/internal/plantest"
	"redoubt/system"
	"redoubt/tests/homes"
)

// variant changes what a home declares, to see whether the tests would notice.
type variant struct {
	// each is the part that a node has of its processor, in of parts; none means all of it.
	each, of int
	// change is made to each object of the agents' namespace.
	change func(o object)
}

// home is the primary home of the example on a real control plane.
type home struct {
	c     *kubetest.Cluster
	zones []*kubetest.Zone
	sys   *system.System
	watch *watch
}

// raise brings the primary home's objects up on nodes as many and as large as it
// declares, with the add-ons that EKS would bring, and waits until all agents run.
func raise(t *testing.T, v variant, o kubetest.Options) *home {
	t.Helper()
	o.Controllers = true
	h := &home{sys: homes.System(t), c: kubetest.Start(t, o)}
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	of := inv.Homes[system.Primary]
	h.watch = &watch{c: h.c, sys: h.sys, zone: map[string]string{}, dead: map[string]bool{}}
	offer := room(t)
	if v.of > 0 {
		offer.CPUMillis = offer.CPUMillis * v.each / v.of
	}
	for _, zone := range of.Zones {
		z := h.c.Zone(t, zone, of.Cluster.RunningNodes, offer)
		h.zones = append(h.zones, z)
		for _, n := range z.Nodes {
			h.watch.zone[n] = zone
		}
	}
	all := append(declared(t, system.Primary), addons()...)
	for _, o := range all {
		if v.change != nil && kubetest.Text(o, "metadata", "namespace") == h.sys.Name {
			v.change(o)
		}
	}
	h.watch.begin(start)
	require.NoError(t, h.c.ApplyAll(t.Context(), all))
	require.NoError(t, missing(h.sys, h.watch.until(t, time.Minute, h.watch.full)))
	return h
}

// addons stand for those that EKS brings and the program only names: they take room.
func addons() []object {
	var out []object
	for _, p := range cluster.Addons() {
		labels := object{"k8s-app": p.Name}
		out = append(out, object{"apiVersion": "apps/v1", "kind": "Deployment",
			"metadata": object{"name": p.Name, "namespace": "kube-system"},
			"spec": object{"replicas": p.Replicas, "selector": object{"matchLabels": labels}, "template": object{
				"metadata": object{"labels": labels},
				"spec": object{"priorityClassName": "system-cluster-critical", "containers": []any{object{
					"name": p.Name, "image": "example.com/" + p.Name, "resources": object{"requests": object{
						"cpu": strconv.Itoa(p.Each.CPUMillis) + "m", "memory": strconv.Itoa(p.Each.MemoryMiB) + "Mi"}}}}}}}})
	}
	return out
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
	pods, err := h.c.Items(t.Context(), "/api/v1/pods")
	require.NoError(t, err)
	for _, pod := range pods {
		if h.watch.dead[kubetest.Text(pod, "spec", "nodeName")] {
			require.NoError(t, h.c.Delete(t.Context(), named(pod, "v1", "Pod")))
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

// shift lets no new pods into a zone, as a zonal shift does, or lets them again.
func (h *home) shift(t *testing.T, zone *kubetest.Zone, on bool) {
	t.Helper()
	h.cordon(t, on, zone.Nodes...)
}

// named is an object of a list, whose items do not say what they are.
func named(o object, version, kind string) object {
	out := maps.Clone(o)
	out["apiVersion"], out["kind"] = version, kind
	return out
}

// rollout gives every agent a new version at the same time, and reports whether every
// agent runs it alone and in full.
func (h *home) rollout(t *testing.T, version string) func(sample) bool {
	t.Helper()
	for _, a := range h.sys.Agents {
		require.NoError(t, h.c.Merge(t.Context(), h.deployment(a.Name), "", object{"spec": object{"template": object{
			"metadata": object{"annotations": object{"version": version}}}}}))
	}
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
		return h.watch.full(s)
	}
}

func (h *home) deployment(agent string) object {
	return object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": agent, "namespace": h.sys.Name}}
}

// names are the names of zones.
func names(zones ...*kubetest.Zone) []string {
	var out []string
	for _, z := range zones {
		out = append(out, z.Name)
	}
	return out
}
