package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"redoubt/agentkit/call"
)

// callee is somebody who is called, with the policies around it.
type callee struct {
	*call.Client
	base string
}

// settings are how the agents are called, where what system.yaml allows does not fit: people wait for these answers,
// and give up sooner. A bulkhead has fewer places than the caller, so that one slow callee never takes all of them.
var settings = map[string]call.Settings{
	"planner": {PerTry: 5 * time.Second, Budget: 8 * time.Second, Retries: 1,
		Bulkhead: call.Bulkhead{Calls: places / 2}},
	"memory": {PerTry: 2 * time.Second, Budget: 4 * time.Second, Retries: 1,
		Breaker: call.Breaker{Calls: 6, Open: 2 * time.Second}},
	"sessions-api": {PerTry: time.Second, Budget: 2 * time.Second, Retries: 1,
		Breaker: call.Breaker{Open: time.Second}},
}

// outside is how a service outside is called: soon given up, because another answers as well.
var outside = call.Settings{PerTry: 3 * time.Second, Retries: 1, Bulkhead: call.Bulkhead{Calls: places / 3},
	Breaker: call.Breaker{Calls: 4, Open: 3 * time.Second, Probes: 2}}

// agent is another agent, which this one must declare to call.
func (a *agent) agent(name string) callee {
	if !slices.Contains(a.declared.Calls, name) {
		a.fault("it calls %q, which %s does not declare", name, a.System)
	}
	return a.callee(settings[name], name, a.Agents[name], nil)
}

// service is a service outside that this agent needs; where system.yaml names another that can answer instead, it does.
func (a *agent) service(name string) callee {
	d, _ := a.system.Dependency(name)
	if len(d.Fallbacks) == 0 {
		return a.alone(name)
	}
	other := a.alone(d.Fallbacks[0])
	base, err := url.Parse(other.base)
	if err != nil {
		a.faults = append(a.faults, err)
	}
	return a.outside(name, call.To(other.Client, base))
}

// alone is a service outside with none behind it. All that this agent asks of it goes through one client.
func (a *agent) alone(name string) callee {
	if _, made := a.services[name]; !made {
		a.services[name] = a.outside(name, nil)
	}
	return a.services[name]
}

func (a *agent) outside(name string, instead call.Fallback) callee {
	if !slices.Contains(a.system.Asks(a.declared), name) {
		a.fault("it asks %q, which %s does not declare", name, a.System)
	}
	return a.callee(outside, name, a.Outside[name], instead)
}

// callee is called within the time that system.yaml allows. No proxy stands beside these agents.
func (a *agent) callee(own call.Settings, name, base string, instead call.Fallback) callee {
	if base == "" {
		a.fault("no address of %q is configured", name)
	}
	s, err := call.Declared(a.system, a.declared.Name, name, false)
	if err == nil {
		s, err = s.Within(own)
	}
	if err != nil {
		a.faults = append(a.faults, err)
	}
	if a.Unprotected {
		s.Breaker.Failures, s.Bulkhead.Calls = call.Off, call.Off
	}
	client, err := call.New(s, call.Options{Metrics: a.metrics, Fallback: instead})
	if err != nil {
		a.faults = append(a.faults, err)
	}
	return callee{client, base}
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return fmt.Sprintf("answered %d: %.200s", r.status, r.text) }

// ask sends what is in to a path, under the token, and reads the answer into out.
func (c callee) ask(ctx context.Context, method, path, token string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set(call.TokenHeader, token)
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() // read only
	raw, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= 300:
		return &refusal{resp.StatusCode, string(raw)}
	}
	return json.Unmarshal(raw, out)
}

// Prompt is what a model is asked, Said what it answers.
type (
	Prompt struct {
		Text string `json:"text"`
	}
	Said struct {
		By   string `json:"by"`
		Text string `json:"text"`
	}
)

// think asks a model.
func (c callee) think(ctx context.Context, token, prompt string) (Said, error) {
	var said Said
	err := c.ask(ctx, http.MethodPost, "/answer", token, Prompt{prompt}, &said)
	return said, err
}
