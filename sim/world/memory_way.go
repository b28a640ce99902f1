package world

import (
	"time"

	"redoubt/sim/fault"
)

// way is how an act went: what it read, what it wrote, what it answered.
type way struct {
	seats   []seatRead
	places  []placeRead
	arns    []arnRead
	births  []bornRead
	befores []beforeRead
	// generations are how many of what the act looked for had been made before, or makes one more of.
	generations []generationRead
	// when is the time, zero when nobody asked for it.
	when time.Time
	// faults is the number of the faults in force, 0 when nobody asked for them.
	faults  int
	wrote   []writing
	stamped []stamping
	awaited []coming
	commits uint64
	answer  any
	err     error
	// own ways met what is of one world alone.
	own bool
	// sieve lets through what the way depends on, but for faults.
	sieve sieve
}

// seatRead is what was in a seat.
type seatRead struct {
	at int
	e  *Entity
}

// placeRead keeps the list, so that no other entity ever takes the address of one in it.
type placeRead struct {
	content
	list *[]*Entity
}

// arnRead is what had an ARN.
type arnRead struct {
	arn    int
	holder int32
}

// generationRead is how many of something had been made, and how many there are after the act.
type generationRead struct {
	key     string
	was, is int
}

// writing is an entity that was written, or nil for one that was removed.
type writing struct {
	seat seat
	ref  Ref
	e    *Entity
	born birth
}

// birth is when something was made, 0 where that stays as it is; now says that it was the time of the act.
type birth struct {
	at  int64
	now bool
}

// stamping is a stamp that was put, and how it follows from the time of the act: it is as far from that in every fork; or as
// far as a behaviour of an entity takes, where one is named; or it is another stamp, by the number of its seat from 1.
type stamping struct {
	ref    Ref
	at     int64
	in     time.Duration
	takes  behaviour
	entity string
	as     int
}

// lasts reports whether the stamp is not as far from the time of the act in every fork.
func (s *stamping) lasts() bool { return s.entity != "" || s.as > 0 }

// again is the stamp as it is when the act is repeated. What is drawn comes in its place later.
func (s *stamping) again(in *state) int64 {
	if s.as > 0 {
		return at(in.born, s.as-1)
	}
	return in.now.Add(s.in).UnixNano()
}

// coming is an event that was planned by how long it takes until then: as long as a
// behaviour of the entity, as far as its copy in a region is behind but no less than in says, or as long as in says; or
// by when it happens.
type coming struct {
	takes                behaviour
	entity, region, name string
	// counts is what is counted when it is drawn how long a behaviour takes.
	counts string
	in     time.Duration
	at     time.Time
	doc    Document
	sum    uint64
}

// follow goes a way that is known.
func (w *World) follow(one *way) {
	for _, wrote := range one.wrote {
		w.st.set(wrote.seat, wrote.ref, wrote.e)
		if born := wrote.born; born.now {
			put(&w.st.born, wrote.seat.at, nanosOf(w.st.now))
		} else if born.at != 0 {
			put(&w.st.born, wrote.seat.at, born.at)
		}
	}
	draws := false
	for n := range one.stamped {
		s := &one.stamped[n]
		draws = draws || s.entity != ""
		w.st.stamp(s.ref, s.again(w.st))
	}
	for _, g := range one.generations {
		if g.is != g.was {
			w.st.gens.set(g.key, g.is)
			w.st.version++
		}
	}
	if len(one.awaited) > 0 || draws {
		t := w.begin()
		t.follows = true
		for _, c := range one.awaited {
			t.await(c)
		}
		for _, s := range one.stamped {
			if s.entity != "" {
				t.stampBy(s.takes, s.entity, s.ref)
			}
		}
		t.become()
		w.end(t)
	}
	w.st.seq += one.commits
}

// fits reports whether all that the way depended on is so.
func (one *way) fits(s *state) bool { return one.misfit(s).of == nothing }

// fitsRest reports whether all is so that ways seldom depend on.
func (one *way) fitsRest(s *state) bool {
	for n := range one.stamped {
		if s.draw == nil && one.stamped[n].entity != "" {
			return false // nothing is drawn there
		}
	}
	for _, r := range one.arns {
		if at(s.holders, r.arn) != r.holder {
			return false
		}
	}
	for _, r := range one.births {
		if at(s.born, r.at) != r.born {
			return false
		}
	}
	for _, r := range one.befores {
		if !r.holds(s) {
			return false
		}
	}
	for _, r := range one.generations {
		if n, _ := s.gens.get(r.key); n != r.was {
			return false
		}
	}
	return one.faults == 0 || one.faults == s.trouble()
}

// pure reports whether the way changes nothing. One that looked at generations is not taken for pure.
func (one *way) pure() bool {
	return len(one.wrote)+len(one.stamped)+len(one.awaited)+len(one.generations) == 0
}

// trouble is the number of the faults in force. When they were injected does not
// count: who asks that asks the clock.
func (s *state) trouble() int {
	if s.known > 0 {
		return s.known
	}
	n := s.memory.number(trouble{})
	for _, f := range s.faults {
		n = s.memory.number(trouble{n, f.Fault, f.Hit})
	}
	s.known = n
	return n
}

// trouble is a fault, and the node that it hit, after the others of a number.
type trouble struct {
	after int
	fault fault.Fault
	hit   string
}

func (m *Memory) number(of trouble) int {
	n := m.troubles[of]
	if n == 0 {
		n = len(m.troubles) + 1
		m.troubles[of] = n
	}
	return n
}
