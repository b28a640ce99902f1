package ready

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
)

// Options are what the answers are made with; the zero value is right for an agent.
type Options struct {
	// Metrics records measure.Ready; nil records nothing.
	Metrics *measure.Recorder
	// Clock is the machine's when nil.
	Clock clock.Clock
}

// Health answers for one agent. It is safe for concurrent use.
type Health struct {
	metrics *measure.Recorder
	probes  []*probe

	mu       sync.Mutex
	draining bool
	dead     error
}

// Report is the answer to whether the agent can take work.
type Report struct {
	Ready bool `json:"ready"`
	// Draining says that the agent is about to stop.
	Draining bool     `json:"draining"`
	Checks   []Result `json:"checks"`
}

// All is the name under which measure.Ready tells the whole answer; no check is called so.
const All = "all"

// New returns the health of an agent with these checks, or all faults of them.
func New(checks []Check, o Options) (*Health, error) {
	if o.Clock == nil {
		o.Clock = clock.Wall{}
	}
	h := &Health{metrics: o.Metrics}
	var faults []error
	seen := map[string]bool{"": true, All: true}
	for n, c := range checks {
		if seen[c.Name] {
			faults = append(faults, fmt.Errorf("check %d: name %q is empty, taken or %q, want one of its own", n, c.Name, All))
		}
		seen[c.Name] = true
		if c.Run == nil {
			faults = append(faults, fmt.Errorf("check %q: Run is missing", c.Name))
		}
		if c.Timeout < 0 || c.MaxAge < 0 {
			faults = append(faults, fmt.Errorf("check %q: Timeout is %s and MaxAge %s, want none below zero",
				c.Name, c.Timeout, c.MaxAge))
		}
		if c.Timeout == 0 {
			c.Timeout = time.Second
		}
		if c.MaxAge == 0 {
			c.MaxAge = 5 * time.Second
		}
		h.probes = append(h.probes, &probe{Check: c, clock: o.Clock})
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return h, nil
}

// Ready runs the checks whose results are too old, all at once, and reports.
func (h *Health) Ready(ctx context.Context) Report {
	r := Report{Ready: true, Draining: h.isDraining(), Checks: make([]Result, len(h.probes))}
	var all sync.WaitGroup
	for n, p := range h.probes {
		all.Go(func() { r.Checks[n] = p.result(ctx) })
	}
	all.Wait()
	for _, c := range r.Checks {
		r.Ready = r.Ready && (c.OK || c.Advisory)
		h.tell(ctx, c.Name, c.OK)
	}
	r.Ready = r.Ready && !r.Draining
	h.tell(ctx, All, r.Ready)
	return r
}

func (h *Health) tell(ctx context.Context, check string, passes bool) {
	value := 0.0
	if passes {
		value = 1
	}
	h.metrics.Record(ctx, measure.Ready, value, check)
}

// Drain makes the agent unready for good: it is about to stop.
func (h *Health) Drain() {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	h.tell(context.Background(), All, false)
}

func (h *Health) isDraining() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.draining
}

// Die tells that only a new start helps: a loop that ended, a deadlock that was
// seen. The first reason stays.
func (h *Health) Die(reason error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dead == nil {
		h.dead = reason
	}
}

// Alive is nil until Die was called.
func (h *Health) Alive() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dead
}

// Register adds what Kubernetes asks for, at the paths of components/agents:
// /readyz and /startupz tell readiness, /livez whether the agent must be started again. 200 is yes, 503 no.
func (h *Health) Register(mux *http.ServeMux) {
	readiness := func(w http.ResponseWriter, req *http.Request) {
		r := h.Ready(req.Context())
		write(w, r.Ready, r)
	}
	mux.HandleFunc("GET /readyz", readiness)
	mux.HandleFunc("GET /startupz", readiness)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		fault := ""
		err := h.Alive()
		if err != nil {
			fault = err.Error()
		}
		write(w, err == nil, struct {
			Alive bool   `json:"alive"`
			Fault string `json:"fault,omitempty"`
		}{err == nil, fault})
	})
}

func write(w http.ResponseWriter, yes bool, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !yes {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(answer) // the asker has gone
}
