package execute

import (
	"fmt"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Restore returns the machine of a run that was cut off, from its plan and its
// records. What was intended and not answered may have taken effect: its
// condition is looked at before anything is called again. A step that failed and
// stopped the run is tried anew; gates keep what was decided.
func Restore(p plan.Plan, o Options, records []journal.Record) (*Core, error) {
	c, err := replayed(p, o, records)
	if err != nil {
		return nil, err
	}
	c.retake()
	return c, nil
}

// replayed returns the machine as the records left it.
func replayed(p plan.Plan, o Options, records []journal.Record) (*Core, error) {
	if len(records) == 0 {
		return New(p, o), nil
	}
	hash, err := p.Hash()
	if err != nil {
		return nil, err
	}
	first := records[0]
	switch {
	case first.Kind != journal.Started:
		return nil, fmt.Errorf("resume run %s: its first record is %q, want %q", first.Run, first.Kind, journal.Started)
	case first.Plan != hash:
		return nil, fmt.Errorf("resume run %s: it walks plan %s, this is plan %s", first.Run, first.Plan, hash)
	}
	o.Run, o.Seed = first.Run, first.Seed
	c := New(p, o)
	for _, r := range records {
		if err := c.replay(r); err != nil {
			return nil, fmt.Errorf("resume run %s: record %d: %w", r.Run, r.Seq, err)
		}
	}
	return c, nil
}

// retake lets a step that failed and stopped the run be tried anew, and gives every step that is open its
// whole patience again.
func (c *Core) retake() {
	for n := range c.steps {
		w := &c.steps[n]
		if w.phase == ended && !w.good() {
			c.forget(w)
		}
		w.began = time.Time{}
	}
}

// unhand takes in that one step alone was walked. That a gate refused it, or that it proved nothing so far, is no word on the
// run, which asks and proves again.
func (c *Core) unhand(step string) {
	w := c.step(step)
	if w == nil {
		return
	}
	c.reopen()
	if c.hand == nil && w.phase == ended && w.outcome == plan.Failed && w.step.OnFailure == plan.Report {
		c.forget(w)
	}
}

// forget takes a step back to where it has not begun.
func (c *Core) forget(w *walk) {
	c.turn(w, waiting)
	*w = walk{compiledStep: w.compiledStep}
}

// replay takes one record in.
func (c *Core) replay(r journal.Record) error {
	c.seq = r.Seq
	if r.Generation > c.opts.Generation {
		return fmt.Errorf("it is of lease generation %d, this run holds %d", r.Generation, c.opts.Generation)
	}
	switch r.Kind {
	case journal.Started:
		c.since = r.At
		return nil
	case journal.Paused:
		c.since = r.At
		c.retake()
		c.unhand(r.Step)
		return nil
	case journal.Finished:
		c.finished = &Finish{Outcome(r.Result), r.Why}
		return nil
	case journal.Decided:
		g := c.gate(r.Step)
		if g == nil {
			return fmt.Errorf("the plan has no gate %q", r.Step)
		}
		g.state, g.why = gateOpen, r.Why
		if r.Result == refused {
			g.state = gateRefused
		}
		return nil
	}
	w := c.step(r.Step)
	if w == nil {
		return fmt.Errorf("the plan has no step %q", r.Step)
	}
	switch r.Kind {
	case journal.Began:
		if w.phase == ended { // it was asked for once more
			c.forget(w)
		}
		w.began = r.At
	case journal.Intended:
		w.attempts = r.Attempt
	case journal.Returned:
		w.accepted = w.accepted || Class(r.Result) == OK
	case journal.Ended:
		w.outcome, w.why = plan.Outcome(r.Result), r.Why
		c.turn(w, ended)
	default:
		return fmt.Errorf("kind %q is unknown", r.Kind)
	}
	return nil
}
