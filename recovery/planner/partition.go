package planner

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// partition holds still while the homes do not see each other: the one that
// serves goes on, the other one is kept from taking over, and once the line is whole the
// copies are waited for. Promoting anybody would make two writers.
func partition(d *draft) error {
	home := d.Goal.Active
	d.title = "Hold while the homes do not see each other"
	d.active, d.because = home, d.Finding.Why
	if d.home(home); len(d.errs) > 0 {
		return nil
	}
	if d.home(home.Peer()); len(d.errs) > 0 {
		return nil
	}
	d.aliveGate(home)
	released, err := d.release(home.Peer())
	if err != nil {
		return err
	}
	d.keep(home)
	served := d.probe(home, nil)
	for _, s := range d.System.Stores {
		d.follows(move{from: home.Peer(), to: home}, s, []string{released, served})
	}
	for n := range d.steps {
		if strings.HasPrefix(d.steps[n].ID, "follow-") {
			d.steps[n].Timeout = heals
		}
	}
	return nil
}

// heals is how long copies are waited for that only a line which is whole again
// can bring on: a day is longer than any loss that AWS has told of (timings, incidents).
const heals = plan.Duration(24 * time.Hour)

// aliveGate refuses to hold for a home that nobody sees: users would wait for nothing.
func (d *draft) aliveGate(home system.Home) {
	g := plan.Gate{
		ID: "active-seen", Title: fmt.Sprintf("Somebody sees the %s home", home),
		Why: "To hold is right only while the home that serves is there. If nobody sees it, users have nobody.",
	}
	switch f := d.Finding; {
	case f.Kind == "":
		g.Reason = "nobody has looked: no finding was given"
	case !alive(f, home):
		g.Reason = fmt.Sprintf("no observer sees the %s home: %s; if it is lost, plan %s", home, f.Why, RegionLoss)
	default:
		return
	}
	d.gate(g)
}

// alive reports whether a finding has a word of a home, or from it.
func alive(f diagnose.Finding, home system.Home) bool {
	if f.Kind == diagnose.Healthy {
		return true
	}
	for _, o := range append(append([]diagnose.Observation(nil), f.For...), f.Against...) {
		if o.Observer == string(home) || o.Home == home && o.State == diagnose.Good {
			return true
		}
	}
	return false
}

// release sees that the home that does not serve makes no claim to the traffic. There is
// nothing to take back: the claim would move users to a home that follows.
func (d *draft) release(home system.Home) (string, error) {
	s, err := act(d.Inventory, home, letsGo)
	if err != nil {
		return "", err
	}
	s.ID, s.Title = "release-"+string(home), fmt.Sprintf("See that the %s home does not claim the traffic", home)
	s.Role, s.Undo, s.Timeout, s.OnFailure = plan.Fence, nil, heals, plan.Report
	s.Why = "Its stores follow and take no writes. A claim that somebody there has made, or makes by a reflex, would bring " +
		"users to it all the same."
	return d.add(s), nil
}

// keep sees that the claim of the home that serves stands, where it has one: the
// primary is where the domain leads when nobody claims anything.
func (d *draft) keep(home system.Home) {
	if home == system.Primary {
		return
	}
	s, err := act(d.Inventory, home, takes)
	if err != nil {
		d.wrong("%w", err)
		return
	}
	s.ID, s.Title = "keep-"+string(home), fmt.Sprintf("See that the %s home keeps the traffic", home)
	s.Role, s.Undo = plan.Settle, nil
	s.Why = "The domain leads to the secondary by its claim alone. Without it users would go to a home that follows."
	d.add(s)
}
