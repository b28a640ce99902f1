package world

import "unsafe"

// Memory remembers what acts did in a world and what that depended on. When the same act
// meets the same things again in another fork, it is not done anew: what it
// wrote is put in place, what it planned is planned with durations of its own draw, and its
// answer is given again. It changes no answer, only how soon one comes.
//
// A memory serves the worlds of one family, one after the other, in one goroutine.
type Memory struct {
	deeds map[Key]*deed
	// recent are those of the deeds that were asked for last, by the slots of their keys.
	recent   [slots]*deed
	lists    map[content]*[]*Entity
	troubles map[trouble]int
	twins    map[int]*twins
	// metrics are the settings of alarms, by where their documents are.
	metrics map[unsafe.Pointer]alarmOf
	// picks are the alarms and checks of each list that are evaluated.
	picks map[**Entity]pick
	// inputs are those of plans' calls, by where they are.
	inputs map[unsafe.Pointer]input
}

// input keeps what was given, so that no other document ever takes its place.
type input struct{ given, normal Document }

// pick keeps the list that it was made from, so that no other list ever takes its place.
type pick struct {
	all    []*Entity
	judged []judged
}

// alarmOf keeps the document that settings were read from, so that no other ever takes its place.
type alarmOf struct {
	alarm    Document
	settings *alarmSettings
}

// NewMemory returns a memory that remembers nothing yet.
func NewMemory() *Memory {
	return &Memory{deeds: map[Key]*deed{}, lists: map[content]*[]*Entity{}, troubles: map[trouble]int{},
		twins: map[int]*twins{}, metrics: map[unsafe.Pointer]alarmOf{},
		picks: map[**Entity]pick{}, inputs: map[unsafe.Pointer]input{}}
}

// deed is one act with the ways that it went.
type deed struct {
	key  Key
	ways []known
	// vain counts the last times that nothing could be remembered, lone the last ways that depend on a time in which no other
	// fork came.
	vain, lone int
}

// What is kept at most: acts, ways of an act, and vain attempts to remember one in a row.
const (
	mostDeeds = 1 << 14
	mostWays  = 256
	mostVain  = 4
	mostLone  = 12
)

// nowAndThen is how often an act that cannot be remembered is done until that is tried again: the first worlds in which
// something comes about may each be the first of several.
const nowAndThen = 16

// tries reports whether it is tried to remember the act.
func (d *deed) tries() bool {
	if d.vain <= mostVain {
		return true
	}
	d.vain++
	return d.vain%nowAndThen == 0
}

// content is a place as it is at one time.
type content struct {
	place int
	mark  uint64
}

// Recall makes a fork that uses the memory. The forks of it do, too. It has a directory of its own, so that families in
// several goroutines do not wait for each other.
func (w *World) Recall(m *Memory) *World {
	f := w.Fork()
	f.st.memory, f.st.dir, f.st.since = m, f.st.dir.clone(), f.st.now.UnixNano()
	return f
}

// deed is what is remembered of an act from now on.
func (m *Memory) deed(key *Key) *deed {
	if d := m.find(key); d != nil {
		return d
	}
	if len(m.deeds) == mostDeeds {
		clear(m.deeds)
		clear(m.recent[:])
	}
	d := &deed{key: *key}
	m.deeds[*key] = d
	return d
}

// find is what is remembered of an act, or nil.
func (m *Memory) find(key *Key) *deed {
	slot := &m.recent[key.slot()]
	if d := *slot; d != nil && d.key == *key {
		return d
	}
	d := m.deeds[*key]
	if d != nil {
		*slot = d
	}
	return d
}

// known finds a way whose beginning is as things stand, the one that was gone last first.
func (w *World) known(d *deed, key *Key) *way {
	now := w.st.now.UnixNano()
	for n := range d.ways {
		one := d.ways[n]
		if one.clue.misfits(w.st, now) {
			continue
		}
		if clue := one.misfit(w.st); clue.of != nothing {
			d.ways[n].clue = clue
			continue
		}
		if n > 0 {
			copy(d.ways[1:n+1], d.ways[:n])
			d.ways[0] = one
		}
		if !one.when.IsZero() {
			d.lone = 0
		}
		return one.way
	}
	return w.knownOwn(key)
}

// knownOwn is a way of this world alone, if things stand as they did then.
func (w *World) knownOwn(key *Key) *way {
	if len(w.own) == 0 {
		return nil
	}
	if one := w.own[*key]; one != nil && one.fits(w.st) {
		return one
	}
	return nil
}

// learn keeps a way, if it can. One that met what no other fork will meet is kept for this world alone.
func (w *World) learn(d *deed, n *notes) bool {
	one := &n.way
	one.sift()
	timed := !one.when.IsZero()
	if timed {
		d.lone++
	}
	switch {
	case n.hopeless || n.own && (timed || !one.pure()) || d.lone > mostLone:
		d.vain++
		return false
	case n.own:
		w.keepOwn(&d.key, one)
	default:
		d.vain = 0
		if len(d.ways) == mostWays {
			d.ways = d.ways[:mostWays-1]
		}
		d.ways = append([]known{{way: one}}, d.ways...)
		for _, wrote := range one.wrote {
			w.st.estrange(wrote.seat, false)
		}
	}
	return true
}

// keepOwn keeps a way for this world alone.
func (w *World) keepOwn(key *Key, one *way) {
	if w.own == nil {
		w.own = map[Key]*way{}
	}
	one.own = true
	w.own[*key] = one
}
