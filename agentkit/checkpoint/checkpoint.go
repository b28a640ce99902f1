// Package checkpoint lets a long job of an agent go on after a crash where it was: each step's result is
// recorded once, and a resumed job begins with the first step that has none.
//
// # What is guaranteed
//
// A step has at most one recorded result, and every step after it sees this one, whoever runs the job: where two
// processes run one job at once, the record that came first counts for both. A step that is recorded is never run
// again. A step whose process ended before the record runs again, with the same token (Step's State.Token): give the token to
// agentkit/idempotent, or to the service that does the work, and it takes effect once.
//
// A job goes on only under the definition that it began with. Other steps, another order or another version are
// refused by a ChangedError, before anything runs: what was recorded under the old definition may mean something else
// under the new one.
//
// # What is assumed
//
// The store is read from its writer, not from a replica. What of it a lost home had not replicated runs again in
// the other home, so its steps' tokens matter there as well.
package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"redoubt/agentkit/measure"
)

// Store keeps what is recorded of jobs. Postgres and Table are stores.
type Store interface {
	// Begin records the definition of a job unless one is recorded, and returns the one that stands.
	Begin(ctx context.Context, job, definition string) (stands string, err error)
	// Results are the recorded results, by step.
	Results(ctx context.Context, job string) (map[string][]byte, error)
	// Record records the result of a step unless one is recorded, and returns the one that stands.
	Record(ctx context.Context, job, step string, result []byte) (stands []byte, err error)
}

// State is what a step sees.
type State struct {
	// Job is the job's own name, Token the step's in it: the same whenever the step runs.
	Job, Token string
	// Results are those of the steps before, by name.
	Results map[string][]byte
}

// Step is one part of a job. What it returns is recorded.
type Step struct {
	Name string
	Do   func(ctx context.Context, s State) ([]byte, error)
}

// Plan is what jobs of one kind do. Change Version whenever what a recorded result means has changed.
type Plan struct {
	Name, Version string
	Steps         []Step
	Store         Store
	// MayWrite is home.Home's: it is asked before each step. Nil is for jobs that every home may do.
	MayWrite func(ctx context.Context) bool
	// Meter may be nil.
	Meter *measure.Recorder
}

// ErrNotActive means that the home may not write: the job goes on in the other.
var ErrNotActive = errors.New("the home may not write")

// ChangedError says that a job began under another definition.
type ChangedError struct{ Job, Began, Now string }

// Error tells both definitions, and what can be done.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("job %q began as %s and the program now has %s: finish it with the program that began it, or give the work a new job",
		e.Job, e.Began, e.Now)
}

// Run runs the job to its end, from the first step that has no result, and returns all results. A step's error ends
// it; Run it again to go on.
func (p *Plan) Run(ctx context.Context, job string) (map[string][]byte, error) {
	if err := p.check(job); err != nil {
		return nil, err
	}
	began, err := p.Store.Begin(ctx, job, p.definition())
	if err != nil {
		return nil, fmt.Errorf("begin job %q: %w", job, err)
	}
	if began != p.definition() {
		return nil, &ChangedError{job, began, p.definition()}
	}
	results, err := p.Store.Results(ctx, job)
	if err != nil {
		return nil, fmt.Errorf("read job %q: %w", job, err)
	}
	for _, step := range p.Steps {
		if _, done := results[step.Name]; done {
			p.Meter.Record(ctx, measure.Steps, 1, p.Name, "found")
			continue
		}
		if results[step.Name], err = p.step(ctx, job, step, results); err != nil {
			p.Meter.Record(ctx, measure.Steps, 1, p.Name, "failed")
			return nil, fmt.Errorf("job %q, step %q: %w", job, step.Name, err)
		}
		p.Meter.Record(ctx, measure.Steps, 1, p.Name, "done")
	}
	return results, nil
}

func (p *Plan) step(ctx context.Context, job string, step Step, results map[string][]byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.MayWrite != nil && !p.MayWrite(ctx) {
		return nil, ErrNotActive
	}
	before := map[string][]byte{}
	for name, result := range results {
		before[name] = slices.Clone(result)
	}
	result, err := step.Do(ctx, State{Job: job, Token: job + "/" + step.Name, Results: before})
	if err != nil {
		return nil, err
	}
	if result == nil {
		result = []byte{}
	}
	return p.Store.Record(ctx, job, step.Name, result)
}

// definition is the plan in words: name, version and the steps in their order.
func (p *Plan) definition() string {
	names := make([]string, len(p.Steps))
	for n, step := range p.Steps {
		names[n] = step.Name
	}
	return fmt.Sprintf("%s %s: %s", p.Name, p.Version, strings.Join(names, ", "))
}

// check tells all that is wrong with the plan.
func (p *Plan) check(job string) error {
	var faults []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, values...))
		}
	}
	bad(job == "", "the job has no name")
	bad(p.Name == "" || p.Version == "", "plan %q has version %q, want both", p.Name, p.Version)
	bad(p.Store == nil, "plan %q has no store", p.Name)
	bad(len(p.Steps) == 0, "plan %q has no steps", p.Name)
	seen := map[string]bool{}
	for n, step := range p.Steps {
		bad(step.Name == "" || strings.ContainsAny(step.Name, ",/#"), "step %d is called %q, want a name without comma, slash or #", n+1, step.Name)
		bad(seen[step.Name], "two steps are called %q", step.Name)
		bad(step.Do == nil, "step %q does nothing", step.Name)
		seen[step.Name] = true
	}
	return errors.Join(faults...)
}
