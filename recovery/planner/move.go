package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// regionLoss takes the work into the other home without asking the lost one:
// the stores that have one writer are promoted, what runs at a standby's size is
// brought to full size, accepted work is sent again, and traffic follows.
func regionLoss(d *draft) error {
	from := d.Goal.Active
	switch {
	case d.Finding.Home == from.Peer():
		return unfit("the %s home is lost and the %s home serves: nothing has to move; "+
			"when the region is back, plan %s", from.Peer(), from, Rebuild)
	case d.Finding.Home != "" && d.Finding.Home != from:
		return unfit("the finding is about the home %q", d.Finding.Home)
	}
	d.lost = from
	d.title = fmt.Sprintf("Recover from the loss of the %s home's region", from)
	d.because = d.Finding.Why
	d.quorumGate(from)
	d.fenceGate(from)
	d.seenGates(from.Peer())
	d.lagGates(from.Peer())
	d.capacityGates(from.Peer())
	d.move(move{from: from, to: from.Peer()})
	return nil
}

// switchover moves the work while both homes answer, and loses nothing.
func switchover(d *draft) error {
	return d.plannedMove(d.Goal.Active.Peer(), fmt.Sprintf("Move from the %s home to the %s home as planned",
		d.Goal.Active, d.Goal.Active.Peer()))
}

// failback is the planned move to the primary, and the reset of the switch, so
// that the next loss of the primary finds a secondary that can act.
func failback(d *draft) error {
	if d.Goal.Active == system.Primary {
		return unfit("the %s home serves already", system.Primary)
	}
	return d.plannedMove(system.Primary, "Move back to the primary home")
}

func (d *draft) plannedMove(to system.Home, title string) error {
	switch d.Finding.Kind {
	case "", diagnose.Healthy:
	default:
		return unfit("a planned move needs both homes, and what was found is: %s (%s)", d.Finding.Kind, d.Finding.Why)
	}
	d.title = title
	d.because = "a person wants the work in the " + string(to) + " home"
	d.approvalGate()
	d.writersGate(to)
	d.seenGates(to)
	d.lagGates(to)
	d.capacityGates(to)
	d.move(move{from: to.Peer(), to: to, planned: true})
	return nil
}

// move is the way of all work from one home to the other.
type move struct {
	from, to system.Home
	// planned moves have both homes, and lose nothing.
	planned bool
}

// move lays the steps out. In a planned move the old writers stop before the new
// ones begin; without the old home its fence is tried beside the rest, and the
// gates have made sure that it is lost.
func (d *draft) move(m move) {
	d.active = m.to
	if d.home(m.from); len(d.errs) > 0 {
		return
	}
	if d.home(m.to); len(d.errs) > 0 {
		return
	}
	var before []string
	if !m.planned { // the word is said first: until the leases have changed their home nothing is promoted
		d.fences(m, nil)
		before = d.appoint(m, nil)
	}
	rooms := d.nodes(m.to)
	started := map[bool][]string{} // by whether traffic waits for it
	for _, a := range d.System.Agents {
		if d.both(a.Tier) {
			continue // runs at full size in both homes
		}
		critical := d.critical(a.Tier)
		started[critical] = append(started[critical], d.start(m.to, a, rooms, critical)...)
	}
	if m.planned { // the old writers stop once the new ones are ready, not before
		before = d.appoint(m, d.fences(m, started[true]))
	}
	ready := map[bool][]string{}
	for _, s := range d.System.Stores {
		critical := d.critical(s.Tier)
		ready[critical] = append(ready[critical], d.promote(m, s, before, critical)...)
	}
	if len(d.revived) > 0 {
		told, critical := d.tell(m.to)
		ready[critical] = append(ready[critical], told)
	}
	for _, s := range d.System.StoresOf(system.Queue) {
		critical := d.critical(s.Tier)
		ready[critical] = append(ready[critical], d.requeue(m.to, s, before, critical))
	}
	traffic := d.traffic(m.to, append(ready[true], started[true]...))
	proved := d.probe(m.to, []string{traffic})
	if m.planned {
		d.settle(m, []string{proved})
	}
}

// both reports whether a tier serves in both homes at once.
func (d *draft) both(tier string) bool {
	t, _ := d.System.Tier(tier)
	return t.Strategy == system.ActiveActive
}

func (d *draft) critical(tier string) bool {
	t, _ := d.System.Tier(tier)
	return t.Critical
}

// onFailure of what users can do without is told at the end, and stops nothing.
func onFailure(critical bool) plan.OnFailure {
	if critical {
		return plan.Stop
	}
	return plan.Report
}

// traffic moves the users, after everything that they meet.
func (d *draft) traffic(to system.Home, needs []string) string {
	s, err := take(d.Inventory, to)
	if err != nil {
		d.wrong("%w", err)
		return ""
	}
	s.Role, s.Needs = plan.Traffic, needs
	return d.add(s)
}

// settle puts the home that was left into a standby's shape and, when the
// primary serves again, makes the switch ready for the next loss.
func (d *draft) settle(m move, needs []string) {
	last := d.standBy(m.from, needs)
	last = append(last, d.mirrors(m, needs)...)
	d.releaseWord(m.to, last)
	if m.to != system.Primary || d.Inventory.Homes[m.to].Entry.Switch == inventory.ARCSwitch {
		return
	}
	letGo, err := act(d.Inventory, system.Secondary, letsGo)
	if err != nil {
		d.wrong("%w", err)
		return
	}
	end, err := act(d.Inventory, system.Primary, letsGo)
	if err != nil {
		d.wrong("%w", err)
		return
	}
	letGo.Role, letGo.Needs = plan.Settle, last
	end.Role, end.Needs = plan.Settle, []string{d.add(letGo)}
	d.add(end)
}
