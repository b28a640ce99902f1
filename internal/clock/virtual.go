package clock

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"time"
)

// Virtual is a clock whose time moves only when it is told to. Timers fire in
// the order of their time, and of their creation where the time is the same. It is safe for
// concurrent use.
type Virtual struct {
	mu     sync.Mutex
	now    time.Time
	timers []*timer
	made   int
}

type timer struct {
	at   time.Time
	seq  int
	fire chan time.Time
}

var _ Clock = (*Virtual)(nil)

// NewVirtual returns a clock that stands at start.
func NewVirtual(start time.Time) *Virtual { return &Virtual{now: start.UTC()} }

// Now is the virtual time.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Sleep waits until somebody has advanced the clock by d.
func (v *Virtual) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, v, d) }

// Timer fires when the clock has been advanced by d; at once when d is not positive.
func (v *Virtual) Timer(d time.Duration) (<-chan time.Time, func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t := &timer{at: v.now.Add(max(d, 0)), seq: v.made, fire: make(chan time.Time, 1)}
	v.made++
	if d <= 0 {
		t.fire <- v.now
		return t.fire, func() {}
	}
	v.timers = append(v.timers, t)
	sort.SliceStable(v.timers, func(i, j int) bool {
		a, b := v.timers[i], v.timers[j]
		return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
	})
	return t.fire, func() { v.drop(t) }
}

// Next is the time of the earliest timer; false when none is armed.
func (v *Virtual) Next() (time.Time, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.timers) == 0 {
		return time.Time{}, false
	}
	return v.timers[0].at, true
}

// Advance moves the clock to the given time and fires what is due on the
// way. A time that lies behind is refused.
func (v *Virtual) Advance(to time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if to.Before(v.now) {
		return fmt.Errorf("advance clock: %s lies before %s",
			to.UTC().Format(time.RFC3339Nano), v.now.Format(time.RFC3339Nano))
	}
	for len(v.timers) > 0 && !v.timers[0].at.After(to) {
		t := v.timers[0]
		v.timers = v.timers[1:]
		v.now = t.at
		t.fire <- t.at
	}
	v.now = to.UTC()
	return nil
}

func (v *Virtual) drop(t *timer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, have := range v.timers {
		if have == t {
			v.timers = append(v.timers[:i], v.timers[i+1:]...)
			return
		}
	}
}
