// Package arbiter_test plays the arbiter's judge, the observers, the keepers of the leases and the agents that watch
// them through random schedules of cuts, delays, losses, clocks that lie and crashes. All of them are the real code;
// the tables, the lines between the regions and the time are the world's.
package arbiter_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"redoubt/agentkit/home"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// place is a region: that of a home, or the arbiter's.
type place int

const (
	primary place = iota
	secondary
	third
	places
)

var observers = [places]string{string(system.Primary), string(system.Secondary), arbiter.Name}

// homeOf is the home at a place, placeOf the other way round.
func homeOf(p place) system.Home { return system.Homes[p] }

func placeOf(h system.Home) place {
	if h == system.Primary {
		return primary
	}
	return secondary
}

// start is the true time at which every schedule begins, horizon how long it lasts.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const horizon = 8 * time.Minute

// rules are the default ones; moves settle faster, so that a schedule has room for two.
func rules() arbiter.Rules {
	r := arbiter.Default()
	r.Fresh, r.Settle = 2*time.Minute, 2*time.Minute+30*time.Second
	return r
}

// table is what stands in the table of one region. It outlives every crash.
type table struct {
	lease lease.Lease
	word  arbiter.Word
	seen  [places][]diagnose.Observation
}

// world is one schedule.
type world struct {
	r      *rand.Rand
	now    time.Duration
	queue  queue
	seq    int
	tables [places]table
	faults
	set setting

	observers [places]*observer
	judge     *judge
	homes     [2]*household
	truth
	wrong error
	trace []string
}

// setting is what a schedule is played with; a mutant changes it.
type setting struct {
	rules arbiter.Rules
	terms home.Terms
	// blind tables do not compare versions; rough schedules lose and delay messages from their beginning to their end.
	blind, rough bool
	// alone makes one held lease enough, hearsay the arbiter's word count for the peer's too.
	alone, hearsay bool
	// deaf keepers do not ask who is to be the active home: they always want to be.
	deaf bool
	// slow judges look so many times less often.
	slow int
	// traced schedules are told.
	traced bool
}

func sound() setting {
	return setting{rules: rules(), terms: home.Terms{Term: home.DefaultTerm, Skew: home.DefaultSkew}, slow: 1}
}

// due is something that happens at a time.
type due struct {
	at  time.Duration
	seq int
	do  func()
}

// queue is a heap of what is due, the earliest first.
type queue []due

func (q queue) before(a, b int) bool {
	return q[a].at < q[b].at || q[a].at == q[b].at && q[a].seq < q[b].seq
}

func (q *queue) push(d due) {
	*q = append(*q, d)
	for n := len(*q) - 1; n > 0 && q.before(n, (n-1)/2); n = (n - 1) / 2 {
		(*q)[n], (*q)[(n-1)/2] = (*q)[(n-1)/2], (*q)[n]
	}
}

func (q *queue) pop() due {
	all := *q
	first, last := all[0], len(all)-1
	all[0] = all[last]
	all[last] = due{}
	*q = all[:last]
	for n := 0; ; {
		next := 2*n + 1
		if next+1 < last && q.before(next+1, next) {
			next++
		}
		if next >= last || !q.before(next, n) {
			return first
		}
		all[n], all[next], n = all[next], all[n], next
	}
}

func (w *world) after(d time.Duration, do func()) {
	w.seq++
	w.queue.push(due{w.now + d, w.seq, do})
}

// play plays the schedule until its end or the first wrong.
func (w *world) play() {
	for w.wrong == nil && len(w.queue) > 0 {
		next := w.queue.pop()
		if next.at > horizon {
			break
		}
		w.now = next.at
		next.do()
	}
}

func (w *world) fail(format string, values ...any) {
	if w.wrong == nil {
		w.wrong = fmt.Errorf("at %s: %s", w.now, fmt.Sprintf(format, values...))
	}
}

func (w *world) note(format string, values ...any) {
	if w.set.traced {
		w.trace = append(w.trace, fmt.Sprintf("%9s ", w.now.Round(time.Millisecond))+fmt.Sprintf(format, values...))
	}
}

// within draws a time up to d.
func (w *world) within(d time.Duration) time.Duration { return time.Duration(w.r.Int64N(int64(d) + 1)) }

// timer is a process's clock: it lies by off, and what has passed it tells truly.
type timer struct {
	w   *world
	off time.Duration
}

func (t *timer) Now() time.Time                                 { return start.Add(t.w.now + t.off) }
func (t *timer) Elapsed() time.Duration                         { return t.w.now }
func (t *timer) Sleep(context.Context, time.Duration) error     { return errors.New("nobody sleeps here") }
func (t *timer) Timer(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

// jump sets the clock anew: any two lie at most Skew apart.
func (t *timer) jump() { t.off = t.w.within(home.DefaultSkew) - home.DefaultSkew/2 }

// nobody is a context that never ends, and that is bounded already, so that who bounds it needs no timer of the
// machine.
type nobody struct{ context.Context }

func (nobody) Deadline() (time.Time, bool) { return start, true }

var background = nobody{context.Background()}

// errLost means that a request or its answer never came.
var errLost = errors.New("connection reset")

// road is the way of one process to one table: for leases and for words.
type road struct {
	w        *world
	from, to place
}

var (
	_ lease.Store = road{}
	_ home.Words  = road{}
)

// ask reads what stands in the table.
func (r road) ask() (*table, error) {
	if !r.w.passes(r.from, r.to) || !r.w.passes(r.to, r.from) {
		return nil, errLost
	}
	return &r.w.tables[r.to], nil
}

// tell writes: the request may arrive much later, after who sent it has given up, and the answer may be lost.
func (r road) tell(act func(*table) error) error {
	if !r.w.passes(r.from, r.to) {
		return errLost
	}
	if r.w.late() {
		r.w.after(r.w.within(20*time.Second), func() {
			if r.w.passes(r.from, r.to) {
				_ = act(&r.w.tables[r.to])
			}
		})
		return errLost
	}
	err := act(&r.w.tables[r.to])
	if !r.w.passes(r.to, r.from) {
		return errLost
	}
	return err
}

func (r road) Get(context.Context, string) (lease.Lease, error) {
	t, err := r.ask()
	if err != nil {
		return lease.Lease{}, err
	}
	return t.lease, nil
}

func (r road) Swap(_ context.Context, _ string, old, next lease.Lease) error {
	return r.tell(func(t *table) error {
		if t.lease.Version != old.Version && !r.w.set.blind {
			return lease.ErrChanged
		}
		if t.lease.Owner != next.Owner {
			r.w.note("the lease in %s goes from %q to %q until %s",
				observers[r.to], t.lease.Owner, next.Owner, next.Until.Sub(start))
		}
		t.lease = next
		return nil
	})
}

func (r road) Word(context.Context) (arbiter.Word, error) {
	t, err := r.ask()
	if err != nil {
		return arbiter.Word{}, err
	}
	return t.word, nil
}

func (r road) Replace(_ context.Context, old, next arbiter.Word) error {
	return r.tell(func(t *table) error {
		if t.word.Version != old.Version || t.word.Generation != old.Generation {
			return lease.ErrChanged
		}
		t.word = next
		return nil
	})
}
