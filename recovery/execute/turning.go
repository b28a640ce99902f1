package execute

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
)

// turn is one turn under way.
type turn struct {
	Turns
	core    *Core
	records []journal.Record
	// about is the step that nobody else may write about meanwhile; next is the number of the next record.
	about string
	next  int
	wait  time.Duration
}

// loads is how often a journal is read that others write meanwhile: a reader may see a record before the one
// that was written before it.
const loads = 5

func (t Turns) machine(ctx context.Context) (*turn, error) {
	records, err := t.load(ctx)
	if err != nil {
		return nil, err
	}
	c, err := replayed(t.Plan, t.Options, records)
	if err != nil {
		return nil, err
	}
	c.turns, c.stopping = true, c.refusals()
	for n := range c.steps {
		if w := &c.steps[n]; w.phase == ended && !w.good() && c.stopping == "" {
			c.stopping = fmt.Sprintf("step %s: %s", w.step.ID, w.why)
		}
	}
	return &turn{Turns: t, core: c, records: records, next: len(records) + 1}, nil
}

// begun is the machine of a run that was opened.
func (t Turns) begun(ctx context.Context) (*turn, error) {
	m, err := t.machine(ctx)
	if err == nil && len(m.records) == 0 {
		err = fmt.Errorf("run %s was not opened", t.Options.Run)
	}
	return m, err
}

func (t Turns) load(ctx context.Context) (records []journal.Record, err error) {
	for range loads {
		if records, err = t.Store.Load(ctx, t.Options.Run); !errors.Is(err, journal.ErrCorrupt) {
			break
		}
	}
	return records, err
}

// carry carries commands out, and what follows from them, until there is nothing left but to wait.
func (t *turn) carry(ctx context.Context, commands []Command) error {
	queue := kept(commands)
	for len(queue) > 0 {
		e, err := t.do(ctx, queue[0])
		if err != nil {
			return err
		}
		queue = queue[1:]
		if e != nil {
			queue = append(queue, kept(t.core.Step(t.Clock.Now(), e))...)
		}
	}
	return nil
}

func (t *turn) do(ctx context.Context, cmd Command) (Event, error) {
	bounded, cancel := context.WithTimeout(ctx, t.CallTimeout)
	defer cancel()
	switch cmd := cmd.(type) {
	case Append:
		return Synced{cmd.Record.Seq}, t.write(ctx, *cmd.Record)
	case Evaluate:
		return evaluate(bounded, t.Port, cmd), nil
	case Perform:
		if !t.Lease.Valid() {
			return nil, fmt.Errorf("step %s: %w", cmd.Step, lease.ErrLost)
		}
		return perform(bounded, t.Port, cmd), nil
	case Arm:
		t.wait = max(cmd.When.Sub(t.Clock.Now()), time.Second)
	}
	return nil, nil
}

// write appends a record at the end of the journal, wherever that is by now.
func (t *turn) write(ctx context.Context, r journal.Record) error {
	for {
		r.Seq = t.next
		err := t.Store.Append(ctx, r)
		if err == nil {
			t.next++
			return nil
		}
		if !errors.Is(err, journal.ErrTaken) {
			return fmt.Errorf("nothing more is done, because the journal cannot be written: %w", err)
		}
		records, err := t.load(ctx)
		if err != nil {
			return err
		}
		if len(records) < t.next { // it was taken, and is not to be seen yet
			continue
		}
		for _, other := range records[t.next-1:] {
			if err := t.allows(other); err != nil {
				return err
			}
		}
		t.next = len(records) + 1
	}
}

// allows tells whether this turn goes on beside what another has written.
func (t *turn) allows(other journal.Record) error {
	switch {
	case other.Generation > t.Options.Generation:
		return fmt.Errorf("record %d is of lease generation %d: %w", other.Seq, other.Generation, lease.ErrLost)
	case other.Step == t.about, other.Kind == journal.Paused, other.Kind == journal.Finished:
		return fmt.Errorf("record %d, %s %s: %w", other.Seq, other.Kind, other.Step, ErrOvertaken)
	}
	return nil
}

func (t *turn) standing(w *walk) Standing {
	switch {
	case w.phase == ended && !w.good():
		return Standing{State: Halted, Why: w.why}
	case w.phase == ended:
		return Standing{State: Settled, Why: w.why}
	}
	return Standing{State: Waits, Wait: t.wait}
}

// enter takes a step up, with the patience that is left of what it had when it was taken up first.
func (c *Core) enter(now time.Time, w *walk) []Command {
	c.begin(now)
	if w.began.IsZero() {
		w.began = now
		c.append(journal.Record{Kind: journal.Began, Step: w.step.ID})
	}
	w.deadline = w.began.Add(time.Duration(w.step.Timeout))
	c.look(w)
	return c.out
}

// enterGate takes a gate up. Its patience began with the run.
func (c *Core) enterGate(now time.Time, g *gate, decided *Decided) []Command {
	c.begin(now)
	g.deadline = c.since.Add(time.Duration(g.gate.Timeout))
	switch {
	case g.state != gateClosed:
	case g.gate.Reason != "":
		c.refuse(g, g.gate.Reason)
	case g.gate.Approval() && decided == nil:
		c.refuse(g, "nobody was asked")
	case g.gate.Approval():
		c.decide(g, decided.Allowed, decided.By, decided.Why)
	default:
		c.lookGate(g)
	}
	return c.out
}

// missing says which gate is not decided, or what the step needs that is not there yet.
func (c *Core) missing(w *walk) string {
	var all []string
	for n := range c.gates {
		if g := &c.gates[n]; g.state != gateOpen {
			all = append(all, "gate "+g.gate.ID)
		}
	}
	for _, need := range w.needs {
		if !c.steps[need].good() {
			all = append(all, "step "+c.steps[need].step.ID)
		}
	}
	if all == nil {
		return ""
	}
	return "it waits for " + strings.Join(all, ", ")
}

// unended names the steps that have not ended.
func (c *Core) unended() string {
	var all []string
	for n := range c.steps {
		if w := &c.steps[n]; w.phase != ended {
			all = append(all, w.step.ID)
		}
	}
	return strings.Join(all, ", ")
}
