package drill

import (
	"context"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/verify"
)

func (d *Drill) run(ctx context.Context, m made) error {
	p := m.plan
	over := map[string]execute.Override{}
	for gate, why := range d.Scenario.Aside {
		over[gate] = execute.Override{By: leader, Reason: why}
	}
	core := m.compiled.New(execute.Options{Run: "drill", Generation: 1, Seed: d.Seed, Overrides: over,
		Poll: pace(d.Place).Poll, Backoff: d.Backoff, MaxBackoff: d.Backoff})
	f, records, err := d.Place.Run(ctx, core)
	if err != nil {
		return err
	}
	d.ran = Ran{p, records}
	d.restored(p, records)
	if p.Active != "" {
		d.report.Receiving = p.Active
	}
	d.report.Plan = Plan{Title: p.Title, Hash: m.compiled.Hash(), Outcome: string(f.Outcome), Why: f.Why, Steps: steps(p, m.compiled, records)}
	for _, g := range p.Gates {
		if why, set := d.Scenario.Aside[g.ID]; set {
			d.report.Plan.aside(g.ID, why)
		}
	}
	if f.Outcome != execute.Recovered {
		d.wrong("the plan ended %s: %s", f.Outcome, f.Why)
	}
	return nil
}

// restored tells the witness what a restored store goes on with. Nobody writes to it while it is made, so that the moment
// in which it was found good is as right as any.
func (d *Drill) restored(p plan.Plan, records []journal.Record) {
	for _, s := range p.Steps {
		if s.Role != plan.Verify {
			continue
		}
		what, err := verify.Of(s.Call)
		at, wrong := time.Parse(time.RFC3339, what.At)
		if err != nil || wrong != nil {
			continue
		}
		for _, r := range records {
			if r.Kind == journal.Ended && r.Step == s.ID && r.Result != string(plan.Failed) {
				d.Place.Restored(s.Subject.Store, r.At, at)
			}
		}
	}
}
