// Package clock is the only source of time: the wall clock for real runs, and
// a virtual one in which hours pass at once.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now is the present time, in UTC.
	Now() time.Time
	// Sleep returns after d, or with the context's error when that ends first.
	Sleep(ctx context.Context, d time.Duration) error
	// Timer returns a channel that delivers the time once, after d. Stop
	// releases it; it is safe to call more than once, also after it fired.
	Timer(d time.Duration) (fired <-chan time.Time, stop func())
}

// Steady is a clock that also measures by what cannot go back: a wall clock is set by others.
type Steady interface {
	// Elapsed is how much time has passed since some moment that stays the same.
	Elapsed() time.Duration
}

// Wall is the clock of the machine.
type Wall struct{}

var (
	_ Clock  = Wall{}
	_ Steady = Wall{}
)

// began is when the program did, with Go's monotonic reading: https://pkg.go.dev/time#hdr-Monotonic_Clocks
var began = time.Now()

// Elapsed is the time since the program began, which nobody can set back.
func (Wall) Elapsed() time.Duration { return time.Since(began) }

// Now is the machine's time, in UTC.
func (Wall) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d of real time.
func (w Wall) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, w, d) }

// Timer fires after d of real time.
func (Wall) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

func sleep(ctx context.Context, c Clock, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	fired, stop := c.Timer(d)
	defer stop()
	select {
	case <-fired:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
