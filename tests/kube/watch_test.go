//go:build apps

package kube

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/system"
)

// counts are the replicas of one agent at one time. Ready are those that answer
// and whose node is alive, whatever the API server still believes.
type counts struct{ wanted, ready, pending int }

// sample is every agent at one time.
type sample struct {
	stage  string
	at     time.Duration
	agents map[string]counts
}

// watch looks at the agents again and again, and holds what it saw against what
// the system declares.
type watch struct {
	c       *kubetest.Cluster
	sys     *system.System
	began   time.Time
	stage   string
	dead    map[string]bool
	samples []sample
}

func newWatch(t testing.TB, c *kubetest.Cluster, sys *system.System) *watch {
	t.Helper()
	return &watch{c: c, sys: sys, began: time.Now(), stage: "start", dead: map[string]bool{}}
}

// pods are the agents' pods, by agent.
func (w *watch) pods(ctx context.Context) (map[string][]object, error) {
	items, err := w.c.Items(ctx, "/api/v1/namespaces/"+w.sys.Name+"/pods")
	out := map[string][]object{}
	for _, pod := range items {
		name := kubetest.Text(pod, "metadata", "labels", "app.kubernetes.io/name")
		out[name] = append(out[name], pod)
	}
	return out, err
}

// look takes one sample.
func (w *watch) look(ctx context.Context) (sample, error) {
	deployments, err := w.c.Items(ctx, "/apis/apps/v1/namespaces/"+w.sys.Name+"/deployments")
	if err != nil {
		return sample{}, err
	}
	pods, err := w.pods(ctx)
	s := sample{w.stage, time.Since(w.began), map[string]counts{}}
	for _, d := range deployments {
		name := kubetest.Text(d, "metadata", "name")
		n := counts{wanted: kubetest.Number(d, "spec", "replicas")}
		for _, pod := range pods[name] {
			switch node := kubetest.Text(pod, "spec", "nodeName"); {
			case node == "":
				n.pending++
			case !w.dead[node] && ready(pod):
				n.ready++
			}
		}
		s.agents[name] = n
	}
	w.samples = append(w.samples, s)
	return s, err
}

func ready(pod object) bool {
	for _, c := range kubetest.List(pod, "status", "conditions") {
		if kubetest.Text(c, "type") == "Ready" {
			return kubetest.Text(c, "status") == "True" && kubetest.Text(pod, "metadata", "deletionTimestamp") == ""
		}
	}
	return false
}

// until looks until something is so, or nothing has changed for as long as
// patience says: then what is missing will stay missing, which full tells.
func (w *watch) until(t testing.TB, stage string, patience time.Duration, so func(sample) bool) sample {
	t.Helper()
	w.stage = stage
	changed, last := time.Now(), ""
	for {
		s, err := w.look(t.Context())
		require.NoError(t, err)
		if so(s) {
			return s
		}
		if now := fmt.Sprint(s.agents); now != last {
			changed, last = time.Now(), now
		}
		if time.Since(changed) > patience {
			return s
		}
		select {
		case <-t.Context().Done():
			require.NoError(t, t.Context().Err())
		case <-time.After(time.Second):
		}
	}
}

// full reports whether every agent has all that it wants, and nothing waits.
func full(s sample) bool {
	for _, n := range s.agents {
		if n.ready < n.wanted || n.pending > 0 {
			return false
		}
	}
	return true
}

// missing names the agents that have not what they want.
func missing(s sample) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.agents)) {
		if n := s.agents[name]; n.ready < n.wanted || n.pending > 0 {
			errs = append(errs, fmt.Errorf("%s: agent %s has %d of %d replicas, %d wait for room",
				s.stage, name, n.ready, n.wanted, n.pending))
		}
	}
	return errors.Join(errs...)
}

// short names every critical agent that could not carry its declared load at some
// time after the first stage.
func (w *watch) short() error {
	var errs []error
	for _, s := range w.samples {
		for _, a := range w.sys.Agents {
			tier, _ := w.sys.Tier(a.Tier)
			if n := s.agents[a.Name]; s.stage != "start" && tier.Critical && n.ready < needed(a) {
				errs = append(errs, fmt.Errorf("%s, %s: agent %s has %d replicas ready, its declared load of %v needs %d",
					s.stage, s.at.Round(time.Second), a.Name, n.ready, a.Load, needed(a)))
			}
		}
	}
	return errors.Join(errs...)
}

// needed is how many replicas carry the declared load of an agent.
func needed(a system.Agent) int {
	return int((a.Load + a.PerReplica - 1) / a.PerReplica)
}

// table shows every sample that differs from the one before.
func (w *watch) table() string {
	var out strings.Builder
	names := make([]string, 0, len(w.sys.Agents))
	fmt.Fprintf(&out, "\n%-24s %5s", "ready/wanted+pending", "s")
	for _, a := range w.sys.Agents {
		names = append(names, a.Name)
		fmt.Fprintf(&out, " %20s", fmt.Sprintf("%s(%s>=%d)", a.Name, a.Tier, needed(a)))
	}
	last := ""
	for _, s := range w.samples {
		now := s.stage + fmt.Sprint(s.agents)
		if now == last {
			continue
		}
		last = now
		fmt.Fprintf(&out, "\n%-24s %5.0f", s.stage, s.at.Seconds())
		for _, name := range names {
			n := s.agents[name]
			fmt.Fprintf(&out, " %20s", fmt.Sprintf("%d/%d+%d", n.ready, n.wanted, n.pending))
		}
	}
	return out.String()
}
