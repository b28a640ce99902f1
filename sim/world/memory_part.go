package world

import "unsafe"

// Part does an act that is a part of another, or gives its answer from memory; by itself it is an act like any other. What
// it depended on, the act around it depends on, too. It must write nothing, and nobody may change its answer.
func (w *World) Part(key Key, act func() (any, error)) (any, error) {
	if w.st.memory == nil || w.notes == nil || w.record != nil {
		return w.Remember(key, act)
	}
	one := w.part(key, false, act)
	return one.answer, one.err
}

// recall makes what an answer says of an entity, or gives it from memory, as Part does.
func (t *tx) recall(what Text, e *Entity, make func() any) any {
	if t.memory == nil || t.world.record != nil || t.changed() {
		return make()
	}
	key := Key{Act: what, Refs: [4]unsafe.Pointer{unsafe.Pointer(e)}} //nolint:gosec // the address is the identity
	return t.world.part(key, at(t.strange, t.dir.seat(e.ref()).at), func() (any, error) {
		outer := t.notes
		t.notes = t.world.notes
		defer func() { t.notes = outer }()
		return make(), nil
	}).answer
}

// part finds the way of a part in memory, or goes it. An own part is of this world alone.
func (w *World) part(key Key, own bool, act func() (any, error)) *way {
	outer := w.notes
	if known := w.knownPart(&key, own); known != nil {
		outer.takes(known)
		return known
	}
	n := &notes{own: own}
	w.notes = n
	n.way.answer, n.way.err = act()
	w.notes = outer
	switch {
	case n.hopeless || !n.way.pure():
		outer.never()
	case n.own:
		n.way.sift()
		w.keepOwn(&key, &n.way)
	default:
		w.learn(w.st.memory.deed(&key), n)
	}
	outer.takes(&n.way)
	return &n.way
}

func (w *World) knownPart(key *Key, own bool) *way {
	if own {
		return w.knownOwn(key)
	}
	if d := w.st.memory.find(key); d != nil {
		return w.known(d, key)
	}
	return w.knownOwn(key)
}

// takes adds what a part depended on.
func (n *notes) takes(part *way) {
	if !n.taking() {
		return
	}
	for _, r := range part.seats {
		if !n.written.seats[r.at] && first(&n.seen.seats, r.at) {
			n.way.seats = append(n.way.seats, r)
		}
	}
	for _, r := range part.places {
		if n.written.places[r.place] {
			n.never()
		} else if first(&n.seen.places, r.place) {
			n.way.places = append(n.way.places, r)
		}
	}
	for _, r := range part.births {
		if n.written.seats[r.at] {
			n.never()
		} else {
			n.way.births = append(n.way.births, r)
		}
	}
	for _, r := range part.befores {
		n.before(r)
	}
	for _, r := range part.arns {
		if !n.written.arns[r.arn] && first(&n.seen.arns, r.arn) {
			n.way.arns = append(n.way.arns, r)
		}
	}
	if !part.when.IsZero() {
		n.way.when = part.when
	}
	if part.faults != 0 {
		n.way.faults = part.faults
	}
	n.own = n.own || part.own
}
