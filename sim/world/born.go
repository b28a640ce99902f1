package world

import (
	"maps"
	"time"
)

// When a thing was made stands beside it, by its seat (state.born), and not in it: things that are alike but for when
// they were made are one in memory, and whoever does not ask when gets the same answer. An Entity that is on its way into
// the state, or out of the world to its caller, has the time in it (Entity.Created).

// birth is when something is made, for the transaction that makes it. It is no look at the clock: whoever asks when the
// thing was made depends on it.
func (t *tx) birth() time.Time { return t.at }

// created is when the entity was made, for those whose act depends on it.
func (t *tx) created(e *Entity) time.Time {
	if !e.Created.IsZero() { // it is being made
		t.notes.time(t.at)
		return e.Created
	}
	return t.stampedAt(e.ref())
}

// tell gives an entity that leaves the world the times that stand beside it. Acts that are remembered never look at it.
func (t *tx) tell(e *Entity) *Entity {
	if e == nil || t.notes != nil {
		return e
	}
	if e.Created.IsZero() {
		e.Created = t.state.createdAt(e.ref())
	}
	outward(e, t.stampedAt)
	return e
}

func (s *state) createdAt(r Ref) time.Time {
	seat, known := s.dir.find(r)
	if !known {
		return time.Time{}
	}
	return timeOf(at(s.born, seat.at))
}

// timeOf is a time of the state's list: nanoseconds since 1970 and 0 for none, so that the list is small.
func timeOf(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

func nanosOf(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixNano()
}

// bear takes the time out of an entity that is written; 0 leaves what stands in the state.
func (e *Entity) bear() int64 {
	born := nanosOf(e.Created)
	e.Created = time.Time{}
	return born
}

// dated is the entity with the times that stand beside it, as the disk has it; some of them are not in the state yet.
func (s *state) dated(e *Entity, stamped map[Ref]stamping) *Entity {
	c := *e
	read := func(r Ref) time.Time {
		if s, is := stamped[r]; is {
			return timeOf(s.at)
		}
		return s.createdAt(r)
	}
	if c.Created.IsZero() {
		c.Created = read(e.ref())
	}
	if hasStamps(e.Kind) {
		c.Out = maps.Clone(e.Out)
		outward(&c, read)
	}
	return &c
}

// stamp writes a time into its seat.
func (s *state) stamp(r Ref, at int64) {
	seat := s.dir.seat(r)
	s.version++
	put(&s.born, seat.at, at)
	if s.memory != nil {
		s.trail.touch(seatMark(seat.at))
	}
}

// bornRead is when something had been made that an act asked for.
type bornRead struct {
	at   int
	born int64
}

// birth notes that somebody asks when something was made. What was made since the first fork of the family is of this world alone.
func (n *notes) birth(s *state, r Ref) {
	if !n.taking() {
		return
	}
	seat := s.dir.seat(r)
	if n.written.seats[seat.at] {
		if n.lasts(r) {
			n.never()
		}
		n.time(s.now)
		return
	}
	read := bornRead{seat.at, at(s.born, seat.at)}
	n.way.births = append(n.way.births, read)
	n.own = n.own || read.born > s.since
}

// madeAt is when something was made, for an answer; nil where nobody looks at that.
func (t *tx) madeAt(e *Entity) any {
	if t.still {
		return nil
	}
	return t.created(e).Format(timeFormat)
}
