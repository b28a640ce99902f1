package execute

import (
	"math"
	"time"

	"redoubt/recovery/plan"
)

// asked is a question, an Evaluate, of a step or gate, and the answer that it had.
type asked struct {
	at       string
	question Command
	answer   plan.Answer
	// of is what the answer depends on, as the port knows it.
	of any
}

type timer struct {
	at           string
	when, latest time.Duration
	// changes wakes the timer as soon as anything changes.
	changes bool
	// asked is what was asked last for whom the timer is, nil for nothing.
	asked *asked
}

// idle reports whether a timer that waits for a change would only lead to the answer that
// it had before: the machine would arm it again.
func (v *Virtual) idle(t *timer) bool {
	port, is := v.Port.(Whole)
	if !is || t.asked == nil {
		return false
	}
	if t.asked.of != nil && port.Holds(t.asked.of) {
		return true
	}
	answer, known, err := port.Known(t.asked.question.(Evaluate).Condition)
	return known && answerOf(answer, err) == t.asked.answer
}

// now is the time since the run began.
func (v *Virtual) now() time.Duration { return v.Time.Now().Sub(v.began) }

// nextTimer takes the earliest timer and lets the time pass until then, which is now.
func (v *Virtual) nextTimer() (t timer, now time.Duration) {
	now = v.now()
	best, when := v.earliest(never)
	if when > now {
		if change, will := v.Time.NextChange(); will && change.Sub(v.began) > now { // else "now" would be asked for ever
			best, when = v.earliest(change.Sub(v.began))
		}
		v.Time.Advance(v.began.Add(when))
		now = when
	}
	t = v.timers[best]
	v.timers = append(v.timers[:best], v.timers[best+1:]...)
	if when < t.when {
		v.wake(now)
	}
	return t, now
}

// never is when nothing changes.
const never = time.Duration(math.MaxInt64)

// earliest is the first of the timers that are due first, when something changes at a time, and when that is.
func (v *Virtual) earliest(change time.Duration) (best int, when time.Duration) {
	when = v.timers[0].due(change)
	for n := range v.timers {
		if due := v.timers[n].due(change); due < when {
			best, when = n, due
		}
	}
	return best, when
}

// due is when the timer fires if something changes at a time.
func (t *timer) due(change time.Duration) time.Duration {
	if t.changes {
		return min(change, t.when)
	}
	return t.when
}

// wake makes every timer due that waits for a change.
func (v *Virtual) wake(now time.Duration) {
	for n := range v.timers {
		if v.timers[n].changes {
			v.timers[n].when = now
		}
	}
}

// mostAsked are the questions that are kept at most: many more than are open at once.
const mostAsked = 256

func (v *Virtual) asks(a asked) {
	switch {
	case cap(v.asked) == 0:
		v.asked = make([]asked, 0, mostAsked/4)
	case len(v.asked) == mostAsked:
		v.asked = append(make([]asked, 0, mostAsked), v.asked[mostAsked/2:]...) // timers hold on to the old ones
	}
	v.asked = append(v.asked, a)
}

// last is the last question of a step or gate, nil where it is kept no more or there was none.
func (v *Virtual) last(at string) *asked {
	for n := len(v.asked) - 1; n >= 0; n-- {
		if v.asked[n].at == at {
			return &v.asked[n]
		}
	}
	return nil
}

func (v *Virtual) cancel(at string) {
	for n, t := range v.timers {
		if t.at == at {
			v.timers = append(v.timers[:n], v.timers[n+1:]...)
			return
		}
	}
}
