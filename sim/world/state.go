package world

import (
	"slices"
	"strings"
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
	agenda  agenda
	gens    layers[int]
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
	// watched is the last record after which the checks of endpoints have seen all; it is no part of the content.
	watched uint64
	// draw is the seed of every duration and lag; nil takes the typical ones.
	draw *uint64
}

func newState(now time.Time) *state { return &state{now: now, dir: newDirectory()} }

func (s *state) clone() *state {
	c := *s
	c.cells, c.lists, c.holders = slices.Clone(s.cells), slices.Clone(s.lists), slices.Clone(s.holders)
	c.marks, c.strange, c.strangers = slices.Clone(s.marks), slices.Clone(s.strange), slices.Clone(s.strangers)
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
	s.set(s.dir.seat(e.ref()), e.ref(), e)
}

// set writes an entity, or with nil removes it.
func (s *state) set(seat seat, r Ref, e *Entity) {
	old := at(s.cells, seat.at)
	s.relist(seat, r, e)
	put(&s.cells, seat.at, e)
	for _, n := range [...]int{seat.place, seat.all} {
		put(&s.marks, n, at(s.marks, n)^mark(old)^mark(e))
	}
	s.estrange(seat, false)
	if e == nil {
		if n, named := s.dir.arn(old.ARN); named && int(at(s.holders, n)) == seat.at+1 {
			s.holders[n] = 0
		}
		return
	}
	if e.ARN != "" && !isSetting(e.Kind) {
		put(&s.holders, s.dir.newARN(e.ARN), int32(seat.at+1)) //nolint:gosec // a world has no two thousand million entities
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
	s.memory.keep(n, at(s.marks, n), &list)
	return list
}

// everything is every entity, and every event as one.
func (s *state) everything() []*Entity {
	var out []*Entity
	for _, e := range s.cells {
		if e != nil {
			out = append(out, e)
		}
	}
	for _, e := range s.agenda {
		out = append(out, e.entity())
	}
	sortEntities(out)
	return out
}

// tx is one attempt to change the state: it reads through to the state, keeps
// what it writes to itself, and becomes one record when it succeeds.
type tx struct {
	*state
	cfg  Config
	put  map[Ref]*Entity
	del  map[Ref]bool
	gen  map[string]int
	data []Datum
	// faulted is the whole new list of faults, when that changes.
	faulted *[]active
	// redraw is the new seed of the draws, when that changes.
	redraw *uint64
	at     time.Time
	// coming are the events to come, when they changed.
	coming *agenda
	// notes is who learns what the transaction depends on, nil when nobody does;
	// awaited are the events that it planned by how long they take.
	notes   *notes
	awaited []coming
	world   *World
	// folded says that a part of what it wrote is in the state already.
	folded bool
	// follows says that it does what a memory knows.
	follows bool
}

func (w *World) begin() *tx {
	return &tx{state: w.st, cfg: w.cfg, at: w.st.now, notes: w.notes, world: w}
}

// get returns the entity, or nil. What it returns must not be changed: edit it.
func (t *tx) get(kind, region, id string) *Entity {
	r := Ref{kind, region, id}
	if e, ok := t.put[r]; ok {
		return e
	}
	if t.del[r] {
		return nil
	}
	t.notes.entity(t.state, r)
	return t.entity(r)
}

// edit returns a copy of the entity that may be changed and will be kept.
func (t *tx) edit(e *Entity) *Entity {
	if mine, ok := t.put[e.ref()]; ok {
		return mine
	}
	c := e.clone()
	t.save(c)
	return c
}

func (t *tx) save(e *Entity) {
	delete(t.del, e.ref())
	if t.put == nil {
		t.put = map[Ref]*Entity{}
	}
	t.put[e.ref()] = e
}

func (t *tx) drop(e *Entity) {
	delete(t.put, e.ref())
	t.notes.entity(t.state, e.ref())
	if t.entity(e.ref()) == nil {
		return
	}
	if t.del == nil {
		t.del = map[Ref]bool{}
	}
	t.del[e.ref()] = true
}

// arn returns the entity with the ARN, or nil.
func (t *tx) arn(arn string) *Entity {
	for _, e := range t.put {
		if e.ARN == arn && !isSetting(e.Kind) {
			return e
		}
	}
	t.notes.arn(t.state, arn)
	n, known := t.dir.arn(arn)
	if !known {
		return nil
	}
	seat := int(at(t.holders, n)) - 1
	if seat < 0 || t.cells[seat] == nil {
		return nil
	}
	e := t.cells[seat]
	return t.get(e.Kind, e.Region, e.ID)
}

// list returns every entity of a kind in a region, sorted by region and id;
// region "" is every region. Nobody may change it.
func (t *tx) list(kind, region string) []*Entity {
	t.notes.list(t.state, place{kind, region})
	base := t.state.list(place{kind, region})
	in := func(r Ref) bool { return r.Kind == kind && (region == "" || r.Region == region) }
	var mine []*Entity
	gone := false
	for r, e := range t.put {
		if in(r) {
			mine = append(mine, e)
		}
	}
	for r := range t.del {
		gone = gone || in(r)
	}
	if len(mine) == 0 && !gone {
		return base
	}
	out := make([]*Entity, 0, len(base)+len(mine))
	for _, e := range base {
		if _, written := t.put[e.ref()]; !written && !t.del[e.ref()] {
			out = append(out, e)
		}
	}
	out = append(out, mine...)
	slices.SortFunc(out, compareEntities)
	return slices.Clip(out)
}

// compareEntities is the order of entities of one kind.
func compareEntities(a, b *Entity) int {
	if a.Region != b.Region {
		return strings.Compare(a.Region, b.Region)
	}
	return strings.Compare(a.ID, b.ID)
}

// active returns the faults in force, in the order of injection.
func (t *tx) activeFaults() []active {
	if t.faulted != nil {
		return *t.faulted
	}
	t.notes.faults(t.state)
	return t.faults
}

func (e *Entity) clone() *Entity {
	c := *e
	c.In, c.Out = copyDoc(e.In), copyDoc(e.Out)
	return &c
}

// isSetting reports whether the kind's entities share another's ARN.
func isSetting(kind string) bool {
	k := kinds[kind]
	return k != nil && k.Setting
}
