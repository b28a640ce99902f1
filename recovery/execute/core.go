package execute

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Options say how a plan is walked.
type Options struct {
	// Run names the run in the journal, Generation is that of its lease.
	Run        string
	Generation int
	// Seed makes the jitter of the backoff; the same seed gives the same waits.
	Seed uint64
	// Parallel is how many steps are under way at most; zero means no bound.
	Parallel int
	// Poll is the wait between two looks at an open condition. Zero looks
	// whenever the driver knows that something changed.
	Poll time.Duration
	// Backoff is the first wait after a failed call; it doubles up to MaxBackoff.
	// Zero means one second and one minute.
	Backoff, MaxBackoff time.Duration
	// Overrides are the gates that a person set aside, by gate.
	Overrides map[string]Override
	// Anew are steps that are called once also when their condition holds already:
	// what takes another step back must not be overtaken by it.
	Anew map[string]bool
	// Hand walks one step of the plan alone; nil walks all of it. What it names must be a step of the plan.
	Hand *Hand
}

// Override is a person's word that a gate does not hold this time.
type Override struct{ By, Reason string }

// Core is the machine that walks one plan. Feed it events with Step, one after
// the other; Start begins.
type Core struct {
	of    *Compiled
	opts  Options
	gates []gate
	steps []walk
	// in are how many steps are in each phase.
	in [phases]int

	now time.Time
	// out are the commands of this turn, in the place of those of the last one, and records those that are to be written.
	out     []Command
	records []journal.Record
	seq     int
	// stopping is why nothing new begins, empty as long as all is well.
	stopping string
	// ending waits until the last record is safe.
	ending   *Finish
	endSeq   int
	finished *Finish
	open     bool // the gates are passed
	// fresh says that a step which waits may begin.
	fresh bool
	// turns says that somebody else orders the steps and ends the run; since is when it was taken up.
	turns bool
	since time.Time
	// hand is the one step that is walked; nil walks the plan.
	hand *handed
}

// New returns a machine at the beginning of a plan.
func New(p plan.Plan, o Options) *Core { return compiled(p).New(o) }

// step returns the step of that name on its way, or nil.
func (c *Core) step(id string) *walk {
	n, known := c.of.at[id]
	if !known {
		return nil
	}
	return &c.steps[n]
}

// Start begins the run, or goes on with a restored one. What it and Step return holds until the next Step.
func (c *Core) Start(now time.Time) []Command {
	c.begin(now)
	if c.finished != nil {
		c.emit(*c.finished)
		return c.out
	}
	if c.seq == 0 {
		c.append(journal.Record{Kind: journal.Started, Plan: c.of.Hash(), Seed: c.opts.Seed})
	}
	if c.hand != nil {
		c.takeUp()
	} else {
		c.askGates()
	}
	return c.settle()
}

// Step takes one event and returns what to do next. After a Finish it
// returns nothing.
func (c *Core) Step(now time.Time, e Event) []Command {
	c.begin(now)
	if c.finished != nil {
		return nil
	}
	switch e := e.(type) {
	case Checked:
		if g := c.gate(e.At); g != nil {
			c.gateChecked(g, e)
		} else if w := c.step(e.At); w != nil && c.hand != nil && c.hand.stage != handWalks {
			c.handChecked(w, e)
		} else if w != nil {
			c.checked(w, e)
		}
	case Returned:
		if w := c.step(e.Step); w != nil {
			c.returned(w, e)
		}
	case Fired:
		c.fired(e.At)
	case Decided:
		if g := c.gate(e.Gate); g != nil && g.state == gateAsked {
			c.decide(g, e.Allowed, e.By, e.Why)
		}
	case Synced:
		c.synced(e.Seq)
	case LeaseLost:
		return c.finish(Finish{Stopped, "the lease was lost: " + e.Why})
	case Interrupted:
		if e.Hard {
			return c.finish(Finish{Stopped, "interrupted at once"})
		}
		c.stop("interrupted")
	}
	return c.settle()
}

// Finished tells how the run ended, if it has.
func (c *Core) Finished() (Finish, bool) {
	if c.finished == nil {
		return Finish{}, false
	}
	return *c.finished, true
}

func (c *Core) begin(now time.Time) { c.now, c.out, c.records = now, c.out[:0], c.records[:0] }

func (c *Core) emit(cmd Command) { c.out = append(c.out, cmd) }

// What there is made room for at once: most turns write few records and give few commands.
const (
	recordsAtOnce  = 8
	commandsAtOnce = 32
)

// append writes a record and returns its number.
func (c *Core) append(r journal.Record) int {
	c.seq++
	r.Run, r.Seq, r.At, r.Generation = c.opts.Run, c.seq, c.now, c.opts.Generation
	if len(c.records) == cap(c.records) {
		c.records = make([]journal.Record, 0, recordsAtOnce)
	}
	c.records = append(c.records, r)
	c.emit(Append{&c.records[len(c.records)-1]})
	return c.seq
}

// finish ends the run without waiting for anything.
func (c *Core) finish(f Finish) []Command {
	c.finished = &f
	c.emit(f)
	return c.out
}

// stop lets what is under way come to its end and begins nothing new.
func (c *Core) stop(why string) {
	if c.stopping == "" {
		c.stopping = why
	}
	for n := range c.steps {
		c.recall(&c.steps[n])
	}
}

// settle begins what can begin, and ends the run when nothing is left.
func (c *Core) settle() []Command {
	if c.ending != nil || c.turns {
		return c.out
	}
	if c.hand != nil {
		return c.settleHand()
	}
	if c.open && c.stopping == "" && c.fresh {
		c.fresh = false
		c.beginReady()
	}
	if c.busy() {
		return c.out
	}
	c.end()
	return c.out
}

func (c *Core) busy() bool {
	return c.underWay() > 0 || !c.open && c.stopping == ""
}

// end writes the last record and finishes when it is safe.
func (c *Core) end() {
	f := c.outcome()
	r := journal.Record{Kind: journal.Finished, Result: string(f.Outcome), Why: f.Why}
	if f.Outcome == Stopped {
		r.Kind = journal.Paused
	}
	if c.hand != nil && f.Outcome != Recovered { // whatever became of the step, the run can be gone on with
		r.Kind, r.Step, r.Result = journal.Paused, c.hand.Step, string(Stopped)
	}
	c.ending = &f
	c.endSeq = c.append(r)
}

// outcome says how the run ends now that nothing is under way.
func (c *Core) outcome() Finish {
	if refused := c.refusals(); refused != "" {
		return Finish{Refused, refused}
	}
	if f, left := c.handOutcome(); left {
		return f
	}
	if c.stopping != "" {
		return Finish{Stopped, c.stopping}
	}
	var unproven, without []string
	for n := range c.steps {
		w := &c.steps[n]
		switch {
		case w.outcome != plan.Failed:
		case w.step.OnFailure == plan.Report:
			unproven = append(unproven, fmt.Sprintf("step %s: %s", w.step.ID, w.why))
		default:
			without = append(without, fmt.Sprintf("without step %s: %s", w.step.ID, w.why))
		}
	}
	if len(unproven) > 0 {
		return Finish{Unproven, strings.Join(append(unproven, without...), "; ")}
	}
	return Finish{Recovered, strings.Join(without, "; ")}
}

func (c *Core) synced(seq int) {
	for n := 0; n < len(c.steps) && c.in[intending] > 0; n++ {
		if w := &c.steps[n]; w.phase == intending && w.intent <= seq {
			c.call(w)
		}
	}
	if c.ending != nil && c.endSeq <= seq {
		c.finish(*c.ending)
	}
}
