package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
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

// toRecord turns what the transaction wrote into a record; some is false when
// it wrote nothing.
func (t *tx) toRecord() (rec Record, some bool) {
	rec = Record{Seq: t.seq + 1, Now: t.at, Data: t.data, Faults: t.faulted, Draw: t.redraw}
	for _, e := range t.put {
		rec.Put = append(rec.Put, e)
	}
	sortEntities(rec.Put)
	for r := range t.del {
		rec.Del = append(rec.Del, r)
	}
	sort.Slice(rec.Del, func(i, j int) bool { return fmt.Sprint(rec.Del[i]) < fmt.Sprint(rec.Del[j]) })
	if len(t.gen) > 0 {
		rec.Gens = t.gen
	}
	some = len(rec.Put)+len(rec.Del)+len(rec.Data)+len(rec.Gens) > 0 || rec.Faults != nil ||
		rec.Draw != nil || !t.at.Equal(t.now)
	return rec, some
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
	maps.Copy(s.gens, rec.Gens)
	for _, d := range rec.Data {
		s.addDatum(d)
	}
	if rec.Faults != nil {
		s.faults = *rec.Faults
	}
	if rec.Draw != nil {
		s.draw = rec.Draw
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
		Version: snapshotVersion, Config: w.cfg, Now: w.st.now, Seq: w.st.seq, Gens: w.st.gens, Faults: w.st.faults,
		Draw: w.st.draw,
	}
	for _, m := range w.st.all {
		for _, e := range m {
			snap.Entities = append(snap.Entities, e)
		}
	}
	sortEntities(snap.Entities)
	for _, name := range slices.Sorted(maps.Keys(w.st.series)) {
		snap.Data = append(snap.Data, w.st.series[name].data()...)
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
	if snap.Gens != nil {
		w.st.gens = snap.Gens
	}
	for _, e := range snap.Entities {
		w.st.add(e)
	}
	for _, d := range snap.Data {
		w.st.addDatum(d)
	}
	return w, nil
}

func sortEntities(list []*Entity) {
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Kind != b.Kind {
			return a.Kind < b.Kind
		}
		if a.Region != b.Region {
			return a.Region < b.Region
		}
		return a.ID < b.ID
	})
}
