package home

import (
	"context"
	"errors"
	"sync"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// Table is one table that the lease of the active home and the word stand in.
type Table struct {
	lease.Store
	Words
}

// Tables are those of one home: its own, and with an arbiter the arbiter's and the peer's.
type Tables struct {
	Own    Table
	Others []Table
}

func (t Tables) all() []Table { return append([]Table{t.Own}, t.Others...) }

// Watchers watch the leases in all the tables, for the agents of one process.
func (t Tables) Watchers(home system.Home, terms Terms, meter *measure.Recorder) Majority {
	var m Majority
	for _, one := range t.all() {
		m = append(m, &Home{Store: one.Store, Home: home, Terms: terms, Meter: meter})
	}
	return m
}

// Watch looks at all the leases until the context ends, see Home.Watch.
func (m Majority) Watch(ctx context.Context) {
	var all sync.WaitGroup
	for _, h := range m {
		all.Go(func() { h.Watch(ctx) })
	}
	all.Wait()
}

// Items are the keys of the items that keepers read and put in each table.
func Items() []string { return []string{LeaseName, arbiter.WordName} }

// Keepers keep a home's lease in all its tables while the word names the home. A home runs several.
type Keepers struct {
	Home system.Home
	Tables
	Terms
	// Clock is nil for the machine's, Meter may be nil.
	Clock clock.Clock
	Meter *measure.Recorder
	// Round is called at the end of each round at the home's own table; it may be nil.
	Round func()
}

// Keep keeps the leases until the context ends, each in its own time: a table that does not answer delays no other. It
// fails only when its settings can hold nothing.
func (k Keepers) Keep(ctx context.Context) error {
	told := Told{Home: k.Home, Own: k.Own.Words}
	for _, other := range k.Others {
		told.Others = append(told.Others, other.Words)
	}
	tables := k.all()
	errs := make([]error, len(tables))
	var all sync.WaitGroup
	for n, one := range tables {
		all.Go(func() {
			keeper := Keeper{Store: one.Store, Home: k.Home, Terms: k.Terms, Active: told.Active, Clock: k.Clock, Meter: k.Meter}
			if n == 0 {
				keeper.Round = k.Round
			}
			errs[n] = keeper.Keep(ctx)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
