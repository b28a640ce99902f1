package world

import (
	"fmt"
	"slices"
	"time"
)

// Advance moves the virtual time and does what falls due on the way, in the
// order of its time. A time that is not after now changes nothing. What
// cannot be recorded makes every later mutation fail.
func (w *World) Advance(to time.Time) { w.move(to, false) }

// Step is Advance until the next thing happens by itself, and no further than to.
func (w *World) Step(to time.Time) { w.move(to, true) }

func (w *World) move(to time.Time, once bool) {
	seen := uint64(0)
	err := w.mutate(func(t *tx) error {
		if t.at.Before(to) {
			seen = t.seq + 1
		}
		return t.advance(to.UTC(), once)
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && w.broken == nil:
		w.broken = err
	case err == nil:
		w.st.watched = max(w.st.watched, seen)
	}
}

// advance moves to a time, once only to what happens first.
func (t *tx) advance(to time.Time, once bool) error {
	quiet := t.settled == t.version+1
	if t.at.Before(to) && (t.watched != t.seq || t.seq == 0) {
		t.watch()
	}
	for t.at.Before(to) {
		next := to
		if at, ok := t.nextEvent(); ok && at.Before(next) {
			next = at
		}
		if at := t.at.Truncate(tick).Add(tick); !quiet && at.Before(next) {
			next = at
		}
		if next.After(t.at) {
			t.at = next
		}
		fired, err := t.fire()
		if err != nil {
			return err
		}
		if t.at.Equal(t.at.Truncate(tick)) {
			changed := t.observe()
			fired = fired || changed
			quiet = !changed && t.newest().Add(t.longestLook()).Before(t.at)
		}
		if fired {
			t.watch()
			t.settled = 0
		}
		if quiet = quiet && !fired; quiet && !t.dirty() {
			t.settled = t.version + 1
		}
		if once {
			return nil
		}
	}
	return nil
}

// NextChange is when something may change next by itself: the next event, or
// the next look of alarms and health checks.
func (w *World) NextChange() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.st.now.Truncate(tick).Add(tick)
	if all := w.st.agenda; len(all) > 0 && all[0].at.After(w.st.now) && all[0].at.Before(next) {
		return all[0].at
	}
	return next
}

// clock is the time, for those whose act depends on it.
func (t *tx) clock() time.Time {
	t.notes.never()
	return t.at
}

// later plans an event. Two equal events at one time are one.
func (t *tx) later(at time.Time, name string, doc Document) {
	t.notes.never()
	t.plan(&event{at: at.UTC(), name: name, sum: sumOf(name, doc), in: doc, created: t.at})
}

// laterIn plans an event from now.
func (t *tx) laterIn(d time.Duration, name string, doc Document) {
	c := coming{takes: -1, in: d, name: name, doc: doc}
	if f := t.firing; f != nil && f.name == name && address(f.in) == address(doc) {
		c.sum = f.sum // it happens again
	} else {
		c.sum = sumOf(name, doc)
	}
	t.await(c)
}

// parked is when what waits for the end of a fault happens until that ends.
var parked = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// park plans what a fault stands in the way of.
func (t *tx) park(name string, doc Document) { t.later(parked, name, doc) }

// unpark lets what is parked be tried soon after faults came or went: what still cannot happen is parked again.
func (t *tx) unpark() {
	all := t.events()
	first := len(all)
	for first > 0 && all[first-1].at.Equal(parked) {
		first--
	}
	if first == len(all) {
		return
	}
	list := slices.Clip(all[:first])
	for _, e := range all[first:] {
		one := *e
		one.at = t.clock().Add(resume)
		list = list.with(&one)
	}
	t.coming = &list
}

// await plans an event, and notes it as one that comes again however the time stands.
func (t *tx) await(c coming) {
	if t.notes != nil {
		t.awaited = append(t.awaited, c)
	}
	d := c.in
	if c.takes >= 0 {
		d = t.spent(c.takes, c.entity)
	}
	t.plan(&event{at: t.at.Add(d).UTC(), name: c.name, sum: c.sum, in: c.doc, created: t.at})
}

func (t *tx) plan(e *event) {
	e.own = t.memory != nil && !t.follows
	list := t.events().with(e)
	t.coming = &list
}

// events are those to come, as the transaction knows them.
func (t *tx) events() agenda {
	if t.coming != nil {
		return *t.coming
	}
	return t.agenda
}

func (t *tx) nextEvent() (time.Time, bool) {
	all := t.events()
	if len(all) == 0 {
		return time.Time{}, false
	}
	return all[0].at, true
}

// fire runs every event that is due, the oldest first.
func (t *tx) fire() (bool, error) {
	fired := false
	for {
		all := t.events()
		if len(all) == 0 || all[0].at.After(t.at) {
			return fired, nil
		}
		e, rest := all[0], all[1:]
		t.coming = &rest
		fired = true
		if err := t.happens(e); err != nil {
			return fired, fmt.Errorf("event %s: %w", e.id(), err)
		}
	}
}

func (t *tx) happen(event string, in Document) error {
	switch event {
	case eventFlip:
		t.turn(in)
	case eventFade:
		return t.fade(in)
	case eventKeepers:
		t.keepLease(in)
	case "ReplicateItem":
		t.replicateItem(in)
	case "FinishTableRestore":
		t.finishTableRestore(in)
	case "DeleteKey":
		if k := t.get(str(in, "Kind"), str(in, "Region"), str(in, "Id")); k != nil &&
			str(k.Out, "KeyState") == "PendingDeletion" {
			t.drop(k)
		}
	case "DeleteSecret":
		if s := t.get(kindSecret, str(in, "Region"), str(in, "Id")); s != nil && s.leaving() {
			t.drop(s)
		}
	case "Replicate":
		t.replicate(in)
	case "ReplicateImage":
		return t.replicateImage(in)
	case "FinishFailover":
		t.finishFailover(in)
	case "Rejoin":
		t.rejoin(in)
	case "Available":
		t.available(in)
	case "FinishCacheFailover":
		t.finishCacheFailover(in)
	case eventPromote:
		t.promoted(in)
	case eventOwnFailover:
		t.ownFailover(in)
	case "FinishScale":
		t.finishScale(in)
	case eventDeployment:
		t.deploymentGoesOn(in)
	case eventExperiment:
		t.experimentGoesOn(in)
	case "FinishBackup":
		t.finishBackup(in)
	case "FinishCopy":
		t.finishCopy(in)
	case "FinishRestoreJob":
		t.finishRestoreJob(in)
	case "ExpirePoint":
		if p := t.get(kindRecoveryPoint, str(in, "Region"), str(in, "Id")); p != nil {
			t.drop(p)
		}
	default:
		return fmt.Errorf("nobody handles it; this is a bug")
	}
	return nil
}

// duration is a number of seconds in a document.
func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
