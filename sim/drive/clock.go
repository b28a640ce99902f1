package drive

import (
	"context"
	"time"

	"redoubt/internal/clock"
	"redoubt/sim/world"
)

// Clock is a world's time as a clock: it passes when somebody waits for it.
type Clock struct{ World *world.World }

var _ clock.Clock = Clock{}

// Now is the world's time.
func (c Clock) Now() time.Time { return c.World.Now() }

// Sleep lets the time pass.
func (c Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	c.World.Advance(c.Now().Add(d))
	return nil
}

// Timer lets the time pass at once; it has fired when it returns.
func (c Clock) Timer(d time.Duration) (<-chan time.Time, func()) {
	if d > 0 {
		c.World.Advance(c.Now().Add(d))
	}
	fired := make(chan time.Time, 1)
	fired <- c.Now()
	return fired, func() {}
}
