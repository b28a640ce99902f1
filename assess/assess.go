// Package assess predicts what a recovery is worth before anything is deployed: it lets thousands of recoveries of
// homes that are up in this process happen, each of them with durations of its own, and counts. There is no formula in it.
package assess

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"redoubt/recovery/drill"
	"redoubt/sim/drive"
	"redoubt/sim/place"
	"redoubt/sim/world"
	"redoubt/system"
)

// Base is what is assessed: both homes of a system, up.
type Base struct {
	World  drive.World
	System *system.System
	// Active is the home that serves.
	Active system.Home
}

// Options say how much is simulated.
type Options struct {
	// Recoveries are simulated for each disruption; Seed makes them. The same seed gives the same bytes.
	Recoveries int
	Seed       uint64
	// Only are the disruptions that are simulated; none stands for all.
	Only []system.Disruption
	// Decides is how long every decision takes; nil draws what a person takes (assumed).
	Decides *time.Duration
	// Workers share the work; zero takes one.
	Workers int
	// Plain remembers nothing from one recovery to the next, which changes no figure and takes longer.
	Plain bool
}

// cases are the scenarios of each disruption. Damaged data is tried for every kind of store.
var cases = map[system.Disruption][]string{
	system.ZoneLoss:       {"zone-loss"},
	system.RegionLoss:     {"region-loss"},
	system.DataLoss:       {"restore-database", "restore-table", "restore-ledger", "restore-bucket", "restore-cache"},
	system.DependencyLoss: {"dependency-loss"},
}

// Assess simulates.
func Assess(ctx context.Context, b Base, o Options) (Report, error) {
	defer CollectLess()()
	out := Report{System: b.System.Name, Seed: o.Seed, Recoveries: o.Recoveries}
	if err := drive.Third(b.World.World, b.World.Inventory); err != nil {
		return out, fmt.Errorf("assess: %w", err)
	}
	out.Plans = b.plans(ctx)
	all, err := drill.Scenarios()
	if err != nil {
		return out, err
	}
	for _, d := range system.Disruptions {
		if len(o.Only) > 0 && !slices.Contains(o.Only, d) {
			continue
		}
		var fit []drill.Scenario
		for _, s := range all {
			if slices.Contains(cases[d], s.Name) && s.Fits(b.System, b.World.Inventory, b.Active) == nil {
				fit = append(fit, s)
			}
		}
		samples, err := b.simulate(ctx, fit, o)
		if err != nil {
			return out, fmt.Errorf("assess %s: %w", d, err)
		}
		out.Disruptions = append(out.Disruptions, b.forecast(d, samples, o.Decides))
	}
	record, err := drill.Incidents()
	out.Availability = availability(b.System, out.Disruptions, rates(record))
	return out, err
}

// simulate shares the recoveries among the scenarios, and each scenario's among the workers. What comes of a recovery
// depends on its seed alone, so that the order in which they end does not matter.
func (b Base) simulate(ctx context.Context, scenarios []drill.Scenario, o Options) ([]sample, error) {
	workers := max(o.Workers, 1)
	var out []sample
	for n, s := range scenarios {
		count := o.Recoveries / len(scenarios)
		if n < o.Recoveries%len(scenarios) {
			count++
		}
		part := make([]sample, count)
		errs := make([]error, workers)
		var wait sync.WaitGroup
		for w := range workers {
			wait.Go(func() { errs[w] = b.share(ctx, s, o, part, w) })
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// share simulates every so-many-eth recovery.
func (b Base) share(ctx context.Context, s drill.Scenario, o Options, into []sample, first int) error {
	return b.each(ctx, s, o, first, len(into), func(n int, p *place.Place, r drill.Report) {
		into[n] = sampleOf(r)
		p.Done()
	})
}

// Each shows the recoveries of one scenario, one after the other, as they are simulated for a forecast.
func (b Base) Each(ctx context.Context, s drill.Scenario, o Options, see func(drill.Report)) error {
	o.Workers = 1
	return b.each(ctx, s, o, 0, o.Recoveries, func(_ int, _ *place.Place, r drill.Report) { see(r) })
}

// each simulates every so-many-eth recovery. The homes are steady once; each recovery goes on from a fork of that.
func (b Base) each(ctx context.Context, s drill.Scenario, o Options, first, count int, see func(int, *place.Place, drill.Report),
) error {
	w := b.World
	if !o.Plain {
		w.World = w.World.Recall(world.NewMemory())
	}
	start, err := place.New(w, b.System, b.Active, 0)
	if err != nil {
		return err
	}
	d := b.drill(start, s, 0)
	if err := d.Begin(ctx); err != nil {
		return err
	}
	for n := first; n < count; n += max(o.Workers, 1) {
		if err := ctx.Err(); err != nil {
			return err
		}
		one := o.Seed*1_000_003 + uint64(n) + 1
		p, err := start.Fork(one)
		if err != nil {
			return err
		}
		next := d.From(p, one)
		if o.Plain {
			next.Plans = drill.NewPlans()
		}
		r, err := next.Lose(ctx)
		if err != nil {
			return err
		}
		see(n, p, r)
	}
	return nil
}

func (b Base) drill(p drill.Place, s drill.Scenario, seed uint64) *drill.Drill {
	return &drill.Drill{Place: p, Scenario: s, System: b.System, Inventory: b.World.Inventory, Active: b.Active, Seed: seed}
}
