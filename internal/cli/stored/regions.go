// Package stored is a project's simulated regions as they are kept on disk, in the hands of one process at a time. Who only
// needs them needs no engine: that is in internal/cli/sim.
package stored

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/sim/disk"
	"redoubt/sim/world"
	"redoubt/system"
)

// Seed is the seed of the simulated regions.
const Seed = 1

// Options say how the regions are waited for.
type Options struct {
	Streams *streams.Streams
	// Wait is how long to wait for another redoubt to end.
	Wait time.Duration
	// Clock is the clock; nil means the machine's.
	Clock clock.Clock
}

func (o *Options) clock() clock.Clock {
	if o.Clock == nil {
		return clock.Wall{}
	}
	return o.Clock
}

// Regions are a project's stored simulated regions in the hands of this process.
type Regions struct {
	*project.Project
	World *world.World
	// Lock keeps others out as long as a process has it open.
	Lock *os.File
	disk *disk.World
}

// Open locks the project's simulator and loads the regions. Who is what others are told who wait for them.
func Open(ctx context.Context, o Options, p *project.Project, who string) (*Regions, error) {
	lock, err := acquire(ctx, &o, p.Path(), who)
	if err != nil {
		return nil, err
	}
	account := cmp.Or(p.Accounts[system.Primary], p.Accounts[system.Secondary])
	d, err := disk.Open(p.Path("world"), world.Config{Seed: Seed, Account: account})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the simulated regions: %w", err), lock.Close())
	}
	return &Regions{Project: p, World: d.World, Lock: lock, disk: d}, nil
}

// Close writes the regions down and releases the lock.
func (r *Regions) Close() error { return errors.Join(r.disk.Close(), r.Lock.Close()) }

// ErrNothingUp says that there are no regions yet.
var ErrNothingUp = exit.Errorf(exit.Usage, "redoubt sim up", "nothing is up")

// Use holds the project's simulated regions for act, and keeps what act changes.
func Use(ctx context.Context, o Options, p *project.Project, who string, act func(*Regions) error) error {
	if _, err := os.Stat(p.Path("world")); errors.Is(err, os.ErrNotExist) {
		return ErrNothingUp
	}
	r, err := Open(ctx, o, p, who)
	if err != nil {
		return err
	}
	return errors.Join(act(r), r.Close())
}
