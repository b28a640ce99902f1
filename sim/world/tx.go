package world

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// tx is one attempt to change the state: it reads through to the state, keeps
// what it writes to itself, and becomes one record when it succeeds.
type tx struct {
	*state
	cfg  Config
	put  map[Ref]*Entity
	del  map[Ref]bool
	gen  map[string]int
	data []Datum
	// stamped are the stamps that it puts beside entities.
	stamped map[Ref]stamping
	// faulted is the whole new list of faults, when that changes.
	faulted *[]active
	// redraw is the new seed of the draws, when that changes.
	redraw *uint64
	at     time.Time
	// coming are the events to come, when they changed.
	coming agenda
	moved  bool
	// notes is who learns what the transaction depends on, nil when nobody does;
	// awaited are the events that it planned by how long they take.
	notes   *notes
	awaited []coming
	world   *World
	// folded says that a part of what it wrote is in the state already.
	folded bool
	// follows says that it does what a memory knows.
	follows bool
	// firing is the event that happens.
	firing *event
	// still leaves out of answers what moves with the clock by itself.
	still bool
}

func (w *World) begin() *tx {
	t := w.spare
	if w.spare = nil; t == nil {
		t = &tx{}
	}
	*t = tx{state: w.st, cfg: w.cfg, at: w.st.now, notes: w.notes, world: w}
	return t
}

// end says that nobody uses a transaction any more. The next one may have its place.
func (w *World) end(t *tx) { w.spare = t }

// dirty reports whether the transaction has written what the state does not hold yet.
func (t *tx) dirty() bool {
	return len(t.put)+len(t.del)+len(t.data)+len(t.stamped) > 0 || t.faulted != nil || t.redraw != nil
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

// restate returns a copy of the entity of whose Out texts, numbers and truths may be changed at the top, and nothing else.
func (t *tx) restate(e *Entity) *Entity {
	if mine, ok := t.put[e.ref()]; ok {
		return mine
	}
	c := *e
	c.Out = maps.Clone(e.Out)
	t.save(&c)
	return &c
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
