package drill

import (
	"fmt"
	"slices"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
)

// judge holds what the witness tells against the objectives.
func (d *Drill) judge() {
	losses := d.Place.Losses(d.report.Lost)
	d.report.Stores, d.report.Tiers = make([]Store, 0, len(d.System.Stores)), make([]Tier, 0, len(d.System.Tiers))
	for n, s := range d.System.Stores {
		tier, _ := d.System.Tier(s.Tier)
		one := Store{Name: s.Name, Kind: s.Kind, Tier: s.Tier, Rebuilt: s.RebuildFrom, Loss: losses[n],
			Objective: plan.Duration(tier.Objectives[d.Scenario.Disruption].RPO), Spans: d.Place.Spans(s.Name)}
		if why := unseen(d.Place, s.Name); why != "" && s.RebuildFrom == "" {
			d.report.Unseen = append(d.report.Unseen, fmt.Sprintf("store %s: %s", s.Name, why))
		} else {
			one.Missed = missedRPO(one)
		}
		if one.Missed != "" {
			d.missed("store %s: %s", s.Name, one.Missed)
		}
		d.fenced(one)
		d.report.Stores = append(d.report.Stores, one)
	}
	d.done()
	for _, t := range d.System.Tiers {
		d.report.Tiers = append(d.report.Tiers, d.tier(t))
	}
}

// done requires that no step of a role failed that the scenario wants done.
func (d *Drill) done() {
	for _, s := range d.report.Plan.Steps {
		if slices.Contains(d.Scenario.Done, s.Role) && s.Outcome == string(plan.Failed) {
			d.wrong("step %s failed: %s", s.ID, s.Why)
		}
	}
}

// fenced requires that a store with one writer never had two.
func (d *Drill) fenced(s Store) {
	var marks int64
	for _, span := range s.Spans {
		if span.TwoWriters && !span.To.Before(d.report.Lost) {
			marks += span.Marks
		}
	}
	if marks > 0 {
		d.wrong("store %s: one home acknowledged %d marks while the other took writes, too: two writers", s.Name, marks)
	}
}

// missedRPO says by what a store missed its objective. A cache that is rebuilt from another store promises nothing itself.
func missedRPO(s Store) string {
	objective := time.Duration(s.Objective)
	switch {
	case s.Rebuilt != "":
		return ""
	case !s.Loss.RPO.Known:
		return fmt.Sprintf("what was lost is unknown, want at most %s", s.Objective)
	case s.Loss.RPO.Value > objective+s.Loss.RPO.Margin:
		return fmt.Sprintf("%d marks of %s were lost, want at most %s", s.Loss.Lost, s.Loss.RPO, s.Objective)
	default:
		return ""
	}
}

func (d *Drill) tier(t system.Tier) Tier {
	want := t.Objectives[d.Scenario.Disruption]
	out := Tier{Name: t.Name, Critical: t.Critical, Strategy: string(t.Strategy), RTO: plan.Duration(want.RTO),
		RPO: plan.Duration(want.RPO), Outages: after(d.Place.Outages(t.Name), d.report.Lost)}
	out.Took = took(out.Outages, d.Place.Kind(), grain(d.Place))
	miss := func(format string, args ...any) {
		out.Missed = append(out.Missed, fmt.Sprintf(format, args...))
		d.missed("tier %s: %s", t.Name, out.Missed[len(out.Missed)-1])
	}
	switch {
	case !out.Took.Known:
		miss("requests are still refused, want recovered within %s", out.RTO)
		d.report.Failed = true
	case d.Scenario.Refused != nil && out.Took.Value > *d.Scenario.Refused+out.Took.Margin:
		miss("requests were refused for %s, want at most %s", out.Took, *d.Scenario.Refused)
		d.report.Failed = true
	case out.Took.Value > want.RTO+out.Took.Margin:
		miss("recovered after %s, want at most %s", out.Took, out.RTO)
	}
	out.Lost = witness.Figure{Kind: d.Place.Kind(), Known: true}
	for _, s := range d.report.Stores {
		if s.Tier != t.Name || s.Rebuilt != "" {
			continue
		}
		switch f := s.Loss.RPO; {
		case !f.Known:
			out.Lost = witness.Figure{}
		case out.Lost.Known && f.Value >= out.Lost.Value:
			out.Lost = f
		}
		if s.Missed != "" {
			out.Missed = append(out.Missed, s.Name+": "+s.Missed)
		}
	}
	return out
}

// after leaves out what ended before the loss.
func after(all []witness.Outage, lost time.Time) []witness.Outage {
	return slices.DeleteFunc(slices.Clone(all), func(o witness.Outage) bool { return !o.To.IsZero() && o.To.Before(lost) })
}

// took is from the first refused request to the first that is accepted and not refused again.
func took(all []witness.Outage, kind witness.Kind, margin time.Duration) witness.Figure {
	f := witness.Figure{Margin: margin, Kind: kind, Known: true}
	if n := len(all); n > 0 {
		f.Known = !all[n-1].To.IsZero()
		f.Value = all[n-1].To.Sub(all[0].From)
	}
	if !f.Known {
		return witness.Figure{}
	}
	return f
}

// steps tells each step as it was done, with those marked that decided when the system was recovered.
func steps(p plan.Plan, of *execute.Compiled, records []journal.Record) []Step {
	out := make([]Step, 0, len(p.Steps))
	for _, s := range p.Steps {
		out = append(out, Step{ID: s.ID, Title: s.Title, Role: s.Role, Subject: s.Subject, Needs: s.Needs,
			OnFailure: s.OnFailure})
	}
	for _, r := range records {
		n, is := of.Place(r.Step)
		switch {
		case !is:
		case r.Kind == journal.Began && out[n].Began.IsZero():
			out[n].Began = r.At
		case r.Kind == journal.Ended:
			out[n].Ended, out[n].Outcome, out[n].Why = r.At, r.Result, r.Why
		}
	}
	mark(p, of, out)
	return out
}

// mark goes back from the step that proves, or the last that ended, to what each waited for longest.
func mark(p plan.Plan, of *execute.Compiled, out []Step) {
	last := -1
	for n, s := range out {
		if s.Ended.IsZero() {
			continue
		}
		proves := s.Role == plan.Prove
		if last < 0 || proves && out[last].Role != plan.Prove || proves == (out[last].Role == plan.Prove) &&
			s.Ended.After(out[last].Ended) {
			last = n
		}
	}
	for last >= 0 {
		out[last].Critical = true
		next := -1
		for _, need := range p.Steps[last].Needs {
			if n, _ := of.Place(need); next < 0 || out[n].Ended.After(out[next].Ended) {
				next = n
			}
		}
		last = next
	}
}

func (p *Plan) aside(gate, why string) {
	if p.Aside == nil {
		p.Aside = map[string]string{}
	}
	p.Aside[gate] = why
}
