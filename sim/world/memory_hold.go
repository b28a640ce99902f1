package world

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
	// deed is where the act is remembered.
	deed *deed
	// seen is the end of the world's trail when the way was found to fit.
	seen int
}

// Hold does an act as Remember does. An act that writes gives an answer that never holds.
func (w *World) Hold(key Key, act func() (any, error)) Held {
	m := w.st.memory
	if m == nil || w.notes != nil || w.record != nil {
		return heldOf(act())
	}
	return w.hold(m.deed(&key), act)
}

// Renew does an act again of which there is an answer, as Hold does: the key is that under which it was held.
func (w *World) Renew(h *Held, key func() Key, act func() (any, error)) {
	if h.deed == nil || w.notes != nil {
		*h = w.Hold(key(), act)
		return
	}
	*h = w.hold(h.deed, act)
}

func (w *World) hold(d *deed, act func() (any, error)) Held {
	if known := w.known(d, &d.key); known != nil {
		w.follow(known)
		return Held{known.answer, known.err, known, d, w.st.trail.end()}
	}
	if !d.tries() {
		return heldOf(act())
	}
	n := &notes{}
	w.notes = n
	n.way.answer, n.way.err = act()
	w.notes = nil
	out := heldOf(n.way.answer, n.way.err)
	if w.learn(d, n) {
		out.way, out.deed, out.seen = &n.way, d, w.st.trail.end()
	}
	return out
}

func heldOf(answer any, err error) Held { return Held{Answer: answer, Err: err} }

// Lasts reports whether the answer holds until something is written in this world.
func (h *Held) Lasts() bool {
	return h.way != nil && h.way.pure() && h.way.when.IsZero() && len(h.way.befores) == 0
}

// Holds reports whether the act would give the answer again, as things stand in this world.
func (w *World) Holds(h *Held) bool {
	if !h.Lasts() || w.notes != nil {
		return false
	}
	touched, known := w.st.trail.since(h.seen)
	if known && !h.way.sieve.lets(touched) || h.way.fits(w.st) {
		h.seen = w.st.trail.end()
		return true
	}
	return false
}

// Basis is what an answer depends on.
type Basis struct{ way *way }

// Basis is what the answer depends on. An answer that does not last has none that ever stands.
func (h *Held) Basis() Basis { return Basis{h.way} }

// Stands reports whether all that an answer depends on is as it was, until something is written in this world.
func (w *World) Stands(b Basis) bool {
	h := Held{way: b.way}
	return h.Lasts() && w.notes == nil && h.way.fits(w.st)
}

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
	d := m.find(&key)
	if d == nil {
		return nil, false, nil
	}
	one := w.known(d, &key)
	if one == nil || !one.pure() {
		return nil, false, nil
	}
	return one.answer, true, one.err
}
