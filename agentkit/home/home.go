package home

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// LeaseName is the name of the active home's lease in a lock table. Its owner is the home.
const LeaseName = arbiter.LeaseName

// Terms say how the lease of the active home is held. All that keep and watch one lease have the same.
type Terms struct {
	// Term is how long the lease lasts without renewal: what a failover waits for a home that is cut off. Zero
	// means DefaultTerm.
	Term time.Duration
	// Skew is how far two clocks may lie apart, less than half of Term. Zero means DefaultSkew.
	Skew time.Duration
}

// The defaults of Terms.
const (
	DefaultTerm = 30 * time.Second
	DefaultSkew = 2 * time.Second
)

// renewals is how many times the lease is renewed within its term; agents look at it twice as often.
const renewals = 4

func (t Terms) options() lease.Options {
	o := lease.Options{TTL: t.Term, Skew: t.Skew}
	if o.TTL == 0 {
		o.TTL = DefaultTerm
	}
	if o.Skew == 0 {
		o.Skew = DefaultSkew
	}
	return o
}

// Home watches the lease for the agents of one process. It is safe for concurrent use.
type Home struct {
	// Store is the table of the lease, see lock.Table.
	Store lease.Store
	// Home is the home that the process runs in.
	Home system.Home
	Terms
	// Clock is nil for the machine's. One that is no clock.Steady measures by its time alone.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder

	mu   sync.Mutex
	seen sight
	// looking keeps a second look from beginning beside the first, and looks counts those that ended.
	looking sync.Mutex
	looks   atomic.Int64
}

// sight is what the last looks have shown.
type sight struct {
	lease lease.Lease
	// looked is when the last look began; not set before the first.
	looked mark
	// renewed is when the last look began that had not seen the present version yet; not set when there was none.
	renewed mark
	// latest is the latest time of the clock that was seen.
	latest time.Time
	err    error
}

// mark is a moment on the clock that cannot go back.
type mark struct {
	at  time.Duration
	set bool
}

// The reasons why a home may not write, for errors.Is.
var (
	// ErrOther means that another home has the lease.
	ErrOther = errors.New("the home is not the active one")
	// ErrUnseen means that the lease was not seen to be renewed for as long as it lasts.
	ErrUnseen = errors.New("the lease of the active home was not seen to be renewed")
	// ErrClock means that the clock has gone back.
	ErrClock = errors.New("the clock has gone back")
)

// otherError names the home that has the lease; it is made into text only when somebody reads it.
type otherError string

func (o otherError) Error() string { return fmt.Sprintf("%v: %q has the lease", ErrOther, string(o)) }

func (otherError) Unwrap() error { return ErrOther }

// MayWrite tells whether the agent may write now. When the last look at the lease is older than an eighth of its
// term it looks first, for at most that long.
func (h *Home) MayWrite(ctx context.Context) bool {
	if h.stale() {
		h.look(ctx) // what was not seen is judged below
	}
	return h.Why() == nil
}

// Generation is that of the lease that was seen last, for lock.Guard.
func (h *Home) Generation() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen.lease.Generation
}

// Why tells why the agent may not write, nil when it may, by what has been seen: it asks nobody.
func (h *Home) Why() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.options()
	now, elapsed := h.now()
	h.notice(now)
	s := h.seen
	switch {
	case !s.renewed.set:
		return errors.Join(ErrUnseen, s.err)
	case system.Home(s.lease.Owner) != h.Home:
		return otherError(s.lease.Owner)
	case elapsed >= s.renewed.at+o.TTL-o.TTL/renewals-o.Skew, !now.Before(s.lease.Until.Add(-o.Skew)):
		return errors.Join(ErrUnseen, s.err)
	}
	return nil
}

// notice forgets all that was seen when the clock has gone back since.
func (h *Home) notice(now time.Time) {
	if now.Before(h.seen.latest) {
		h.seen = sight{err: ErrClock}
	}
	h.seen.latest = now
}

// look reads the lease once. Who had to wait for another's look takes what that has shown: else many that ask while
// the table does not answer would each wait for all before them.
func (h *Home) look(ctx context.Context) {
	before := h.looks.Load()
	h.looking.Lock()
	defer h.looking.Unlock()
	if h.looks.Load() != before || ctx.Err() != nil {
		return
	}
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, h.every())
	defer cancel()
	h.mu.Lock()
	now, elapsed := h.now()
	h.notice(now)
	h.mu.Unlock()
	got, err := h.Store.Get(ctx, LeaseName)
	h.saw(got, mark{elapsed, true}, err)
	may := 0.0
	if h.Why() == nil {
		may = 1
	}
	h.Meter.Record(ctx, measure.MayWrite, may, string(h.Home))
	if caller.Err() == nil { // a look that was called off has shown nothing
		h.looks.Add(1)
	}
}

// saw keeps what a look has shown that began at the mark.
func (h *Home) saw(got lease.Lease, began mark, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &h.seen
	if s.err = err; err != nil {
		return
	}
	if s.looked.set && (got.Version != s.lease.Version || got.Generation != s.lease.Generation) {
		s.renewed = s.looked
	}
	s.lease, s.looked = got, began
}

// Watch looks at the lease until the context ends. An agent runs it beside its work: without it, one that was idle
// may not write before it has seen the next renewal.
func (h *Home) Watch(ctx context.Context) {
	for ctx.Err() == nil {
		h.look(ctx) // MayWrite tells what came of it
		_ = h.clock().Sleep(ctx, h.every())
	}
}

// every is how often the lease is looked at, and how long a look may take.
func (h *Home) every() time.Duration { return h.options().TTL / renewals / 2 }

func (h *Home) stale() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, elapsed := h.now()
	return !h.seen.looked.set || elapsed-h.seen.looked.at >= h.every()
}

func (h *Home) clock() clock.Clock {
	if h.Clock == nil {
		return clock.Wall{}
	}
	return h.Clock
}

// now is the time, and what has passed by the clock that cannot go back.
func (h *Home) now() (time.Time, time.Duration) {
	c := h.clock()
	now := c.Now()
	if steady, is := c.(clock.Steady); is {
		return now, steady.Elapsed()
	}
	return now, now.Sub(time.Unix(0, 0))
}
