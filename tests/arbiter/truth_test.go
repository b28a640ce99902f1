package arbiter_test

import (
	"time"

	"redoubt/agentkit/home"
)

// truth is what the world knows and nobody in it: by it the schedule is judged.
type truth struct {
	// looks are all looks of an observer at a home, heard is the last of an observer's that has come to the table.
	looks [places][2][]look
	heard [places]time.Duration
	// moved is when the word last named another home; zero is never.
	moved time.Duration
	// lost is since when a home is lost and a quorum can see it, unserved since when the other may not write although
	// it should, alone since when a home sees neither of the others. Zero is never.
	lost, unserved, alone [2]time.Duration
	// wrote counts how often agents might write, decisions what the judge decided.
	wrote     [2]int
	decisions int
}

// look is what an observer saw at a true time.
type look struct {
	at   time.Duration
	good bool
}

// turns counts how often what an observer saw of a home has changed from one look in a span to the next.
func (w *world) turns(by, of place, from, until time.Duration) int {
	n := 0
	looks := w.looks[by][of]
	for i := 1; i < len(looks); i++ {
		if looks[i-1].at >= from && looks[i].at <= until && looks[i].good != looks[i-1].good {
			n++
		}
	}
	return n
}

// badSince is the first look since which an observer has seen nothing of a home, of the looks up to a time; that time
// when it saw it well.
func (w *world) badSince(by, of place, until time.Duration) time.Duration {
	since := until
	looks := w.looks[by][of]
	for i := len(looks) - 1; i >= 0; i-- {
		if looks[i].at > until {
			continue
		}
		if looks[i].good {
			break
		}
		since = looks[i].at
	}
	return since
}

// outside are the two observers outside a home.
func outside(h place) [2]place { return [2]place{1 - h, third} }

// decided holds a decision to the true lines: in all that had come to the table when the judge read it, both observers
// outside have seen nothing of the home for the whole quiet period, on lines that do not flap; what they saw is not
// older than the longest silence; and the last move has settled.
func (w *world) decided(h place, heard [places]time.Duration) {
	w.decisions++
	r := rules() // what was promised, also where a mutant goes by others
	for _, by := range outside(h) {
		until := heard[by]
		if quiet := w.now - w.badSince(by, h, until); quiet < r.Quiet {
			w.fail("a failover although %s has lost the %s home only %s ago, inside the quiet period",
				observers[by], observers[h], quiet)
		}
		if n := w.turns(by, h, w.now-r.Fresh+2*r.Skew+2*r.Travel, until); n >= r.Flaps {
			w.fail("a failover although what %s saw of the %s home has changed %d times", observers[by], observers[h], n)
		}
		if old := w.now - until; old > r.Gap+2*r.Skew+2*r.Travel {
			w.fail("a failover by what %s saw of the %s home %s ago", observers[by], observers[h], old)
		}
	}
	if w.moved > 0 && w.now-w.moved < r.Settle {
		w.fail("a failover %s after the last move", w.now-w.moved)
	}
}

// one holds that no two homes are the active one, to the keepers or to the agents.
func (w *world) one(h *household) {
	other := w.homes[1-h.at]
	if h.believes() && other.believes() {
		w.fail("both homes hold the lease, to their keepers")
	}
	if h.may() && other.may() {
		w.fail("agents of both homes may write")
	}
}

// watch holds the world to what must come about in time. It is asked before and after each change.
func (w *world) watch() {
	for h := range place(2) {
		w.watchLost(h)
		w.watchUnserved(h)
		w.watchAlone(h)
	}
}

// since notes when something began that must not last, and returns how long it has lasted.
func (w *world) since(at *time.Duration, is bool) time.Duration {
	switch {
	case !is:
		*at = 0
	case *at == 0:
		*at = max(w.now, 1)
	default:
		return w.now - *at
	}
	return 0
}

// watchLost holds that a home which a quorum can see to be lost is decided about within the stated time.
func (w *world) watchLost(h place) {
	r := rules()
	lasted := w.since(&w.lost[h], w.visible(h))
	calm := true
	for _, by := range outside(h) {
		calm = calm && lasted > r.Within() &&
			w.turns(by, h, w.lost[h]-r.Fresh-2*r.Skew, w.now) < r.Flaps
	}
	if lasted > r.Within() && calm || lasted > r.Within()+r.Fresh+2*r.Skew {
		w.fail("the %s home has been lost for %s, a quorum can see it, and nothing was decided", observers[h], lasted)
	}
}

// visible reports whether the home that should serve is lost to both observers outside, who can tell the judge, and
// the arbiter sees the other one.
func (w *world) visible(h place) bool {
	word := w.tables[third].word
	if placeOf(word.Active) != h || !word.Ready || w.noisy > 0 || w.judge.dead > 0 || w.down[third] > 0 ||
		!w.lit(third, 1-h) || w.moved > 0 && w.now < w.moved+rules().Settle+2*rules().Skew {
		return false
	}
	for _, by := range outside(h) {
		if w.observers[by].dead > 0 || w.lit(by, h) || !w.joined(by, third) {
			return false
		}
	}
	return true
}

// watchUnserved holds that the agents of the home that the word names may write in time, whatever became of the other:
// a lost home is left within the objective, and one that is told so makes room.
func (w *world) watchUnserved(h place) {
	other := w.homes[1-h]
	waiting := placeOf(w.tables[third].word.Active) == 1-h && w.noisy == 0 && other.alive() &&
		w.joined(1-h, third) && !other.may()
	if lasted := w.since(&w.unserved[h], waiting); lasted > rules().Taken(home.DefaultTerm) {
		w.fail("the %s home is to serve for %s, and its agents may not write", observers[1-h], lasted)
	}
}

// watchAlone holds that a home which sees neither of the others has stopped within the term of its lease.
func (w *world) watchAlone(h place) {
	lasted := w.since(&w.alone[h], !w.joined(h, 1-h) && !w.joined(h, third))
	if lasted > home.DefaultTerm && w.homes[h].may() {
		w.fail("the %s home has seen nobody for %s, and its agents may write", observers[h], lasted)
	}
}
