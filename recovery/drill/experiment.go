package drill

import (
	"errors"
	"fmt"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system/experiments"
)

// settled is how long all is well before what an experiment breaks in the steady state.
const settled = time.Minute

// Experiments are the declared ones, as scenarios, by name.
func Experiments() ([]Scenario, error) {
	all, err := experiments.All()
	if err != nil {
		return nil, err
	}
	var out []Scenario
	var errs []error
	for _, e := range all {
		s, err := OfExperiment(e)
		errs = append(errs, err)
		out = append(out, s)
	}
	return out, errors.Join(errs...)
}

// OfExperiment is the drill of an experiment: its lines, its clean-up once they have lasted, and what it expects. Where
// something else happens after the clean-up, the fault and the clean-up fall into the steady state, in which no request may
// be refused.
func OfExperiment(e experiments.Experiment) (Scenario, error) {
	s := Scenario{Name: e.Name, Title: e.Title, Disruption: e.Disruption, About: e.About, Agent: e.Agent, Call: e.Call, Dependency: e.Dependency,
		Finding: diagnose.Kind(e.Expect.Finding), Said: diagnose.Kind(e.Expect.Said), SaidAfter: e.Expect.SaidAfter,
		Plan: planner.Scenario(e.Expect.Plan), Aside: e.Expect.Aside, Wait: e.Expect.Wait, Refused: e.Expect.Refused}
	for _, role := range e.Expect.Done {
		s.Done = append(s.Done, plan.Role(role))
	}
	var errs []error
	for _, p := range []string{e.Expect.Plan, e.Cleanup.Plan} {
		if _, known := planner.Scenarios()[planner.Scenario(p)]; p != "" && !known {
			errs = append(errs, fmt.Errorf("experiment %s: plan is %q, which the planner does not know", e.Name, p))
		}
	}
	if e.Cleanup.Plan != "" {
		s.Faults = at(0, e.Fault.Lines)
		s.Back = Back{Heals: e.Cleanup.Lines, After: e.Cleanup.After, Plan: planner.Scenario(e.Cleanup.Plan)}
		return s, errors.Join(errs...)
	}
	lines := append(at(0, e.Fault.Lines), at(e.Fault.Lasts, e.Cleanup.Lines)...)
	if len(e.Expect.Then) == 0 {
		s.Faults, s.Hold = lines, e.Fault.Lasts+e.Cleanup.After
		return s, errors.Join(errs...)
	}
	for _, line := range lines {
		s.Before = append(s.Before, Line{settled + line.After, line.Line})
	}
	s.Steady = settled + e.Fault.Lasts + e.Cleanup.After
	s.Faults = at(0, e.Expect.Then)
	return s, errors.Join(errs...)
}

func at(after time.Duration, lines []string) []Line {
	var out []Line
	for _, line := range lines {
		out = append(out, Line{after, line})
	}
	return out
}

// heard is how long the last minutes of a metric are waited for after a clean-up.
const heard = 5 * time.Minute

// Alone is the drill of an experiment where nobody observes and no plan is run by the drill: its fault, its clean-up, and
// what users notice meanwhile. Left says what is not held against the experiment then.
func Alone(e experiments.Experiment) (s Scenario, left []string) {
	s = Scenario{Name: e.Name, Title: e.Title, Disruption: e.Disruption, About: e.About, Agent: e.Agent, Call: e.Call, Dependency: e.Dependency,
		Refused: e.Expect.Refused, Faults: append(at(0, e.Fault.Lines), at(e.Fault.Lasts, e.Cleanup.Lines)...),
		Hold: e.Fault.Lasts + e.Cleanup.After + heard}
	if e.Expect.Finding != "" {
		left = append(left, fmt.Sprintf("finding %q: the drill asks no observer there", e.Expect.Finding))
	}
	if e.Expect.Plan != "" {
		left = append(left, fmt.Sprintf("plan %s: nobody runs it for the drill there; who does has the time until the clean-up", e.Expect.Plan))
	}
	for _, then := range e.Expect.Then {
		left = append(left, fmt.Sprintf("then %q: what that would cost is told by the age of the copies' newest marks", then))
	}
	return s, left
}
