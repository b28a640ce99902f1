// Package awsplace makes an account of AWS a place for drills: what is broken there is broken for everybody who uses it,
// so only a sandbox is one. Figures are measured: by a witness that writes marks into the stores and asks the entry from
// the machine that leads the drill. It was never tried on AWS: docs/limits.md says how to.
package awsplace

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/fault"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/run"
)

// Cutter takes a region's network away and gives it back.
type Cutter interface {
	Cut(ctx context.Context, region string) error
	Mend(ctx context.Context, region string) error
}

// Options are what a place is made of. All are required but Lease.
type Options struct {
	Clock clock.Clock
	// Port makes the calls of plans and questions.
	Port   plan.Port
	System *system.System
	// Stands is the home beside which the machine stands that leads the drill and holds the witness's log: the one that
	// is not broken.
	Stands system.Home
	// Regions say where each home lives.
	Regions map[system.Home]string
	// Switch is the alarm that tells of each home's act on the switch; asking for it shows that a control plane answers.
	Switch map[system.Home]string
	// Stores are the marks' writers of the stores, each with the places to read back from.
	Stores []run.Writer
	// Answers asks the entry of a home as users do, and says why it does not answer.
	Answers func(ctx context.Context, home system.Home) error
	// Active tells which home serves, as clients see it.
	Active func(context.Context) (system.Home, error)
	// Keep is how long clients may keep the name's answer.
	Keep time.Duration
	Cutter
	// Dir is where the witness's log and the journals go; it must outlive the drill.
	Dir string
	// Lease is held for as long as plans run.
	Lease *lease.Held
}

// Place is a sandbox on AWS with a witness at work. Close it.
type Place struct {
	Options
	log    *run.Log
	began  time.Time
	stop   context.CancelFunc
	ended  chan error
	plans  int
	mu     sync.Mutex
	broken error
	dark   map[system.Home]bool
	// later are the faults that wait for their time.
	later sync.WaitGroup
	// ctx ends with the place.
	ctx context.Context //nolint:containedctx // the place is what lives so long
}

var _ drill.Place = (*Place)(nil)

// New starts the witness.
func New(ctx context.Context, o Options) (*Place, error) {
	log, err := run.Open(filepath.Join(o.Dir, "witness"))
	if err != nil {
		return nil, err
	}
	p := &Place{Options: o, log: log, began: o.Clock.Now(), ended: make(chan error, 1),
		dark: map[system.Home]bool{}}
	p.Stores = p.nearby(o.Stores)
	p.ctx, p.stop = context.WithCancel(ctx)
	writers := append([]run.Writer{p.entry()}, p.Stores...)
	r := run.Runner{Clock: o.Clock, Log: log, Writers: writers, Active: o.Active}
	go func() { p.ended <- r.Run(p.ctx) }()
	return p, nil
}

// Close stops the witness.
func (p *Place) Close() error {
	p.stop()
	p.later.Wait()
	return errors.Join(<-p.ended, p.log.Close())
}

// Kind is that of figures from AWS.
func (p *Place) Kind() witness.Kind { return witness.Measured }

// Now is the machine's time.
func (p *Place) Now() time.Time { return p.Clock.Now() }

// Wait lets time pass. A fault that could not be made, and a witness that could not write its log, end it.
func (p *Place) Wait(ctx context.Context, d time.Duration) error {
	if err := p.Clock.Sleep(ctx, d); err != nil {
		return err
	}
	select {
	case err := <-p.ended:
		p.ended <- err
		return errors.Join(errors.New("the witness has ended"), err)
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

// Port makes calls where the drill has lost no region.
func (p *Place) Port() plan.Port { return sighted{p} }

// Seen takes both inventories for fresh: the homes were deployed for this.
func (p *Place) Seen() planner.Seen {
	return planner.Seen{InventoryAt: map[system.Home]time.Time{system.Primary: p.Now(), system.Secondary: p.Now()}}
}

// Can says why a line of the fault language cannot be made on AWS, or nothing. Only a network can be taken away: what
// AWS runs itself answers all the time.
func Can(line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return err
	}
	if f.Kind != fault.RegionDown && f.Kind != fault.RegionUp {
		return fmt.Errorf("%q cannot be made on AWS by this program", line)
	}
	return nil
}

// Break takes a region's network away, or gives it back, now or later.
func (p *Place) Break(ctx context.Context, after time.Duration, line string) error {
	if err := Can(line); err != nil {
		return err
	}
	f, _ := fault.Parse(line)
	act := func(ctx context.Context, region string) error {
		if f.Kind == fault.RegionUp {
			p.darken(region, false)
			return p.Mend(ctx, region)
		}
		p.darken(region, true)
		return p.Cut(ctx, region)
	}
	if after <= 0 {
		return act(ctx, f.Region)
	}
	p.later.Go(func() {
		err := p.Clock.Sleep(p.ctx, after)
		if err == nil {
			err = act(p.ctx, f.Region)
		}
		if err != nil && p.ctx.Err() == nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.broken = errors.Join(p.broken, fmt.Errorf("%s: %w", line, err))
		}
	})
	return nil
}

// callTimeout ends a call that nobody answers.
const callTimeout = 30 * time.Second

// Run walks a machine in real time. Who is asked allows: the drill's leader does.
func (p *Place) Run(ctx context.Context, core *execute.Core) (execute.Finish, []journal.Record, error) {
	p.plans++
	r := execute.Runner{Port: sighted{p}, Clock: p.Clock, Lease: p.Lease, CallTimeout: callTimeout}
	return drill.Led(ctx, r, core, p.Dir, p.plans)
}
