// Package waits is how long an agent waits for whom, from the sum that the mesh's deadlines are made from
// (system/budget): the document that an agent in a cluster is told. It is pure: whoever declares an agent and whoever
// is one share it.
package waits

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/system"
)

// Env is the variable of an agent's pod that holds the document.
const Env = "REDOUBT_WAITS"

// Document is what one agent is told.
type Document struct {
	Agent string `json:"agent"`
	// Meshed says that a proxy stands beside the agent and tries calls again that reached nobody.
	Meshed bool `json:"meshed"`
	// Callees are the agents and the services outside that it may call.
	Callees map[string]Wait `json:"callees"`
}

// Wait is how one callee is waited for, in whole milliseconds.
type Wait struct {
	// Total is for a call with all its tries, PerTry for one.
	Total  int64 `json:"totalMillis"`
	PerTry int64 `json:"perTryMillis"`
	// Retries are how many tries may follow the first, Backoff the longest wait before the first of them. Outside says that
	// it is a service outside, of which system.yaml says no retries: they are the caller's.
	Retries int   `json:"retries,omitempty"`
	Backoff int64 `json:"backoffMillis,omitempty"`
	Outside bool  `json:"outside,omitempty"`
	// Without says that the agent still answers without the callee.
	Without bool `json:"without,omitempty"`
}

// Of is the document of an agent. One that is not declared may call nobody. It is an error where the deadlines of the
// system do not add up.
func Of(s *system.System, agent string, meshed bool) (Document, error) {
	d := Document{Agent: agent, Meshed: meshed, Callees: map[string]Wait{}}
	sheet, faults := s.Budgets()
	if len(faults) > 0 {
		return d, fmt.Errorf("how long %s waits: %s", agent, faults[0])
	}
	declared, _ := s.Agent(agent)
	for _, name := range s.Asks(declared) {
		of, _ := s.Dependency(name)
		d.Callees[name] = Wait{Total: of.Patience().Milliseconds(), PerTry: of.Patience().Milliseconds(), Outside: true}
	}
	for _, c := range sheet[agent].Out {
		d.Callees[c.Callee] = Wait{Total: c.Total.Milliseconds(), PerTry: c.PerTry.Milliseconds(), Retries: c.Retry.Times,
			Backoff: c.Retry.Backoff.Milliseconds(), Without: slices.Contains(declared.Resilience.Without, c.Callee)}
	}
	return d, nil
}

// Encode is the document as text.
func (d Document) Encode() string {
	raw, _ := json.Marshal(d) // texts, numbers and truths: it cannot fail
	return string(raw)
}

// Decode reads a document, and names all that is wrong with it.
func Decode(text string) (Document, error) {
	var d Document
	if text == "" {
		return d, fmt.Errorf("%s is empty: an agent's pod has it where the agent calls somebody (components/agents)", Env)
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w", Env, err)
	}
	var errs []error
	if d.Agent == "" {
		errs = append(errs, fmt.Errorf("%s: agent is missing", Env))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Callees)) {
		if w := d.Callees[name]; w.PerTry <= 0 || w.Total < w.PerTry || w.Retries < 0 || w.Backoff < 0 {
			errs = append(errs, fmt.Errorf("%s: callee %s: %+v, want a try above 0 and no longer than the total", Env, name, w))
		}
	}
	return d, errors.Join(errs...)
}

// Span is a number of milliseconds as a duration.
func Span(millis int64) time.Duration { return time.Duration(millis) * time.Millisecond }
