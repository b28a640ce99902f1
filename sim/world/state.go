package world

import (
	"maps"
	"slices"
	"time"

	"redoubt/sim/fault"
)

// Ref names one entity.
type Ref struct {
	Kind   string `json:"kind"`
	Region string `json:"region"`
	ID     string `json:"id"`
}

func (e *Entity) ref() Ref { return Ref{e.Kind, e.Region, e.ID} }

// active is a fault that has been injected and not yet undone.
type active struct {
	fault.Fault
	// Seen is how many calls a fail fault has counted.
	Seen int `json:"seen,omitempty"`
	// Since is when it was injected.
	Since time.Time `json:"since,omitzero"`
	// Hit is the node that was the writer then, of a fault of a writer.
	Hit string `json:"hit,omitempty"`
}

// state is all that a world holds. What it points at is never changed in place,
// which makes a clone as cheap as its lists.
type state struct {
	now time.Time
	seq uint64
	dir *directory
	// cells are the entities by their seats, lists the sorted entities of a place
	// once somebody has asked for them, holders what has an ARN: one more than a seat.
	cells   []*Entity
	lists   []*[]*Entity
	holders []int32
	// born is when what is in a seat was made.
	born   []int64
	agenda agenda
	gens   layers[int]
	// faults are never changed in place.
	faults []active
	series layers[*series]
	// marks tell the contents of places apart: the sum of what is in them. strange
	// are the seats, and strangers the places, of what no memory will ever meet again.
	marks     []uint64
	strange   []bool
	strangers []int
	// memory is that of the world; known is its number of the faults, 0 before it was asked.
	memory *Memory
	known  int
	// since is when the family began that has the memory.
	since int64
	trail trail
	// version counts what was written.
	version uint64
	// settled is one more than the version in which no alarm will move any more by the time alone. farthest is how far back
	// the most patient alarm looks, of alarms and checks with these marks.
	settled  uint64
	farthest struct {
		sum  [2]uint64
		back time.Duration
	}
	// fed are the alarms that are judged, checks the health checks of metrics, each of the last list.
	fed, checks pick
	// watched is the last record after which the checks of endpoints have seen all; it is no part of the content.
	watched uint64
	// settling is how long the minutes of a metric take to settle, as drawn.
	settling map[string]time.Duration
	// draw is the seed of every duration and lag; nil takes the typical ones.
	draw *uint64
}

func newState(now time.Time) *state { return &state{now: now, dir: newDirectory()} }

func (s *state) clone() *state {
	c := *s
	c.trail = trail{before: s.trail.end()}
	rooms.Get().(*room).furnish(&c)
	c.settling = nil
	c.strange, c.strangers = nil, nil // other clones meet what this one holds
	c.gens, c.series = s.gens.fork(), s.series.fork()
	return &c
}

// at returns what a list holds at a place, which may lie behind its end.
func at[V any](list []V, n int) (v V) {
	if n < len(list) {
		v = list[n]
	}
	return v
}

// put writes into a list, which grows as far as it must.
func put[V any](list *[]V, n int, v V) {
	if n >= len(*list) {
		*list = append(*list, make([]V, n+1-len(*list))...)
	}
	(*list)[n] = v
}

// entity returns the entity of a name, or nil.
func (s *state) entity(r Ref) *Entity {
	seat, known := s.dir.find(r)
	if !known {
		return nil
	}
	return at(s.cells, seat.at)
}

func (s *state) add(e *Entity) {
	if e.Out == nil { // what is empty is left out on disk
		e.Out = Document{}
	}
	if e.Kind == kindEvent {
		s.agenda = s.agenda.with(eventOf(e.ID, e.In, e.Created))
		return
	}
	inside := *e
	born := inside.bear()
	if hasStamps(e.Kind) {
		inside.Out = maps.Clone(inside.Out)
		for r, at := range inward(&inside) {
			s.stamp(r, at)
		}
	}
	s.write(&inside, born)
}

// write writes an entity that has no time in it, and when it was made; 0 leaves what stands there.
func (s *state) write(e *Entity, born int64) {
	seat := s.dir.seat(e.ref())
	s.set(seat, e.ref(), e)
	if born != 0 {
		put(&s.born, seat.at, born)
	}
}

// set writes an entity, or with nil removes it.
func (s *state) set(seat seat, r Ref, e *Entity) {
	s.version++
	old := at(s.cells, seat.at)
	s.relist(seat, r, e)
	put(&s.cells, seat.at, e)
	for _, n := range [...]int{seat.place, seat.all} {
		put(&s.marks, n, at(s.marks, n)^mark(old)^mark(e))
	}
	s.estrange(seat, false)
	s.leave(seat, old, e)
	if e == nil {
		put(&s.born, seat.at, 0)
		if n, named := s.dir.arn(old.ARN); named && int(at(s.holders, n)) == seat.at+1 {
			s.holders[n] = 0
		}
		return
	}
	if e.ARN != "" && !isSetting(e.Kind) {
		put(&s.holders, s.dir.newARN(e.ARN), int32(seat.at+1)) //nolint:gosec // a world has no two thousand million entities
	}
}

// leave lets a trail of what is written.
func (s *state) leave(seat seat, old, e *Entity) {
	if s.memory == nil {
		return
	}
	s.trail.touch(seatMark(seat.at), placeMark(seat.place), placeMark(seat.all))
	for _, one := range [...]*Entity{old, e} {
		if one != nil && one.ARN != "" {
			s.trail.touch(arnMark(s.dir.newARN(one.ARN)))
		}
	}
}

func (s *state) remove(r Ref) {
	if r.Kind == kindEvent {
		s.agenda = s.agenda.without(eventOf(r.ID, nil, time.Time{}))
		return
	}
	if seat, known := s.dir.find(r); known && at(s.cells, seat.at) != nil {
		s.set(seat, r, nil)
	}
}

// relist keeps the sorted lists right when an entity is written, or with nil removed.
func (s *state) relist(seat seat, r Ref, e *Entity) {
	for _, n := range []int{seat.place, seat.all} {
		old := at(s.lists, n)
		if old == nil {
			continue
		}
		if s.memory != nil {
			s.lists[n] = nil // it has the list, if the place was ever like this
			continue
		}
		i, has := slices.BinarySearchFunc(*old, &Entity{Region: r.Region, ID: r.ID}, compareEntities)
		list := make([]*Entity, 0, len(*old)+1)
		list = append(list, (*old)[:i]...)
		if e != nil {
			list = append(list, e)
		}
		if has {
			i++
		}
		list = append(list, (*old)[i:]...)
		s.lists[n] = &list
	}
}

// list returns the sorted entities of a place. Nobody may change it.
func (s *state) list(p place) []*Entity {
	n := s.dir.place(p)
	if l := at(s.lists, n); l != nil {
		return *l
	}
	if l := s.memory.list(n, at(s.marks, n)); l != nil {
		put(&s.lists, n, l)
		return *l
	}
	list := []*Entity{}
	members, parts := s.dir.inside(n)
	for _, m := range members {
		if e := at(s.cells, m); e != nil {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, compareEntities)
	for _, part := range parts {
		list = append(list, s.list(s.dir.name(part))...)
	}
	list = slices.Clip(list)
	put(&s.lists, n, &list)
	if at(s.strangers, n) == 0 { // else no other world will ever ask for it
		s.memory.keep(n, at(s.marks, n), &list)
	}
	return list
}

// everything is every entity, and every event as one.
func (s *state) everything() []*Entity {
	var out []*Entity
	for _, e := range s.cells {
		if e != nil {
			out = append(out, s.dated(e, nil))
		}
	}
	for _, e := range s.agenda {
		out = append(out, e.entity())
	}
	sortEntities(out)
	return out
}
