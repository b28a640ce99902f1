package target

import (
	"context"
	"errors"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/stored"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/place"
	"redoubt/system"
)

// simulated is the project's stored pair of regions.
type simulated struct {
	*stored.Regions
	localRuns
}

var _ Target = simulated{}

func useSim(ctx context.Context, o Options, p *project.Project, act func(Target) error) error {
	held := stored.Options{Streams: o.Streams, Wait: o.Wait}
	return stored.Use(ctx, held, p, o.Who, func(r *stored.Regions) error {
		return act(simulated{r, localRuns(p.Path("runs"))})
	})
}

// lookSim hands out a fork of the regions.
func lookSim(ctx context.Context, o Options, p *project.Project, act func(Target) error) error {
	fork := &stored.Regions{Project: p}
	held := stored.Options{Streams: o.Streams, Wait: o.Wait}
	err := stored.Use(ctx, held, p, o.Who, func(r *stored.Regions) error {
		fork.World = r.World.Fork()
		return nil
	})
	if err != nil {
		return err
	}
	return act(simulated{fork, localRuns(p.Path("runs"))})
}

// Kind tells that nothing here was measured.
func (s simulated) Kind() string { return "simulated" }

// Project is whose regions they are.
func (s simulated) Project() *project.Project { return s.Regions.Project }

// Port makes calls in the world.
func (s simulated) Port(inv inventory.Inventory) plan.Port {
	if err := drive.Third(s.World, inv); err != nil {
		return refusing{err}
	}
	return s.world(inv)
}

// refusing answers every call with one error.
type refusing struct{ error }

// Call refuses.
func (r refusing) Call(context.Context, plan.Call) (plan.Document, error) { return nil, r.error }

// Steady makes the calls of leases.
func (s simulated) Steady() plan.Port { return s.Port(inventory.Inventory{}) }

func (s simulated) world(inv inventory.Inventory) drive.World {
	return drive.World{World: s.World, Regions: s.Project().Regions, Inventory: inv}
}

// Clock is the world's time.
func (s simulated) Clock() clock.Clock { return drive.Clock{World: s.World} }

// Leads asks the world's name service.
func (s simulated) Leads(_ context.Context, domain string, addresses map[system.Home]string) (system.Home, error) {
	at, err := s.World.Resolve(domain, "A")
	if err != nil {
		return "", err
	}
	for home, address := range addresses {
		if at.Target == address {
			return home, nil
		}
	}
	return "", nil
}

// Observers look every half minute for a little longer than a finding needs.
const (
	lookEvery = 30 * time.Second
	lookFor   = 90 * time.Second
)

// Observe lets an observer in each home look; the world's time passes meanwhile.
func (s simulated) Observe(ctx context.Context, inv inventory.Inventory, active system.Home) ([]diagnose.Observation, error) {
	var all []drive.Observer
	var needed []string
	for _, d := range s.Project().System.Dependencies {
		needed = append(needed, d.Name)
	}
	for _, home := range system.Homes {
		all = append(all, drive.Observer{World: s.world(inv), Home: home, Active: active, Dependencies: needed})
	}
	return drive.Watch(ctx, all, lookEvery, lookFor), nil
}

// Place is a fork of the world. What is broken already would be taken for what the drill breaks.
func (s simulated) Place(inv inventory.Inventory, active system.Home, seed uint64) (drill.Place, error) {
	if broken := s.World.Faults(); len(broken) > 0 {
		return nil, exit.Errorf(exit.Refused, "heal it with redoubt sim inject, and redoubt sim wait until all is well",
			"the simulated regions are broken already: %s", broken[0])
	}
	if err := drive.Third(s.World, inv); err != nil {
		return nil, err
	}
	return place.New(s.world(inv), s.Project().System, active, seed)
}

// Run drives the machine in the world's time.
func (s simulated) Run(ctx context.Context, session Session) (execute.Finish, error) {
	passing := &leased{World: s.world(inventory.Inventory{}), lease: session.Lease, renewed: s.World.Now()}
	v := execute.Virtual{
		Time: passing, Port: session.Port, Store: session.Store, See: session.See,
		Decide: func(g plan.Gate) execute.Decided { return session.Decide(ctx, g) },
		Before: func(execute.Command) (execute.Event, error) { return passing.lost(), nil },
	}
	return v.Run(ctx, session.Core)
}

// leased is a world's time in which a lease is renewed as it passes.
type leased struct {
	drive.World
	lease   *lease.Held
	renewed time.Time
	why     error
	told    bool
}

// Advance moves the time in steps that are shorter than the lease.
func (l *leased) Advance(to time.Time) {
	for l.Now().Before(to) {
		next := l.renewed.Add(l.lease.TTL() / renewals)
		if next.After(to) {
			next = to
		}
		l.World.Advance(next)
		if l.Now().Sub(l.renewed) < l.lease.TTL()/renewals {
			continue
		}
		l.renewed = l.Now()
		if err := l.lease.Renew(context.Background()); errors.Is(err, lease.ErrLost) {
			l.why = err
		}
	}
}

// renewals is how many times a lease is renewed within its time.
const renewals = 4

// lost tells once that the lease is another's.
func (l *leased) lost() execute.Event {
	if l.why == nil || l.told {
		return nil
	}
	l.told = true
	return execute.LeaseLost{Why: l.why.Error()}
}

// Poll looks at each change, because the world says when one comes.
func (s simulated) Poll() time.Duration { return 0 }
