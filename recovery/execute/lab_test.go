package execute_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// mishap is one thing that goes wrong with the nth request of a kind for a step.
type mishap struct {
	Step string
	// On is call or check.
	On string
	// Nth counts from 1; a span of requests is hit: Nth to Until.
	Nth, Until int
	// What is throttled, conflict, not-found, denied, unreachable (no effect), lost
	// (the effect takes place, the answer does not arrive), or for a check silent,
	// stale (it tells what was before) or absent (what is asked for does not exist).
	What string
}

// lab is a small cloud in virtual time. Each step's call starts something that
// is done some time later; each condition asks whether it is.
type lab struct {
	now   time.Time
	takes map[string]time.Duration
	// done is when a step's effect is complete; effects counts how often it was begun.
	done     map[string]time.Time
	effects  map[string]int
	tokens   map[string]bool
	requests map[string]int
	mishaps  []mishap
	// needs are checked when a call arrives: what a step relies on must be done.
	needs    map[string][]string
	optional map[string]bool
	early    []string
	calls    int
}

func newLab(p plan.Plan, takes map[string]time.Duration, mishaps ...mishap) *lab {
	l := &lab{
		now: start, takes: takes, done: map[string]time.Time{}, effects: map[string]int{}, tokens: map[string]bool{},
		requests: map[string]int{}, mishaps: mishaps, needs: map[string][]string{}, optional: map[string]bool{},
	}
	for _, s := range p.Steps {
		l.needs[s.ID] = s.Needs
		l.optional[s.ID] = s.OnFailure != plan.Stop
	}
	return l
}

func (l *lab) Now() time.Time { return l.now }

func (l *lab) Advance(to time.Time) {
	if to.After(l.now) {
		l.now = to
	}
}

func (l *lab) NextChange() (time.Time, bool) {
	var next time.Time
	for _, at := range l.done {
		if at.After(l.now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, !next.IsZero()
}

func (l *lab) isDone(step string) bool {
	at, begun := l.done[step]
	return begun && !at.After(l.now)
}

// Call answers DoStep and LookAtStep.
func (l *lab) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	step := c.Input["Step"].(string)
	if c.Operation == "LookAtStep" {
		return l.look(step)
	}
	l.calls++
	for _, need := range l.needs[step] {
		if !l.isDone(need) && !l.optional[need] {
			l.early = append(l.early, fmt.Sprintf("%s was called before %s was done", step, need))
		}
	}
	what := l.mishap(step, "call")
	switch what {
	case "", "lost":
	case "unreachable":
		return nil, errors.New("connection refused")
	default:
		return nil, &execute.ClassError{Class: classes[what], Err: errors.New(what)}
	}
	if !l.tokens[c.Token] { // a repeat with the same token changes nothing
		l.tokens[c.Token] = true
		l.effects[step]++
		l.done[step] = l.now.Add(l.takes[step])
	}
	if what == "lost" {
		return nil, errors.New("connection reset")
	}
	return plan.Document{}, nil
}

var classes = map[string]execute.Class{
	"throttled": execute.Throttled, "conflict": execute.Conflict, "not-found": execute.NotFound,
	"denied": execute.Denied,
}

func (l *lab) look(step string) (plan.Document, error) {
	switch l.mishap(step, "check") {
	case "silent":
		return nil, errors.New("no answer")
	case "stale":
		return plan.Document{"Done": false}, nil
	case "absent":
		return nil, &execute.ClassError{Class: execute.NotFound, Err: errors.New("it does not exist")}
	}
	return plan.Document{"Done": l.isDone(step)}, nil
}

func (l *lab) mishap(step, on string) string {
	l.requests[step+on]++
	n := l.requests[step+on]
	for _, m := range l.mishaps {
		if m.Step == step && m.On == on && m.Nth <= n && n <= m.Until {
			return m.What
		}
	}
	return ""
}

// stepOf is a step of a test's plan.
func stepOf(id string, needs ...string) plan.Step {
	call := func(op string) plan.Call {
		return plan.Call{
			Kind: plan.AWS, Home: system.Primary, Service: "lab", Operation: op, Input: plan.Document{"Step": id},
		}
	}
	do := call("DoStep")
	do.Token = "token-" + id
	return plan.Step{
		ID: id, Title: id, Why: "a test", Source: "https://example.com/", Needs: needs, Call: do,
		Condition: plan.Condition{
			Call: call("LookAtStep"), All: []plan.Expect{{Path: "Done", Op: plan.Is, Value: true}},
		},
		Budget: timings.CWAlarmPeriod, Timeout: plan.Duration(30 * time.Minute), OnFailure: plan.Stop,
	}
}

func planOf(steps ...plan.Step) plan.Plan {
	p, err := plan.New(plan.Plan{
		System: "atlas", Title: "a test", Inventory: "0",
		Regions: map[system.Home]string{system.Primary: "eu-west-1"}, Steps: steps,
	})
	if err != nil {
		panic(err)
	}
	return p
}

// drive runs a machine to its end in the lab.
func drive(l *lab, c *execute.Core, v execute.Virtual) (execute.Finish, error) {
	v.Time, v.Port = l, l
	return v.Run(context.Background(), c)
}
