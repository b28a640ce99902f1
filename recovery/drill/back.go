package drill

import (
	"context"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// back is the way back: what was broken heals, the copies catch up, and a plan moves the work. It is a drill of its own.
func (d *Drill) back(ctx context.Context) (Report, error) {
	of := d.Scenario.Back
	for _, line := range of.Heals {
		if err := d.strike(ctx, Line{Line: line}); err != nil {
			return Report{}, err
		}
	}
	if err := d.Place.Wait(ctx, of.After); err != nil {
		return Report{}, err
	}
	s := d.Scenario
	s.Title, s.Finding, s.Plan, s.Faults, s.Hold, s.Back, s.Accepts = "The way back", "", of.Plan, nil, 0, Back{}, ""
	s.Refused, s.Done = nil, nil
	way := &Drill{Place: d.Place, Scenario: s, System: d.System, Inventory: d.Inventory, Active: d.report.Receiving,
		Seed: d.Seed, Plans: d.Plans, Alter: d.Alter, Backoff: d.Backoff, words: d.words, about: d.about,
		finding: diagnose.Finding{Kind: diagnose.Healthy, Why: "all is well again"}}
	d.way = way
	way.report, way.begun = way.blank(), d.Place.Now()
	way.report.Moments = d.report.Moments[len(d.Scenario.Faults):]
	d.report.Moments = d.report.Moments[:len(d.Scenario.Faults)]
	return way.Lose(ctx)
}

// Ran is a plan that was run, with its journal; without steps when none was.
type Ran struct {
	Plan    plan.Plan
	Records []journal.Record
}

// Ran is what was run, and what was run on the way back.
func (d *Drill) Ran() (there, back Ran) {
	if d.way != nil {
		back = d.way.ran
	}
	return d.ran, back
}
