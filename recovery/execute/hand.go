package execute

import (
	"slices"
	"strings"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Hand is one step that a person asks for, out of the order of its plan. It is looked at first, and nothing else is called
// when it is done. Else what it needs is looked at and must be done, the gates are asked, and then it is walked as a run
// would walk it. Nothing but this step is ever called.
type Hand struct {
	// Step is the step's id.
	Step string
	// Without are needs of the step that a person goes on without when they are not done, by need.
	Without map[string]Override
}

// OpenNeed is a need of a step that is not done.
type OpenNeed struct{ Step, Why string }

// ChangesNothing reports whether the step only looks, so that no gate has to allow it.
func ChangesNothing(s plan.Step) bool { return s.Role == plan.Prove || s.Role == plan.Verify }

// handStage is how far a step has come that a person asks for.
type handStage int

const (
	handLooks handStage = iota // whether it is done
	handNeeds                  // whether what it needs is done
	handGates                  // until every gate has answered
	handWalks
	handRest // what else is done, once a proof holds
)

// handed is a step that a person asks for on its way.
type handed struct {
	Hand
	at    *walk
	stage handStage
	// open are the needs that are not done, aside those of them that a person goes on without.
	open, aside []OpenNeed
}

// OpenNeeds are the needs for which the step of Options.Hand was refused.
func (c *Core) OpenNeeds() []OpenNeed {
	if c.hand == nil {
		return nil
	}
	return c.hand.open
}

// Ended tells how a step ended, if it has.
func (c *Core) Ended(step string) (plan.Outcome, string, bool) {
	w := c.step(step)
	if w == nil || w.phase != ended {
		return "", "", false
	}
	return w.outcome, w.why, true
}

// takeUp looks at the step that a person asks for. What it came to before does not count, unless its call was on its way
// then; and a gate that refused before may have changed its mind.
func (c *Core) takeUp() {
	w := c.hand.at
	if w.phase == ended {
		c.forget(w)
	}
	c.reopen()
	w.deadline = c.now.Add(time.Duration(w.step.Timeout))
	c.look(w)
}

// reopen lets the gates that refused be asked again.
func (c *Core) reopen() {
	for n := range c.gates {
		if g := &c.gates[n]; g.state == gateRefused {
			g.state, g.why = gateClosed, ""
		}
	}
}

// handChecked goes on by what a condition told before the step is walked.
func (c *Core) handChecked(w *walk, e Checked) {
	h := c.hand
	switch {
	case w.phase != looking:
	case w != h.at:
		c.handNeed(w, e)
	case e.Answer == plan.Done || w.attempts > 0: // what was on its way passed needs and gates then
		c.handBegin("", "")
		c.checked(w, e)
		if w.phase == ended && w.step.Role == plan.Prove {
			c.lookRest()
		}
	default:
		c.turn(w, waiting)
		h.stage = handNeeds
		c.lookBehind(w)
	}
}

// lookBehind looks at what a step needs and no journal knows to be done, and at what that needs: what holds now may hold no
// more later, when a next step undoes it, and must not be done again by whoever goes on. Behind what a person goes on
// without nothing is asked.
func (c *Core) lookBehind(w *walk) {
	for _, n := range w.needs {
		need := &c.steps[n]
		if need.good() || need.phase == looking {
			continue
		}
		c.look(need)
		if _, aside := c.hand.Without[need.step.ID]; !aside {
			c.lookBehind(need)
		}
	}
}

// lookRest looks at all that no journal knows to be done, so that the run ends with its proof when nothing is left.
func (c *Core) lookRest() {
	c.hand.stage = handRest
	for n := range c.steps {
		if w := &c.steps[n]; w.phase != ended {
			c.look(w)
		}
	}
}

// handNeed takes in what the condition of a need told. One that is done is done, whoever did it; nothing else is made of it.
func (c *Core) handNeed(w *walk, e Checked) {
	if e.Answer != plan.Done {
		c.turn(w, waiting)
		if of := c.hand.at.step; c.hand.stage == handRest || ChangesNothing(*of) && !slices.Contains(of.Needs, w.step.ID) {
			return // what looks only has nothing to break
		}
		c.hand.open = append(c.hand.open, OpenNeed{w.step.ID, string(e.Answer) + ": " + e.Why})
		return
	}
	c.append(journal.Record{Kind: journal.Began, Step: w.step.ID})
	outcome := plan.AlreadyDone
	if w.attempts > 0 {
		outcome = plan.Performed
	}
	c.close(w, outcome, "")
}

// handBegin begins to walk the step.
func (c *Core) handBegin(by, why string) {
	c.hand.stage = handWalks
	c.append(journal.Record{Kind: journal.Began, Step: c.hand.Step, By: by, Why: why})
}

// settleHand goes on once everything of a stage is known, and ends when nothing is left to do for the step.
func (c *Core) settleHand() []Command {
	h := c.hand
	if c.stopping == "" && c.underWay() == 0 {
		switch h.stage {
		case handLooks, handWalks, handRest:
		case handNeeds:
			c.needsLooked()
		case handGates:
			c.gatesDecided()
		}
	}
	asked := h.stage == handGates && c.stopping == ""
	if c.underWay() == 0 && !asked {
		c.end()
	}
	return c.out
}

// needsLooked refuses the step for needs that are not done, unless a person goes on without each of them. Only then is
// anybody asked about a gate.
func (c *Core) needsLooked() {
	h := c.hand
	for _, n := range h.open {
		if o := h.Without[n.Step]; o.By != "" && o.Reason != "" {
			h.aside = append(h.aside, n)
		}
	}
	h.open = slices.DeleteFunc(h.open, func(n OpenNeed) bool { return slices.Contains(h.aside, n) })
	if len(h.open) > 0 {
		c.stop("step " + h.Step + " needs " + told(h.open))
		return
	}
	h.stage = handGates
	if ChangesNothing(*h.at.step) {
		c.open = true
	} else {
		c.askGates()
	}
	c.gatesDecided()
}

// told names needs, and why they are open.
func told(open []OpenNeed) string {
	var all []string
	for _, n := range open {
		all = append(all, n.Step+" ("+n.Why+")")
	}
	return strings.Join(all, ", ")
}

// gatesDecided walks the step once every gate is open. It is looked at again: time has passed.
func (c *Core) gatesDecided() {
	if !c.open || c.stopping != "" {
		return
	}
	h := c.hand
	by, why := "", []string{}
	for _, n := range h.aside {
		o := h.Without[n.Step]
		by, why = o.By, append(why, "without "+n.Step+" ("+n.Why+"), set aside: "+o.Reason)
	}
	h.at.deadline = c.now.Add(time.Duration(h.at.step.Timeout)) // its patience does not go by while a person is asked
	c.handBegin(by, strings.Join(why, "; "))
	c.look(h.at)
}

// handOutcome says how a command ended that walks one step, while the rest of the plan is left; false when nothing is.
func (c *Core) handOutcome() (Finish, bool) {
	switch h := c.hand; {
	case h == nil || c.stopping != "" && len(h.open) == 0:
		return Finish{}, false
	case len(h.open) > 0:
		return Finish{Refused, c.stopping}, true
	case c.unended() != "":
		return Finish{Stopped, "by hand: step " + h.Step + " alone was asked for, " + string(h.at.outcome)}, true
	}
	return Finish{}, false
}
