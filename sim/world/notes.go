package world

import (
	"slices"
	"time"

	"redoubt/sim/fault"
)

// notes are what an act depends on and what it does, while it goes on. Nil notes take nothing.
type notes struct {
	way way
	// hopeless acts depend on the time, on a draw or on what is not noted.
	hopeless bool
	// own acts met what is of this world alone.
	own bool
	// written is what the act itself has written before.
	written struct{ seats, places, arns map[int]bool }
	seen    struct{ seats, places, arns map[int]bool }
}

// never says that the act cannot be remembered.
func (n *notes) never() {
	if n != nil {
		n.hopeless = true
	}
}

func (n *notes) taking() bool { return n != nil && !n.hopeless }

// first reports whether a number is met for the first time.
func first(seen *map[int]bool, n int) bool {
	if (*seen)[n] {
		return false
	}
	if *seen == nil {
		*seen = map[int]bool{}
	}
	(*seen)[n] = true
	return true
}

// entity notes that somebody looks whether an entity is there, and at it.
func (n *notes) entity(s *state, r Ref) {
	if !n.taking() || r.Kind == kindEvent {
		return
	}
	seat := s.dir.seat(r)
	if n.written.seats[seat.at] || !first(&n.seen.seats, seat.at) {
		return
	}
	n.way.seats = append(n.way.seats, seatRead{seat.at, at(s.cells, seat.at)})
	n.own = n.own || at(s.strange, seat.at)
}

// list notes that somebody looks at all of a place.
func (n *notes) list(s *state, p place) {
	if !n.taking() {
		return
	}
	number := s.dir.place(p)
	if !first(&n.seen.places, number) {
		return
	}
	if n.written.places[number] {
		n.never()
		return
	}
	list := s.list(p)
	n.way.places = append(n.way.places, placeRead{content{number, at(s.marks, number)}, &list})
	n.own = n.own || at(s.strangers, number) > 0
}

// arn notes that somebody looks for what has an ARN.
func (n *notes) arn(s *state, arn string) {
	if !n.taking() {
		return
	}
	number := s.dir.newARN(arn)
	if !n.written.arns[number] && first(&n.seen.arns, number) {
		n.way.arns = append(n.way.arns, arnRead{number, at(s.holders, number)})
	}
}

// time notes that somebody looks at the clock.
func (n *notes) time(at time.Time) {
	if n.taking() {
		n.way.when = at
	}
}

// generation notes that somebody looks how many of something have been made, or makes one more.
func (n *notes) generation(key string, was int) {
	if !n.taking() || slices.ContainsFunc(n.way.generations, func(r generationRead) bool { return r.key == key }) {
		return
	}
	n.way.generations = append(n.way.generations, generationRead{key, was, was})
}

// made notes what a transaction has made, and reports whether all of it was noted.
func (n *notes) made(gen map[string]int) bool {
	left := len(gen)
	for i, r := range n.way.generations {
		if is, made := gen[r.key]; made {
			n.way.generations[i].is = is
			left--
		}
	}
	return left == 0
}

// faults notes that somebody looks at the faults in force.
func (n *notes) faults(s *state) {
	if n.taking() && s.memory != nil {
		n.way.faults = s.trouble()
	}
}

// wrote notes what a transaction is about to write.
func (n *notes) wrote(t *tx, written []*Entity, births []int64) {
	if !n.taking() {
		return
	}
	draws := len(t.awaited) > 0
	for _, s := range t.stamped {
		draws = draws || s.entity != ""
	}
	if all := n.made(t.gen); len(t.data) > 0 || t.faulted != nil || t.redraw != nil || !all && !draws {
		n.never()
		return
	}
	for r := range t.del {
		n.writes(t.state, r, nil, birth{})
	}
	for i, e := range written {
		n.writes(t.state, e.ref(), e, birth{births[i], births[i] == nanosOf(t.at)})
	}
	for r, s := range t.stamped {
		if !first(&n.written.seats, t.dir.seat(r).at) && n.lasts(r) {
			n.never() // what was drawn before would come in the place of this
		}
		s.in = time.Duration(s.at - t.at.UnixNano())
		n.way.stamped = append(n.way.stamped, s)
	}
	n.way.awaited = append(n.way.awaited, t.awaited...)
}

func (n *notes) writes(s *state, r Ref, e *Entity, born birth) {
	seat := s.dir.seat(r)
	first(&n.written.seats, seat.at)
	first(&n.written.places, seat.place)
	first(&n.written.places, seat.all)
	for _, one := range []*Entity{e, at(s.cells, seat.at)} {
		if one != nil && one.ARN != "" {
			first(&n.written.arns, s.dir.newARN(one.ARN))
		}
	}
	for i := range n.way.wrote {
		if n.way.wrote[i].seat == seat {
			n.way.wrote[i].e = e
			if born.at != 0 || e == nil {
				n.way.wrote[i].born = born
			}
			return
		}
	}
	n.way.wrote = append(n.way.wrote, writing{seat, r, e, born})
}

// lasts reports whether the act has put a stamp before that is not as far from its time in every fork.
func (n *notes) lasts(r Ref) bool {
	return slices.ContainsFunc(n.way.stamped, func(s stamping) bool { return s.ref == r && s.lasts() })
}

// commits notes that a change was counted.
func (n *notes) commits() {
	if n != nil {
		n.way.commits++
	}
}

// happens lets an event happen. With a memory it is an act of its own.
func (t *tx) happens(e *event) error {
	if !t.remembers() || e.own {
		t.firing = e
		return t.happen(e.name, e.in)
	}
	_, err := t.apart(eventKey(e), func(sub *tx) (any, error) {
		sub.firing = e
		return nil, sub.happen(e.name, e.in)
	})
	return err
}

// strikes lets a fault do at once what it does when it comes, and returns the node that it hit.
func (t *tx) strikes(f fault.Fault) (hit string, err error) {
	if !t.remembers() {
		return t.strike(f)
	}
	key := Key{Act: TextOf("strike"), Number: uint64(t.memory.number(trouble{fault: f}))} //nolint:gosec // numbers are positive
	out, err := t.apart(key, func(sub *tx) (any, error) { return sub.strike(f) })
	hit, _ = out.(string)
	return hit, err
}

// apart does an act of its own in the midst of a transaction of a world that remembers. What came before is written first.
func (t *tx) apart(key Key, act func(sub *tx) (any, error)) (any, error) {
	t.fold()
	return t.world.Remember(key, func() (any, error) {
		sub := t.world.begin()
		defer t.world.end(sub)
		out, err := act(sub)
		if err == nil {
			sub.become()
		}
		return out, err
	})
}

// eventKey names an event by the sum of its document.
func eventKey(e *event) Key {
	return Key{Act: TextOf("event"), Texts: [6]Text{TextOf(e.name)}, Number: e.sum}
}

func (t *tx) remembers() bool { return t.memory != nil && t.notes == nil && t.world.record == nil }

// fold writes what the transaction has so far, which is safe without a log only.
func (t *tx) fold() {
	if t.changed() {
		t.become()
		t.put, t.del, t.gen, t.data, t.faulted, t.redraw, t.coming, t.awaited = nil, nil, nil, nil, nil, nil, nil, nil
		t.stamped = nil
		t.moved = false
	}
	t.folded = true
}
