// Package assess predicts what a recovery is worth before anything is deployed: it lets thousands of recoveries of
// homes that are up in this process happen, each of them with durations of its own, and counts. There is no formula in it.
package assess

import (
	"context"
	"fmt"
	"slices"
	"time"

	"redoubt/recovery/drill"
	"redoubt/sim/drive"
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
	fit := map[system.Disruption][]drill.Scenario{}
	for d, names := range cases {
		if len(o.Only) > 0 && !slices.Contains(o.Only, d) {
			continue
		}
		fit[d] = []drill.Scenario{}
		for _, s := range all {
			if slices.Contains(names, s.Name) && s.Fits(b.System, b.World.Inventory, b.Active) == nil {
				fit[d] = append(fit[d], s)
			}
		}
	}
	done := jobs(fit, o.Recoveries)
	if err := b.simulate(ctx, done, o); err != nil {
		return out, err
	}
	for _, d := range system.Disruptions {
		if _, wanted := fit[d]; wanted {
			out.Disruptions = append(out.Disruptions, b.forecast(d, samplesOf(done, d), o.Decides))
		}
	}
	record, err := drill.Incidents()
	out.Availability = availability(b.System, out.Disruptions, rates(record))
	return out, err
}
