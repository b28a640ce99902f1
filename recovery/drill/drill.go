package drill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/timings"
)

// Drill is one drill at a place.
type Drill struct {
	Place     Place
	Scenario  Scenario
	System    *system.System
	Inventory inventory.Inventory
	// Active is the home that serves before.
	Active system.Home
	Seed   uint64
	// Steady is how long all must be well before the loss; zero takes twenty minutes.
	Steady time.Duration
	// Phase is when within a minute the loss comes.
	Phase time.Duration
	// Return drills the way back, too.
	Return bool
	// Plans are those that other drills made; nil begins with none.
	Plans *Plans
	// Backoff is the first wait after a failed call of the plan; zero takes the engine's own.
	Backoff time.Duration
	// Alter changes the plan before it runs; what is wrong with a plan is seen that way. It may be nil.
	Alter func(plan.Plan) (plan.Plan, error)

	// ran is the plan that was run and its journal, way the drill of the way back.
	ran     Ran
	way     *Drill
	report  Report
	begun   time.Time
	words   map[string]string
	finding diagnose.Finding
	// about is the finding that the drill came to; on the way back it is another than what is found now.
	about diagnose.Finding
}

// How long a drill has patience.
const (
	steadyFor   = 20 * time.Minute
	lookEvery   = 30 * time.Second
	noticeFor   = 20 * time.Minute
	settleEvery = 10 * time.Second
	settleFor   = time.Hour
)

// Run drills: steady state first, then the loss, what is found, the plan, and the witness's word. What went wrong with
// the system stands in the report; an error means that there was no drill.
func (d *Drill) Run(ctx context.Context) (Report, error) {
	if err := d.Begin(ctx); err != nil {
		return Report{}, err
	}
	return d.Lose(ctx)
}

// Begin sees that all is well for a while.
func (d *Drill) Begin(ctx context.Context) error {
	if d.Steady == 0 {
		d.Steady = max(steadyFor, d.Scenario.Steady)
	}
	var err error
	if d.words, err = d.Scenario.Words(d.System, d.Inventory, d.Active); err != nil {
		return err
	}
	if d.Plans == nil {
		d.Plans = NewPlans()
	}
	d.report = d.blank()
	d.begun = d.Place.Now()
	for _, one := range d.Scenario.Before {
		if err := d.strike(ctx, one); err != nil {
			return err
		}
	}
	if err := d.Place.Wait(ctx, d.Steady); err != nil {
		return err
	}
	d.phase("steady", d.begun)
	return nil
}

func (d *Drill) blank() Report {
	about, _ := d.Scenario.store(d.System)
	return Report{
		About:  about.Name,
		System: d.System.Name, Scenario: d.Scenario.Name, Title: d.Scenario.Title, Disruption: d.Scenario.Disruption,
		Kind: d.Place.Kind(), Seed: d.Seed, Active: d.Active, Receiving: d.Active, Decision: decision(), Accepted: d.Scenario.Accepts,
		Regions: d.regions(),
	}
}

func (d *Drill) regions() map[system.Home]string {
	out := map[system.Home]string{}
	for home, of := range d.Inventory.Homes {
		out[home] = of.Region
	}
	return out
}

// From is the same drill, steady already, at a place that was forked from this one's; the phase follows from the seed.
func (d *Drill) From(p Place, seed uint64) *Drill {
	out := *d
	out.Place, out.Seed, out.Phase = p, seed, PhaseOf(seed)
	out.report.Seed = seed
	out.report.Phases = slices.Clone(d.report.Phases)
	return &out
}

// Lose goes on from a steady state.
func (d *Drill) Lose(ctx context.Context) (Report, error) {
	if err := d.Place.Wait(ctx, d.Phase); err != nil {
		return Report{}, err
	}
	d.steady()
	d.report.Lost = d.Place.Now()
	for _, one := range d.Scenario.Faults {
		if err := d.strike(ctx, one); err != nil {
			return Report{}, err
		}
	}
	for _, act := range []func(context.Context) error{d.notice, d.recover, d.settle} {
		if err := act(ctx); err != nil {
			return Report{}, err
		}
	}
	d.judge()
	if d.Return && d.Scenario.Back.Plan != "" && d.report.Passed() {
		back, err := d.back(ctx)
		if err != nil {
			return Report{}, err
		}
		d.report.Failback = &back
	}
	return d.report, nil
}

func (d *Drill) phase(name string, from time.Time) {
	d.report.Phases = append(d.report.Phases, Phase{name, from, d.Place.Now()})
}

// wrong notes what fails the drill.
func (d *Drill) wrong(format string, args ...any) {
	d.report.Failed = true
	d.missed(format, args...)
}

// missed notes a missed objective, which a scenario may accept.
func (d *Drill) missed(format string, args ...any) {
	d.report.Wrong = append(d.report.Wrong, fmt.Sprintf(format, args...))
}

// steady requires that every tier answered all the time, and that no name is kept for longer than plans reckon with.
func (d *Drill) steady() {
	keep, _ := timings.Get(timings.R53TTL).Typical()
	for _, t := range d.System.Tiers {
		if out := after(d.Place.Outages(t.Name), d.begun); len(out) > 0 {
			d.wrong("tier %s: requests were refused before the loss, from %s", t.Name, out[0].From.Format(time.TimeOnly))
		}
		if got := d.Place.Keep(t.Name); got > keep {
			d.wrong("tier %s: clients may keep the answer that leads to it for %s, want at most %s (%s)",
				t.Name, got, keep, timings.R53TTL)
		}
	}
}

func (d *Drill) strike(ctx context.Context, one Line) error {
	line, err := say(one.Line, d.words)
	if err != nil {
		return fmt.Errorf("scenario %s: %w", d.Scenario.Name, err)
	}
	d.report.Moments = append(d.report.Moments, Moment{d.Place.Now().Add(one.After), line})
	return d.Place.Break(ctx, one.After, line)
}

// recover plans and runs.
func (d *Drill) recover(ctx context.Context) error {
	if d.Scenario.Plan == "" {
		return nil
	}
	from := d.Place.Now()
	defer func() { d.phase("recovering", from) }()
	r, err := d.ask(ctx, d.Scenario.Plan)
	for err == nil && !planner.Reached(r) && d.Place.Now().Sub(from) < d.Scenario.Wait {
		if err := d.Place.Wait(ctx, time.Minute); err != nil {
			return err
		}
		r, err = d.ask(ctx, d.Scenario.Plan)
	}
	var m made
	if err == nil {
		m, err = d.planned(r)
	}
	if err != nil {
		d.wrong("there is no plan: %v", err)
		return nil //nolint:nilerr // a system that cannot be recovered is what a drill finds out
	}
	return d.run(ctx, m)
}

// goal is what was found to be lost, with the moment before the loss to restore to.
func (d *Drill) goal() planner.Goal {
	g := planner.Goal{Active: d.Active}
	switch d.about.Kind {
	case diagnose.WriterLost:
		g.Store = d.about.Name
	case diagnose.ZoneLost:
		g.Zone = d.about.Name
	case diagnose.DependencyLost:
		g.Dependency = d.about.Name
	case diagnose.StoreCorrupt:
		g.Store = d.about.Name
		g.At = d.report.Lost.Add(-time.Second).Truncate(time.Second)
	}
	return g
}

// PhaseOf is when within a minute the loss of a seed comes, in steps of five seconds.
func PhaseOf(seed uint64) time.Duration {
	const spread = 0x9E3779B97F4A7C15 // so that neighbours are far from each other
	return time.Duration((seed*spread)>>32%12) * 5 * time.Second
}

func decision() Decision {
	p := timings.Prior(timings.PriorHumanDecision)
	return Decision{P50: plan.Duration(p.P50), P95: plan.Duration(p.P95), Source: "assumed: " + string(p.ID)}
}
