package world

import (
	"maps"
	"slices"
	"sort"
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

// place is one kind in one region.
type place struct{ kind, region string }

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

// state is all that a world holds. Entities in it are never changed in place,
// which makes a clone as cheap as its maps.
type state struct {
	now    time.Time
	seq    uint64
	all    map[place]map[string]*Entity
	byARN  map[string]Ref
	gens   map[string]int
	faults []active
	series map[string]*series
	// draw is the seed of every duration and lag; nil takes the typical ones.
	draw *uint64
}

func newState(now time.Time) *state {
	return &state{
		now: now, all: map[place]map[string]*Entity{}, byARN: map[string]Ref{},
		gens: map[string]int{}, series: map[string]*series{},
	}
}

func (s *state) clone() *state {
	c := *s
	c.all = make(map[place]map[string]*Entity, len(s.all))
	for p, m := range s.all {
		c.all[p] = maps.Clone(m)
	}
	c.byARN, c.gens = maps.Clone(s.byARN), maps.Clone(s.gens)
	c.faults = slices.Clone(s.faults)
	c.series = make(map[string]*series, len(s.series))
	for k, v := range s.series {
		c.series[k] = v.clone()
	}
	return &c
}

func (s *state) add(e *Entity) {
	if e.Out == nil { // what is empty is left out on disk
		e.Out = Document{}
	}
	p := place{e.Kind, e.Region}
	if s.all[p] == nil {
		s.all[p] = map[string]*Entity{}
	}
	s.all[p][e.ID] = e
	if e.ARN != "" && !isSetting(e.Kind) {
		s.byARN[e.ARN] = e.ref()
	}
}

func (s *state) remove(r Ref) {
	p := place{r.Kind, r.Region}
	if e := s.all[p][r.ID]; e != nil && s.byARN[e.ARN] == r {
		delete(s.byARN, e.ARN)
	}
	delete(s.all[p], r.ID)
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
}

func (w *World) begin() *tx {
	return &tx{state: w.st, cfg: w.cfg, put: map[Ref]*Entity{}, del: map[Ref]bool{}, gen: map[string]int{}, at: w.st.now}
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
	return t.all[place{kind, region}][id]
}

// edit returns a copy of the entity that may be changed and will be kept.
func (t *tx) edit(e *Entity) *Entity {
	if mine, ok := t.put[e.ref()]; ok {
		return mine
	}
	c := e.clone()
	t.put[c.ref()] = c
	return c
}

func (t *tx) save(e *Entity) {
	delete(t.del, e.ref())
	t.put[e.ref()] = e
}

func (t *tx) drop(e *Entity) {
	delete(t.put, e.ref())
	if t.all[place{e.Kind, e.Region}][e.ID] != nil {
		t.del[e.ref()] = true
	}
}

// arn returns the entity with the ARN, or nil.
func (t *tx) arn(arn string) *Entity {
	for _, e := range t.put {
		if e.ARN == arn && !isSetting(e.Kind) {
			return e
		}
	}
	if r, ok := t.byARN[arn]; ok {
		return t.get(r.Kind, r.Region, r.ID)
	}
	return nil
}

// each visits every entity of a kind in a region, in no order; region "" is
// every region.
func (t *tx) each(kind, region string, visit func(*Entity)) {
	for p, m := range t.all {
		if p.kind != kind || region != "" && p.region != region {
			continue
		}
		for id, e := range m {
			r := Ref{kind, p.region, id}
			if _, mine := t.put[r]; !mine && !t.del[r] {
				visit(e)
			}
		}
	}
	for r, e := range t.put {
		if r.Kind == kind && (region == "" || r.Region == region) {
			visit(e)
		}
	}
}

// list returns every entity of a kind in a region, sorted by region and id;
// region "" is every region.
func (t *tx) list(kind, region string) []*Entity {
	var out []*Entity
	t.each(kind, region, func(e *Entity) { out = append(out, e) })
	sort.Slice(out, func(i, j int) bool { return before(out[i], out[j]) })
	return out
}

// before is the order of entities of one kind.
func before(a, b *Entity) bool {
	if a.Region != b.Region {
		return a.Region < b.Region
	}
	return a.ID < b.ID
}

// active returns the faults in force, in the order of injection.
func (t *tx) activeFaults() []active {
	if t.faulted != nil {
		return *t.faulted
	}
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
