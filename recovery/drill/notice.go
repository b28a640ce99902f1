package drill

import (
	"context"
	"fmt"
	"slices"

	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// notice lets the observers look until they have found what is broken.
func (d *Drill) notice(ctx context.Context) error {
	from := d.Place.Now()
	defer func() { d.phase("noticing", from) }()
	switch {
	case d.Scenario.Said != "":
		return d.told(ctx)
	case d.Scenario.Finding == "" && d.Scenario.Plan == "":
		d.report.Found = "nothing had to be found: nobody acted"
		return nil
	case d.Scenario.Finding == "":
		d.report.Found = "nobody looked: it was decided"
		return nil
	}
	looks := noLooks
	rules, times := diagnose.DefaultRules(false), pace(d.Place)
	if times.Quiet > 0 {
		rules.Quiet = times.Quiet
	}
	found := func() string { return fmt.Sprintf("%s: %s", d.finding.Kind, d.finding.Why) }
	for d.Place.Now().Sub(from) < noticeFor {
		looks = d.look(ctx, looks, rules)
		if d.finding = looks.finding; d.finding.Kind == d.Scenario.Finding {
			d.about, d.report.Found = d.finding, found()
			return nil
		}
		if err := d.Place.Wait(ctx, times.Look); err != nil {
			return err
		}
	}
	d.report.Found = found()
	d.wrong("after %s the observers found %s, want %s", noticeFor, d.report.Found, d.Scenario.Finding)
	return nil
}

// Looks are all that the observers have seen so far, and what it leads to. Nobody changes them.
type Looks struct {
	seen    []diagnose.Observation
	finding diagnose.Finding
}

// noLooks is what every drill begins with.
var noLooks = &Looks{}

// Remembering is a place that gives the looks after others from memory, where it is sure what they would be.
type Remembering interface {
	LookAgain(active system.Home, before *Looks, look func() *Looks) *Looks
}

// look is one more look.
func (d *Drill) look(ctx context.Context, before *Looks, rules diagnose.Rules) *Looks {
	look := func() *Looks {
		seen := append(slices.Clip(before.seen), d.Place.Observe(ctx, d.Active)...)
		return &Looks{seen, diagnose.Find(d.Place.Now(), seen, rules)}
	}
	if p, is := d.Place.(Remembering); is {
		return p.LookAgain(d.Active, before, look)
	}
	return look()
}

// told is a finding on a person's word.
func (d *Drill) told(ctx context.Context) error {
	if err := d.Place.Wait(ctx, d.Scenario.SaidAfter); err != nil {
		return err
	}
	store, _ := d.Scenario.store(d.System)
	d.finding = diagnose.Finding{Kind: d.Scenario.Said, Home: d.Active, Name: store.Name, Since: d.report.Lost,
		Why: fmt.Sprintf("%s says so: %s", leader, d.Scenario.Said)}
	d.about = d.finding
	d.report.Found = fmt.Sprintf("%s: %s", d.finding.Kind, d.finding.Why)
	return nil
}

// settle waits until requests of every tier are accepted again.
func (d *Drill) settle(ctx context.Context) error {
	from := d.Place.Now()
	defer func() { d.phase("settling", from) }()
	if err := d.Place.Wait(ctx, d.Scenario.Hold); err != nil {
		return err
	}
	for d.Place.Now().Sub(from) < settleFor && d.refused() {
		if err := d.Place.Wait(ctx, pace(d.Place).Settle); err != nil {
			return err
		}
	}
	return nil
}

// refused reports whether requests of a tier are refused now.
func (d *Drill) refused() bool {
	for _, t := range d.System.Tiers {
		out := d.Place.Outages(t.Name)
		if n := len(out); n > 0 && out[n-1].To.IsZero() {
			return true
		}
	}
	return false
}
