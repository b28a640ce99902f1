package home

import (
	"context"
	"errors"
	"fmt"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// Keeper holds the lease of the active home for its home. A home runs several: one renews, and when it does not for
// half of the term another goes on, before the lease ends and without a pause for the agents.
type Keeper struct {
	// Store is the table of the lease, see lock.Table.
	Store lease.Store
	// Home is the home that it keeps the lease for.
	Home system.Home
	Terms
	// Active tells whether the home should be the active one: what the last plan said. While it says no, the keeper
	// neither takes the lease nor renews it. While it cannot tell, it takes none, and renews what it has.
	Active func(ctx context.Context) (bool, error)
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder
	// Round is called at the end of each round; it may be nil.
	Round func()

	held *lease.Held
	// seen is the version of the home's lease that another keeper holds, unchanged how many looks it has stood still.
	seen, unchanged int
}

// Keep takes the lease whenever the home should have it and it is free, and renews it, until the context ends. It fails
// only when its settings can hold nothing.
func (k *Keeper) Keep(ctx context.Context) error {
	o := k.options()
	if !k.Home.Valid() || k.Active == nil || o.Skew < 0 || 2*o.Skew >= o.TTL {
		return fmt.Errorf("keeper of home %q with term %s and skew %s: want a home, a skew below half of the term, and somebody who "+
			"tells which home is active", k.Home, o.TTL, o.Skew)
	}
	if k.Clock == nil {
		k.Clock = clock.Wall{}
	}
	for ctx.Err() == nil {
		attempt, cancel := context.WithTimeout(ctx, o.TTL/renewals)
		if did := k.Tick(attempt); did != "" {
			k.Meter.Record(ctx, measure.HomeLease, 1, did)
		}
		cancel()
		if k.Round != nil {
			k.Round()
		}
		_ = k.Clock.Sleep(ctx, o.TTL/renewals)
	}
	return nil
}

// Tick does what is due now, and tells what it did; Keep calls it again and again. It needs a Clock.
func (k *Keeper) Tick(ctx context.Context) string {
	should, err := k.Active(ctx)
	switch {
	case err == nil && !should, k.held == nil && err != nil:
		k.held, k.unchanged = nil, 0
		return ""
	case k.held == nil:
		return k.take(ctx)
	}
	switch err := k.held.Renew(ctx); {
	case errors.Is(err, lease.ErrLost):
		k.held = nil
		return "lost"
	case err != nil:
		return "failed"
	}
	return "renewed"
}

// take takes the lease, unless another keeper of the home renews it.
func (k *Keeper) take(ctx context.Context) string {
	now, err := k.Store.Get(ctx, LeaseName)
	if err != nil {
		return "failed"
	}
	if system.Home(now.Owner) == k.Home && k.Clock.Now().Before(now.Until) {
		if now.Version != k.seen {
			k.seen, k.unchanged = now.Version, 0
		}
		if k.unchanged++; k.unchanged <= renewals/2 {
			return ""
		}
	}
	held, err := lease.Acquire(ctx, k.Store, k.Clock, LeaseName, string(k.Home), k.options())
	var other *lease.HeldError
	switch {
	case errors.As(err, &other):
		return ""
	case err != nil:
		return "failed"
	}
	k.held, k.unchanged = held, 0
	return "taken"
}
