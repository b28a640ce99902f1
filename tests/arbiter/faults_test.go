package arbiter_test

import "time"

// faults are what is broken now.
type faults struct {
	// cut counts what cuts the way from one place to another, mute what keeps an observer's looks at a home from
	// being answered, down what holds a region down, noisy what loses and delays messages.
	cut, mute [places][places]int
	down      [places]int
	noisy     int
}

// passes reports whether a message arrives now.
func (w *world) passes(from, to place) bool {
	if w.down[from] > 0 || w.down[to] > 0 || w.cut[from][to] > 0 {
		return false
	}
	return w.noisy == 0 || from == to || w.r.IntN(6) > 0
}

// late reports whether a write is under way for long.
func (w *world) late() bool { return w.noisy > 0 && w.r.IntN(6) == 0 }

// lit reports whether a look of an observer at a home can be answered.
func (f *faults) lit(observer, at place) bool {
	return f.down[observer] == 0 && f.down[at] == 0 && f.cut[observer][at] == 0 && f.cut[at][observer] == 0 &&
		f.mute[observer][at] == 0
}

// joined reports whether requests of one place to another are answered.
func (f *faults) joined(a, b place) bool {
	return f.down[a] == 0 && f.down[b] == 0 && f.cut[a][b] == 0 && f.cut[b][a] == 0
}

// spans are how long faults last.
var spans = []time.Duration{8 * time.Second, 30 * time.Second, 70 * time.Second, 3 * time.Minute, horizon}

// hold makes a count one more for a span. Each change is looked at by the checks.
func (w *world) hold(count *int, d time.Duration) {
	w.changes(func() { *count++ })
	w.after(d, func() { w.changes(func() { *count-- }) })
}

// changes changes what is broken, and lets the checks see what was and what is.
func (w *world) changes(do func()) {
	w.watch()
	do()
	w.watch()
}

// draw draws the faults of a schedule.
func (w *world) draw() {
	if w.set.rough {
		w.noisy++
	}
	for range w.r.IntN(7) {
		at, span := w.within(horizon*3/4), spans[w.r.IntN(len(spans))]
		w.after(at, w.fault(span))
	}
	if w.r.IntN(2) == 0 { // half of the schedules lose the home that serves, or most of it
		w.after(w.within(horizon/3), func() {
			h := placeOf(w.tables[third].word.Active)
			w.note("the %s home is lost", observers[h])
			w.hold(&w.down[h], spans[1+w.r.IntN(len(spans)-1)])
		})
	}
	for range w.r.IntN(3) {
		w.after(w.within(horizon), w.planned)
	}
}

// fault draws one fault.
func (w *world) fault(span time.Duration) func() {
	a := place(w.r.IntN(int(places)))
	b := (a + 1 + place(w.r.IntN(int(places)-1))) % places
	switch w.r.IntN(11) {
	case 0, 1:
		return func() {
			w.note("%s and %s are cut for %s", observers[a], observers[b], span)
			w.hold(&w.cut[a][b], span)
			w.hold(&w.cut[b][a], span)
		}
	case 2:
		return func() {
			w.note("the way from %s to %s is cut for %s", observers[a], observers[b], span)
			w.hold(&w.cut[a][b], span)
		}
	case 3:
		return func() {
			w.note("the region of %s is down for %s", observers[a], span)
			w.hold(&w.down[a], span)
		}
	case 4:
		h := place(w.r.IntN(2))
		return func() {
			w.note("the entry of %s answers nobody for %s", observers[h], span)
			for o := range places {
				w.hold(&w.mute[o][h], span)
			}
		}
	case 5, 6:
		return w.flap(a, b, span)
	case 7:
		return func() {
			w.note("messages are lost and late for %s", span)
			w.hold(&w.noisy, span)
		}
	case 8:
		return func() { w.observers[a].crash(w.within(span)) }
	case 9:
		return func() { w.homes[w.r.IntN(2)].crash(w.within(span)) }
	}
	return func() { w.judge.crash(w.within(span)) }
}

// flap cuts and joins a line, or what a home answers, again and again.
func (w *world) flap(a, b place, span time.Duration) func() {
	counts := []*int{&w.cut[a][b]}
	what := "the line between " + observers[a] + " and " + observers[b]
	if w.r.IntN(2) == 0 { // what a home answers everybody
		h := place(w.r.IntN(2))
		counts, what = nil, "the entry of "+observers[h]
		for o := range places {
			counts = append(counts, &w.mute[o][h])
		}
	}
	longest := []time.Duration{15 * time.Second, 40 * time.Second, 64 * time.Second, 90 * time.Second}[w.r.IntN(4)]
	var again func()
	end := time.Duration(0)
	again = func() {
		if end == 0 {
			end = w.now + span
			w.note("%s flaps for %s, bad up to %s", what, span, longest)
		}
		if w.now >= end {
			return
		}
		bad := longest/2 + w.within(longest/2)
		for _, count := range counts {
			w.hold(count, bad)
		}
		w.after(bad+w.within(25*time.Second), again)
	}
	return again
}

// planned is a person's move, and sometimes the word that the other home is ready.
func (w *world) planned() {
	t := &w.tables[third]
	next := t.word
	if w.r.IntN(3) > 0 || !t.word.Ready {
		next.Ready, next.Version = true, next.Version+1
	} else {
		next = t.word.Move(start.Add(w.now), "a person wants it")
		next.Ready = w.r.IntN(2) == 0
	}
	w.changes(func() {
		w.note("a person says: %s, the other ready: %t", next, next.Ready)
		if next.Generation != t.word.Generation {
			w.moved = w.now
		}
		t.word = next
	})
}
