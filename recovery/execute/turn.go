package execute

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
)

// Turns walk a run of which somebody else holds the order and the waits, such as a state machine: each turn is
// about one step or gate and goes as far as it can without waiting. Turns of different steps may
// happen at once, on any machine: the journal is the truth, and nothing else is remembered between two.
type Turns struct {
	Plan plan.Plan
	// Options must name the run, the generation of the lease and how long to wait between two looks.
	Options Options
	Port    plan.Port
	Store   journal.Store
	Clock   clock.Clock
	// Lease is held by all turns of the run together.
	Lease *lease.Held
	// CallTimeout ends a call or a question that nobody answers.
	CallTimeout time.Duration
}

// State is where a step, a gate or a run stands after a turn.
type State string

// The states.
const (
	// Settled means done, or that what follows may begin without it.
	Settled State = "settled"
	// Waits means that another turn must look again later.
	Waits State = "waits"
	// Halted means that nothing new may begin.
	Halted State = "halted"
)

// Standing is what a turn tells.
type Standing struct {
	State State
	// Wait is how long to wait before the next turn.
	Wait time.Duration
	Why  string
	// Steps are those that may begin now, of Next.
	Steps []string
}

// ErrOvertaken means that somebody else wrote about the same step, or ended the run: what this turn knows is old.
var ErrOvertaken = errors.New("another worker was there first")

// Open begins the run, or takes up one that was left. A run that is at its end is halted.
func (t Turns) Open(ctx context.Context) (Standing, error) {
	m, err := t.machine(ctx)
	if err != nil {
		return Standing{}, err
	}
	switch records := m.records; {
	case len(records) == 0:
		m.core.begin(t.Clock.Now())
		m.core.append(journal.Record{Kind: journal.Started, Plan: m.core.of.Hash(), Seed: t.Options.Seed})
	case m.core.finished != nil:
		return Standing{State: Halted, Why: m.core.finished.Why}, nil
	case len(records) > 1 && records[len(records)-1].Kind != journal.Paused:
		m.core.begin(t.Clock.Now())
		m.core.append(journal.Record{Kind: journal.Paused, Result: string(Stopped), Why: "it was left, and is taken up again"})
	}
	return Standing{State: Settled}, m.carry(ctx, m.core.out)
}

// Gate looks at a gate, or takes in what a person decided about it.
func (t Turns) Gate(ctx context.Context, id string, decided *Decided) (Standing, error) {
	m, err := t.begun(ctx)
	if err != nil {
		return Standing{}, err
	}
	g := m.core.gate(id)
	if g == nil {
		return Standing{}, fmt.Errorf("the plan has no gate %q", id)
	}
	if err := m.carry(ctx, m.core.enterGate(t.Clock.Now(), g, decided)); err != nil {
		return Standing{}, err
	}
	switch g.state {
	case gateOpen:
		return Standing{State: Settled, Why: g.why}, nil
	case gateRefused:
		return Standing{State: Halted, Why: g.why}, nil
	}
	return Standing{State: Waits, Wait: m.wait}, nil
}

// Step looks at a step, makes its call where that is due, and looks again.
func (t Turns) Step(ctx context.Context, id string) (Standing, error) {
	m, w, err := t.of(ctx, id)
	if err != nil {
		return Standing{}, err
	}
	switch missing := m.core.missing(w); {
	case w.phase == ended:
	case m.core.finished != nil, m.core.stopping != "" && w.attempts == 0:
		return Standing{State: Halted, Why: m.core.stopping}, nil
	case missing != "":
		return Standing{State: Waits, Wait: t.Options.Poll, Why: missing}, nil
	default:
		if err := m.carry(ctx, m.core.enter(t.Clock.Now(), w)); err != nil {
			return Standing{}, err
		}
	}
	return m.standing(w), nil
}

// Abandon ends a step that could not be walked: nobody knows what became of it.
func (t Turns) Abandon(ctx context.Context, id, why string) (Standing, error) {
	m, w, err := t.of(ctx, id)
	if err != nil {
		return Standing{}, err
	}
	if w.phase != ended && m.core.finished == nil {
		m.core.begin(t.Clock.Now())
		m.core.close(w, plan.Failed, "it could not be walked: "+why)
		if err := m.carry(ctx, m.core.out); err != nil {
			return Standing{}, err
		}
	}
	return m.standing(w), nil
}

// Next are the steps that may begin or go on now. It is halted when there are none.
func (t Turns) Next(ctx context.Context) (Standing, error) {
	m, err := t.begun(ctx)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{State: Settled, Why: m.core.stopping}
	for n := range m.core.steps {
		w := &m.core.steps[n]
		if w.phase != ended && m.core.missing(w) == "" && m.core.finished == nil && (m.core.stopping == "" || w.attempts > 0) {
			out.Steps = append(out.Steps, w.step.ID)
		}
	}
	if out.Steps == nil {
		out.State = Halted
	}
	return out, nil
}

// Close ends the run: recovered, or not, or stopped so that it can be resumed.
func (t Turns) Close(ctx context.Context) (Finish, error) {
	m, err := t.begun(ctx)
	if err != nil {
		return Finish{}, err
	}
	c := m.core
	if c.finished == nil {
		c.begin(t.Clock.Now())
		if open := c.unended(); open != "" && c.stopping == "" {
			c.stopping = "not every step came to its end: " + open
		}
		c.end()
		if err := m.carry(ctx, c.out); err != nil {
			return Finish{}, err
		}
	}
	return *c.finished, nil
}

// of returns the machine and one of its steps.
func (t Turns) of(ctx context.Context, id string) (*turn, *walk, error) {
	m, err := t.begun(ctx)
	if err != nil {
		return nil, nil, err
	}
	w := m.core.step(id)
	if w == nil {
		return nil, nil, fmt.Errorf("the plan has no step %q", id)
	}
	m.about = id
	return m, w, nil
}
