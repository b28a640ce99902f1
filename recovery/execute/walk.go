package execute

import (
	"fmt"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// phase is where a step stands.
type phase int

const (
	waiting   phase = iota // for what it needs
	looking                // at its condition
	resting                // until the next look
	intending              // until its intent is safe
	calling                // until its call returns
	ended
	phases
)

// walk is one step on its way.
type walk struct {
	compiledStep
	phase phase
	// began is when a journal says that the step was taken up; deadline ends its patience.
	began, deadline time.Time
	// attempts counts the calls that were intended; accepted is true once one was taken.
	attempts int
	accepted bool
	intent   int
	outcome  plan.Outcome
	why      string
	// last is what the last failed call was told.
	last string
}

func (w *walk) active() bool { return w.phase != waiting && w.phase != ended }

// turn brings a step into a phase.
func (c *Core) turn(w *walk, p phase) {
	c.in[w.phase]--
	c.in[p]++
	w.phase = p
}

// underWay is how many steps have begun and not ended.
func (c *Core) underWay() int { return c.in[looking] + c.in[resting] + c.in[intending] + c.in[calling] }

// good reports whether what needs the step may begin.
func (w *walk) good() bool {
	return w.phase == ended && (w.outcome != plan.Failed || w.step.OnFailure != plan.Stop)
}

// beginReady looks at every step whose needs are met, as far as there is room.
func (c *Core) beginReady() {
	room := len(c.steps)
	if c.opts.Parallel > 0 {
		room = c.opts.Parallel
	}
	room -= c.underWay()
	for n := range c.steps {
		if room <= 0 {
			return
		}
		w := &c.steps[n]
		if w.phase == waiting && c.ready(w) {
			room--
			w.deadline = c.now.Add(time.Duration(w.step.Timeout))
			c.append(journal.Record{Kind: journal.Began, Step: w.step.ID})
			c.look(w)
		}
	}
}

func (c *Core) ready(w *walk) bool {
	for _, need := range w.needs {
		if !c.steps[need].good() {
			return false
		}
	}
	return true
}

// recall takes a step back that has called nothing yet.
func (c *Core) recall(w *walk) {
	if w.attempts > 0 || !w.active() {
		return
	}
	if w.phase == resting {
		c.emit(Cancel{w.step.ID})
	}
	c.turn(w, waiting)
}

func (c *Core) look(w *walk) {
	c.turn(w, looking)
	c.emit(w.asks)
}

// checked goes on by what the condition told: observe, act, confirm.
func (c *Core) checked(w *walk, e Checked) {
	if w.phase != looking {
		return
	}
	late := !c.now.Before(w.deadline)
	anew := c.opts.Anew[w.step.ID] && w.attempts == 0
	switch {
	case e.Answer == plan.Done && w.attempts > 0:
		c.close(w, plan.Performed, "")
	case e.Answer == plan.Done && !anew:
		c.close(w, plan.AlreadyDone, "")
	case late:
		c.close(w, plan.Failed, c.lateness(w, e))
	case (e.Answer == plan.NotDone || e.Answer == plan.Done) && !w.accepted && (c.stopping == "" || w.attempts > 0):
		c.intend(w)
	default: // under way, or nobody knows: nothing is done on half an answer
		c.rest(w, c.opts.Poll)
	}
}

func (c *Core) lateness(w *walk, e Checked) string {
	why := string(e.Answer) + " after " + w.step.Timeout.String() + ": " + e.Why
	if w.last != "" {
		why += "; the last call was answered: " + w.last
	}
	return why
}

// rest waits before the next look, never beyond the deadline.
func (c *Core) rest(w *walk, d time.Duration) {
	c.turn(w, resting)
	when := c.now.Add(d)
	switch {
	case d == 0:
		when = time.Time{}
	case when.After(w.deadline):
		when = w.deadline
	}
	c.emit(Arm{w.step.ID, when, w.deadline})
}

// intend writes down that a call is about to be made.
func (c *Core) intend(w *walk) {
	c.turn(w, intending)
	w.attempts++
	w.intent = c.append(journal.Record{
		Kind: journal.Intended, Step: w.step.ID, Attempt: w.attempts, Token: w.step.Call.Token,
	})
}

func (c *Core) call(w *walk) {
	c.turn(w, calling)
	if w.attempts == 1 {
		c.emit(w.acts)
		return
	}
	c.emit(Perform{w.step.ID, w.step.Call, w.attempts})
}

// returned goes on by the answer's class. After any answer the condition is
// looked at first: a call whose answer was lost may have taken effect.
func (c *Core) returned(w *walk, e Returned) {
	if w.phase != calling {
		return
	}
	c.append(journal.Record{
		Kind: journal.Returned, Step: w.step.ID, Attempt: w.attempts, Result: string(e.Class), Why: e.Why,
	})
	w.last = e.Why
	switch {
	case e.Class == OK:
		w.accepted, w.last = true, ""
		c.look(w)
	case e.Class.passes():
		c.rest(w, Backoff(c.opts, w.step.ID, w.attempts))
	default:
		c.close(w, plan.Failed, fmt.Sprintf("%s: %s: %s", w.step.Call, e.Class, e.Why))
	}
}

func (c *Core) fired(at string) {
	if w := c.step(at); w != nil && w.phase == resting {
		c.look(w)
	}
	if g := c.gate(at); g != nil && g.state == gateResting {
		c.lookGate(g)
	}
}

// close ends a step. What follows relies on it, unless it says otherwise.
func (c *Core) close(w *walk, o plan.Outcome, why string) {
	w.outcome, w.why = o, why
	c.turn(w, ended)
	c.fresh = true
	c.append(journal.Record{Kind: journal.Ended, Step: w.step.ID, Result: string(o), Why: why})
	if o == plan.Failed && w.step.OnFailure == plan.Stop {
		c.stop(fmt.Sprintf("step %s: %s", w.step.ID, why))
	}
}
