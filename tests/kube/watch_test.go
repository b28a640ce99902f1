//go:build apps

package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/system"
)

// counts are the replicas of one agent at one time. Ready are those that answer
// and whose node is alive, whatever the API server still believes; zones are where they are.
type counts struct {
	wanted, ready, pending int
	zones                  map[string]int
}

// sample is every agent at one time since the stage began.
type sample struct {
	stage  string
	at     time.Duration
	agents map[string]counts
}

// watch looks at the agents again and again, and holds what it saw against what
// the system declares.
type watch struct {
	c     *kubetest.Cluster
	sys   *system.System
	began time.Time
	stage string
	// zone is where each node is, dead are those without power.
	zone    map[string]string
	dead    map[string]bool
	samples []sample
	broken  []error
}

// begin gives what comes a name.
func (w *watch) begin(stage string) { w.began, w.stage = time.Now(), stage }

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

// look takes one sample and holds it to the rule that holds at any time.
func (w *watch) look(ctx context.Context) (sample, error) {
	deployments, err := w.c.Items(ctx, "/apis/apps/v1/namespaces/"+w.sys.Name+"/deployments")
	if err != nil {
		return sample{}, err
	}
	pods, err := w.pods(ctx)
	s := sample{w.stage, time.Since(w.began), map[string]counts{}}
	for _, d := range deployments {
		name := kubetest.Text(d, "metadata", "name")
		n := counts{wanted: kubetest.Number(d, "spec", "replicas"), zones: map[string]int{}}
		for _, pod := range pods[name] {
			switch node := kubetest.Text(pod, "spec", "nodeName"); {
			case node == "":
				n.pending++
			case !w.dead[node] && ready(pod):
				n.ready++
				n.zones[w.zone[node]]++
			}
		}
		s.agents[name] = n
	}
	w.samples = append(w.samples, s)
	if s.stage != start {
		w.broken = append(w.broken, short(w.sys, s))
	}
	return s, err
}

// start is the stage in which the agents are brought up.
const start = "brought up"

func ready(o object) bool {
	for _, c := range kubetest.List(o, "status", "conditions") {
		if kubetest.Text(c, "type") == "Ready" {
			return kubetest.Text(c, "status") == "True" && kubetest.Text(o, "metadata", "deletionTimestamp") == ""
		}
	}
	return false
}

// until looks until something is so, or nothing has changed for as long as
// patience says: then what is missing will stay missing.
func (w *watch) until(t testing.TB, patience time.Duration, so func(sample) bool) sample {
	t.Helper()
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

// full reports whether every agent has all that it wants.
func (w *watch) full(s sample) bool { return full(w.sys, s) }

// verdict is what the rule that holds at any time found.
func (w *watch) verdict() error { return errors.Join(w.broken...) }

// lowest is the least number of ready replicas that an agent had in a stage.
func (w *watch) lowest(stage, agent string) int {
	least := -1
	for _, s := range w.samples {
		if n := s.agents[agent].ready; s.stage == stage && (least < 0 || n < least) {
			least = n
		}
	}
	return least
}

// table shows every sample that differs from the one before: of each agent, by
// tier, how many replicas are ready, how many are wanted, and how many wait for room.
func (w *watch) table() string {
	var out strings.Builder
	var names []string
	fmt.Fprintf(&out, "\nready/wanted+waiting; after the name its tier and how many carry the declared load\n%-22s %5s", "", "s")
	for _, tier := range w.sys.Tiers {
		for _, a := range w.sys.Agents {
			if a.Tier == tier.Name {
				names = append(names, a.Name)
				fmt.Fprintf(&out, " %21s", fmt.Sprintf("%s(%s>=%d)", a.Name, a.Tier, needed(a)))
			}
		}
	}
	last := ""
	for _, s := range w.samples {
		row := fmt.Sprintf("%-22s", s.stage)
		for _, name := range names {
			n := s.agents[name]
			row += fmt.Sprintf(" %21s", fmt.Sprintf("%d/%d+%d", n.ready, n.wanted, n.pending))
		}
		if row != last {
			fmt.Fprintf(&out, "\n%s %5.0f%s", row[:22], s.at.Seconds(), row[22:])
		}
		last = row
	}
	return out.String()
}
