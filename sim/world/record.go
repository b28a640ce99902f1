package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// Record is one mutation as it is kept: what it wrote, not what was asked for,
// so that replaying it needs no decision.
type Record struct {
	// Seq counts records from 1 without a gap.
	Seq uint64 `json:"seq"`
	// Now is the virtual time after the mutation.
	Now time.Time `json:"now"`
	Put []*Entity `json:"put,omitempty"`
	Del []Ref     `json:"del,omitempty"`
	// Gens are the generation counters that changed.
	Gens map[string]int `json:"gens,omitempty"`
	Data []Datum        `json:"data,omitempty"`
	// Faults is the whole list of faults in force, when it changed.
	Faults *[]active `json:"faults,omitempty"`
	// Draw is the seed of the draws, when it changed.
	Draw *uint64 `json:"draw,omitempty"`
}

// changed reports whether the transaction wrote anything.
func (t *tx) changed() bool {
	return len(t.put)+len(t.del)+len(t.data)+len(t.gen)+len(t.stamped) > 0 || t.moved || t.faulted != nil ||
		t.redraw != nil || !t.at.Equal(t.now) || t.folded
}

// toRecord turns what the transaction wrote into a record.
func (t *tx) toRecord() Record {
	rec := Record{Seq: t.seq + 1, Now: t.at, Put: t.told(), Data: t.data, Faults: t.faulted, Draw: t.redraw}
	for r := range t.del {
		rec.Del = append(rec.Del, r)
	}
	if t.moved {
		put, del := t.coming.since(t.agenda)
		for _, e := range put {
			rec.Put = append(rec.Put, e.entity())
		}
		for _, e := range del {
			rec.Del = append(rec.Del, e.ref())
		}
	}
	sortEntities(rec.Put)
	sort.Slice(rec.Del, func(i, j int) bool { return fmt.Sprint(rec.Del[i]) < fmt.Sprint(rec.Del[j]) })
	if len(t.gen) > 0 {
		rec.Gens = t.gen
	}
	return rec
}

// told are the entities that the transaction wrote, with the times that stand beside them.
func (t *tx) told() []*Entity {
	out := t.written()
	for n, e := range out {
		out[n] = t.dated(e, t.stamped)
	}
	return out
}

// written are the entities that the transaction wrote, in the order of their names.
func (t *tx) written() []*Entity {
	out := make([]*Entity, 0, len(t.put))
	for _, e := range t.put {
		out = append(out, e)
	}
	sortEntities(out)
	return out
}

// become writes what the transaction wrote into the state, as applying its record would.
func (t *tx) become() {
	s := t.state
	s.now = t.at
	written := t.written()
	births := make([]int64, len(written))
	for n, e := range written {
		births[n] = e.bear()
	}
	strange := s.twins(written)
	t.notes.wrote(t, written, births)
	for r := range t.del {
		s.remove(r)
	}
	for n, e := range written {
		s.write(e, births[n])
		if s.memory != nil {
			s.estrange(s.dir.seat(e.ref()), strange[n])
		}
	}
	for r, stamp := range t.stamped {
		s.stamp(r, stamp.at)
	}
	if t.moved {
		s.agenda = t.coming
	}
	s.keep(Record{Gens: t.gen, Data: t.data, Faults: t.faulted, Draw: t.redraw})
}

// apply writes a record into the state.
func (s *state) apply(rec Record) {
	s.seq, s.now = rec.Seq, rec.Now
	for _, r := range rec.Del {
		s.remove(r)
	}
	for _, e := range rec.Put {
		s.add(e)
	}
	s.keep(rec)
}

// keep writes what of a record is no entity.
func (s *state) keep(rec Record) {
	if len(rec.Gens)+len(rec.Data) > 0 || rec.Faults != nil || rec.Draw != nil {
		s.version++
	}
	for key, n := range rec.Gens {
		s.gens.set(key, n)
	}
	for _, d := range rec.Data {
		s.addDatum(d)
	}
	if rec.Faults != nil {
		s.faults, s.known = *rec.Faults, 0
		s.trail.touch(anything)
	}
	if rec.Draw != nil {
		s.draw, s.farthest.back, s.settling = rec.Draw, 0, nil
	}
}

// Apply replays a record; records must come in their order.
func (w *World) Apply(rec Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if want := w.st.seq + 1; rec.Seq != want {
		return fmt.Errorf("record %d comes after %d, want %d", rec.Seq, w.st.seq, want)
	}
	w.st.apply(rec)
	return nil
}

// Seq is the number of the last record.
func (w *World) Seq() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st.seq
}

// snapshot is the whole world in one document.
type snapshot struct {
	Version  int            `json:"version"`
	Config   Config         `json:"config"`
	Now      time.Time      `json:"now"`
	Seq      uint64         `json:"seq"`
	Entities []*Entity      `json:"entities"`
	Gens     map[string]int `json:"gens"`
	Faults   []active       `json:"faults"`
	Data     []Datum        `json:"data"`
	Draw     *uint64        `json:"draw,omitempty"`
}

// snapshotVersion is the version of the format that Snapshot writes.
const snapshotVersion = 1

// Snapshot writes the whole world. Two worlds with the same content give the
// same bytes.
func (w *World) Snapshot() ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	snap := snapshot{
		Version: snapshotVersion, Config: w.cfg, Now: w.st.now, Seq: w.st.seq, Gens: w.st.gens.all(), Faults: w.st.faults,
		Entities: w.st.everything(), Draw: w.st.draw,
	}
	all := w.st.series.all()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		snap.Data = append(snap.Data, all[name].data()...)
	}
	return json.Marshal(snap)
}

// Restore reads what Snapshot wrote.
func Restore(raw []byte) (*World, error) {
	var snap snapshot
	if err := json.Unmarshal(raw, &snap); err != nil {
		return nil, fmt.Errorf("read the snapshot: %w", err)
	}
	if snap.Version != snapshotVersion {
		return nil, fmt.Errorf("the snapshot has version %d, want %d", snap.Version, snapshotVersion)
	}
	w := New(snap.Config)
	w.st.now, w.st.seq, w.st.faults, w.st.draw = snap.Now, snap.Seq, snap.Faults, snap.Draw
	w.st.gens.own = snap.Gens
	for _, e := range snap.Entities {
		w.st.add(e)
	}
	for _, d := range snap.Data {
		w.st.addDatum(d)
	}
	return w, nil
}

func sortEntities(list []*Entity) {
	slices.SortFunc(list, func(a, b *Entity) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), compareEntities(a, b))
	})
}
