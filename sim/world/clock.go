package world

import (
	"fmt"
	"time"
)

// Advance moves the virtual time and does what falls due on the way, in the
// order of its time. A time that is not after now changes nothing. What
// cannot be recorded makes every later mutation fail.
func (w *World) Advance(to time.Time) { w.move(to, false) }

// Step is Advance until the next thing happens by itself, and no further than to.
func (w *World) Step(to time.Time) { w.move(to, true) }

func (w *World) move(to time.Time, once bool) {
	if w.pass(to.UTC()) {
		return
	}
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

// pass lets time pass in which nothing falls due and nobody looks, as advance does. It reports whether it did.
func (w *World) pass(to time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.st
	due := len(s.agenda) > 0 && !s.agenda[0].at.After(to)
	if due || w.record != nil || w.notes != nil || w.broken != nil || s.watched != s.seq || s.seq == 0 ||
		!s.now.Before(to) || !to.Before(s.now.Truncate(tick).Add(tick)) {
		return false
	}
	s.now = to
	s.seq++
	s.watched = s.seq
	return true
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
	t.notes.time(t.at)
	return t.at
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
		t.coming, t.moved = rest, true
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
