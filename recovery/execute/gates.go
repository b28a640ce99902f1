package execute

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

type gateState int

const (
	gateClosed gateState = iota // not looked at yet
	gateLooking
	gateResting
	gateAsked
	gateOpen
	gateRefused
)

// gate is one gate on its way.
type gate struct {
	gate     *plan.Gate
	state    gateState
	deadline time.Time
	why      string
}

// The results of a gate in the journal.
const (
	Allowed    = "allowed"
	Overridden = "overridden"
	refused    = "refused"
)

func (c *Core) gate(id string) *gate {
	for n := range c.gates {
		if g := &c.gates[n]; g.gate.ID == id {
			return g
		}
	}
	return nil
}

// askGates looks at every gate at once, so that a person hears of all refusals.
func (c *Core) askGates() {
	for n := range c.gates {
		g := &c.gates[n]
		if g.state != gateClosed {
			continue
		}
		g.deadline = c.now.Add(time.Duration(g.gate.Timeout))
		switch {
		case g.gate.Reason != "":
			c.refuse(g, g.gate.Reason)
		case g.gate.Approval():
			g.state = gateAsked
			c.emit(Ask{*g.gate})
		default:
			c.lookGate(g)
		}
	}
	c.openWhenDecided()
}

func (c *Core) lookGate(g *gate) {
	g.state = gateLooking
	c.emit(Evaluate{g.gate.ID, *g.gate.Condition})
}

func (c *Core) gateChecked(g *gate, e Checked) {
	if g.state != gateLooking {
		return
	}
	switch {
	case e.Answer == plan.Done:
		c.decide(g, true, "", "")
	case e.Answer == plan.CannotTell && c.now.Before(g.deadline):
		g.state = gateResting
		wait := min(max(c.opts.Poll, time.Second), g.deadline.Sub(c.now))
		c.emit(Arm{g.gate.ID, c.now.Add(wait), g.deadline})
	default:
		c.refuse(g, fmt.Sprintf("%s: %s", e.Answer, e.Why))
	}
}

// refuse closes a gate, unless a person has set it aside.
func (c *Core) refuse(g *gate, why string) {
	over, set := c.opts.Overrides[g.gate.ID]
	if !set || !g.gate.Overridable || over.By == "" || over.Reason == "" {
		c.decide(g, false, "", why)
		return
	}
	g.state = gateOpen
	c.append(journal.Record{
		Kind: journal.Decided, Step: g.gate.ID, Result: Overridden, By: over.By,
		Why: fmt.Sprintf("%s (set aside: %s)", why, over.Reason),
	})
	c.openWhenDecided()
}

func (c *Core) decide(g *gate, allowed bool, by, why string) {
	result := Allowed
	g.state, g.why = gateOpen, why
	if !allowed {
		g.state, result = gateRefused, refused
	}
	c.append(journal.Record{Kind: journal.Decided, Step: g.gate.ID, Result: result, By: by, Why: why})
	c.openWhenDecided()
}

// openWhenDecided lets the steps begin once every gate is open, and stops the
// run once every gate has answered and one refused.
func (c *Core) openWhenDecided() {
	for _, g := range c.gates {
		if g.state != gateOpen && g.state != gateRefused {
			return
		}
	}
	if why := c.refusals(); why != "" {
		c.stop(why)
		return
	}
	c.open = true
}

// refusals names every gate that refused.
func (c *Core) refusals() string {
	var all []string
	for _, g := range c.gates {
		if g.state == gateRefused {
			all = append(all, fmt.Sprintf("gate %s: %s", g.gate.ID, g.why))
		}
	}
	return strings.Join(all, "; ")
}
