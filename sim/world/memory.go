package world

import (
	"fmt"
	"strings"
	"time"
	"unsafe"
)

// Memory remembers what acts did in a world and what that depended on. When the same act
// meets the same things again in another fork, it is not done anew: what it
// wrote is put in place, what it planned is planned with durations of its own draw, and its
// answer is given again. It changes no answer, only how soon one comes.
//
// A memory serves the worlds of one family, one after the other, in one goroutine.
type Memory struct {
	deeds    map[Key]*deed
	lists    map[content]*[]*Entity
	troubles map[string]int
	twins    map[int]*twins
	// metrics are the settings of alarms, by region and document.
	metrics map[metricOf]*alarmSettings
	// fed are the alarms of each list that are evaluated.
	fed map[**Entity]pick
}

// pick keeps the list that it was made from, so that no other list ever takes its place.
type pick struct{ all, fed []*Entity }

// metricOf names the settings of an alarm by where they are; the key keeps them there.
type metricOf struct {
	region   string
	settings unsafe.Pointer
}

// NewMemory returns a memory that remembers nothing yet.
func NewMemory() *Memory {
	return &Memory{deeds: map[Key]*deed{}, lists: map[content]*[]*Entity{}, troubles: map[string]int{},
		twins: map[int]*twins{}, metrics: map[metricOf]*alarmSettings{}, fed: map[**Entity]pick{}}
}

// deed is one act with the ways that it went.
type deed struct {
	ways []*way
	// vain counts the last times that nothing could be remembered.
	vain int
}

// What is kept at most: acts, ways of an act, and vain attempts to remember one.
const (
	mostDeeds = 1 << 14
	mostWays  = 256
	mostVain  = 4
)

// content is a place as it is at one time.
type content struct {
	place int
	mark  uint64
}

// way is how an act went: what it read, what it wrote, what it answered.
type way struct {
	seats  []seatRead
	places []placeRead
	arns   []arnRead
	// faults is the number of the faults in force, 0 when nobody asked for them.
	faults  int
	wrote   []writing
	awaited []coming
	commits uint64
	answer  any
	err     error
	// own ways met what is of one world alone.
	own bool
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

// writing is an entity that was written, or nil for one that was removed.
type writing struct {
	seat seat
	ref  Ref
	e    *Entity
}

// coming is an event that was planned by how long it takes until then: as long as a
// behaviour of the entity, or as long as in says.
type coming struct {
	takes        behaviour
	entity, name string
	in           time.Duration
	doc          Document
	sum          uint64
}

// Recall makes a fork that uses the memory. The forks of it do, too. It has a directory of its own, so that families in
// several goroutines do not wait for each other.
func (w *World) Recall(m *Memory) *World {
	f := w.Fork()
	f.st.memory, f.st.dir = m, f.st.dir.clone()
	return f
}

// Remember does an act, or gives its answer from memory. The key names the act: two acts
// with one key are the same. An act may call the world, and look at nothing else that
// changes. Its answer must not be changed.
func (w *World) Remember(key Key, act func() (any, error)) (any, error) {
	h := w.Hold(key, act)
	return h.Answer, h.Err
}

// Held is an answer with what it depended on.
type Held struct {
	Answer any
	Err    error
	// way is nil when the answer was not remembered.
	way *way
}

// Hold does an act as Remember does. An act that writes gives an answer that never holds.
func (w *World) Hold(key Key, act func() (any, error)) Held {
	m := w.st.memory
	if m == nil || w.notes != nil || w.record != nil {
		return heldOf(act())
	}
	d := m.deed(key)
	if known := w.known(d, key); known != nil {
		w.follow(known)
		return Held{known.answer, known.err, known}
	}
	if d.vain > mostVain {
		return heldOf(act())
	}
	n := &notes{}
	w.notes = n
	n.way.answer, n.way.err = act()
	w.notes = nil
	out := Held{n.way.answer, n.way.err, nil}
	if w.learn(d, key, n) {
		out.way = &n.way
	}
	return out
}

// deed is what is remembered of an act from now on.
func (m *Memory) deed(key Key) *deed {
	d := m.deeds[key]
	if d == nil {
		if len(m.deeds) == mostDeeds {
			clear(m.deeds)
		}
		d = &deed{}
		m.deeds[key] = d
	}
	return d
}

func heldOf(answer any, err error) Held { return Held{answer, err, nil} }

// Lasts reports whether the answer holds until something is written in this world.
func (h *Held) Lasts() bool { return h.way != nil && len(h.way.wrote)+len(h.way.awaited) == 0 }

// Holds reports whether the act would give the answer again, as things stand in this world.
func (w *World) Holds(h *Held) bool { return h.Lasts() && w.notes == nil && h.way.fits(w.st) }

// Version tells whether anything but the time has changed in this world since it was asked before.
func (w *World) Version() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes.never()
	return w.st.version
}

// Known is the answer of an act as things stand, if it is in memory and the act writes nothing.
func (w *World) Known(key Key) (answer any, known bool, err error) {
	m := w.st.memory
	if m == nil || w.notes != nil {
		return nil, false, nil
	}
	d := m.deeds[key]
	if d == nil {
		return nil, false, nil
	}
	one := w.known(d, key)
	if one == nil || len(one.wrote)+len(one.awaited) > 0 {
		return nil, false, nil
	}
	return one.answer, true, one.err
}

// known finds a way whose beginning is as things stand, the one that was gone last first.
func (w *World) known(d *deed, key Key) *way {
	for n, one := range d.ways {
		if one.fits(w.st) {
			if n > 0 {
				copy(d.ways[1:n+1], d.ways[:n])
				d.ways[0] = one
			}
			return one
		}
	}
	if one := w.own[key]; one != nil && one.fits(w.st) {
		return one
	}
	return nil
}

// learn keeps a way, if it can. One that met what no other fork will meet is kept for this world alone.
func (w *World) learn(d *deed, key Key, n *notes) bool {
	one := &n.way
	pure := len(one.wrote)+len(one.awaited) == 0
	switch {
	case n.hopeless || n.own && !pure:
		d.vain++
		return false
	case n.own:
		w.keepOwn(key, one)
	default:
		d.vain = 0
		if len(d.ways) == mostWays {
			d.ways = d.ways[:mostWays-1]
		}
		d.ways = append([]*way{one}, d.ways...)
		for _, wrote := range one.wrote {
			w.st.estrange(wrote.seat, false)
		}
	}
	return true
}

// keepOwn keeps a way for this world alone.
func (w *World) keepOwn(key Key, one *way) {
	if w.own == nil {
		w.own = map[Key]*way{}
	}
	one.own = true
	w.own[key] = one
}

// follow goes a way that is known.
func (w *World) follow(one *way) {
	for _, wrote := range one.wrote {
		w.st.set(wrote.seat, wrote.ref, wrote.e)
	}
	if len(one.awaited) > 0 {
		t := w.begin()
		t.follows = true
		for _, c := range one.awaited {
			t.await(c)
		}
		t.become()
		w.end(t)
	}
	w.st.seq += one.commits
}

// fits reports whether all that the way depended on is so.
func (one *way) fits(s *state) bool {
	for _, r := range one.seats {
		if at(s.cells, r.at) != r.e {
			return false
		}
	}
	for _, r := range one.places {
		if at(s.marks, r.place) != r.mark {
			return false
		}
	}
	for _, r := range one.arns {
		if at(s.holders, r.arn) != r.holder {
			return false
		}
	}
	return one.faults == 0 || one.faults == s.trouble()
}

// trouble is the number of the faults in force. When they were injected does not
// count: who asks that asks the clock.
func (s *state) trouble() int {
	if s.known > 0 {
		return s.known
	}
	var b strings.Builder
	for _, f := range s.faults {
		fmt.Fprintf(&b, "%s hit %s\n", f.Fault, f.Hit)
	}
	n := s.memory.troubles[b.String()]
	if n == 0 {
		n = len(s.memory.troubles) + 1
		s.memory.troubles[b.String()] = n
	}
	s.known = n
	return n
}
