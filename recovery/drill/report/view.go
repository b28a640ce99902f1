package report

import (
	"fmt"
	"time"

	"redoubt/recovery/drill"
	"redoubt/system"
	"redoubt/witness"
)

// view is a report in words and places on charts: what HTML and Markdown have in common.
type view struct {
	// ID begins the ids of the view's parts; Level is the level of its heading.
	ID    string
	Level int
	// Eyebrow stands above the title, Where below it. Zero is what time is counted from.
	Eyebrow, Title, Where, Zero string
	State                       state
	// Summary says in a sentence why; Wrong is what did not hold, Accepted why that is known, Unseen what is not judged.
	Summary  string
	Wrong    []string
	Accepted []string
	Unseen   []string
	Tiles    []tile
	Tiers    []tierRow
	Kind     string
	Decision *decision
	Facts    []fact
	Timeline *timeline
	Stores   []storeRow
	Marks    *marks
	Next     []drill.Next
	Failback *view
}

// tile is one of the figures that stand first.
type tile struct {
	Name, Value, Note string
	Bad               bool
}

type tierRow struct {
	Name, Strategy string
	Critical, Met  bool
	RTO, RPO       bullet
	Missed         []string
}

// decision is what a person takes, and what that makes of the slowest tier.
type decision struct {
	P50, P95, Source string
	// With is the sum, empty where nothing can be said.
	With string
}

type fact struct {
	Term string
	Text []string
	Code bool
}

var disruptions = map[system.Disruption]string{
	system.ZoneLoss: "loss of a zone", system.RegionLoss: "loss of the region",
	system.DataLoss: "damaged data", system.DependencyLoss: "a dependency that is gone",
}

func viewOf(r drill.Report, id string, level int) *view {
	v := &view{
		ID: id, Level: level, Title: r.Title, Kind: string(r.Kind),
		State: stateOf(r), Summary: summary(r), Wrong: wrong(r), Accepted: accepted(r), Unseen: r.Unseen,
		Tiles: tiles(r), Tiers: tierRows(r), Decision: decisionOf(r), Facts: facts(r), Timeline: timelineOf(r),
		Stores: storeRows(r), Marks: marksOf(r), Next: r.Next,
	}
	if v.Title == "" {
		v.Title = r.Scenario
	}
	v.Eyebrow, v.Zero = "Drill", "the fault"
	for _, part := range []string{disruptions[r.Disruption], string(r.Kind)} {
		if part != "" {
			v.Eyebrow += " · " + part
		}
	}
	v.Where = where(r)
	if r.Failback != nil {
		v.Failback = wayBack(r, id+"-back", level+1)
	}
	return v
}

// wayBack views the second half of a drill, which says only what differs from the first.
func wayBack(r drill.Report, id string, level int) *view {
	back := *r.Failback
	if back.Regions == nil {
		back.Regions = r.Regions
	}
	v := viewOf(back, id, level)
	v.Eyebrow, v.Zero = "The way back", "the beginning of the way back"
	if back.Kind != "" {
		v.Eyebrow += " · " + string(back.Kind)
	}
	return v
}

func where(r drill.Report) string {
	if r.Active == r.Receiving {
		return fmt.Sprintf("System %s, which stayed in its %s", r.System, named(r, r.Active))
	}
	return fmt.Sprintf("System %s, from its %s to its %s", r.System, named(r, r.Active), named(r, r.Receiving))
}

// wrong are all reasons, those of the way back last.
func wrong(r drill.Report) []string {
	out := append([]string(nil), r.Wrong...)
	if r.Failback != nil {
		for _, w := range wrong(*r.Failback) {
			out = append(out, "on the way back: "+w)
		}
	}
	return out
}

func summary(r drill.Report) string {
	if w := wrong(r); len(w) > 0 {
		return plural(len(w), "expectation did", "expectations did") + " not hold."
	}
	t, has := rtoSide.worst(r.Tiers)
	if !has {
		return "Everything that the scenario expects held."
	}
	text := "All tiers met their objectives."
	if len(r.Tiers) == 1 {
		text = "Its tier met its objectives."
	}
	if t.Took.Known && t.Took.Value > 0 {
		text += fmt.Sprintf(" Closest to its limit came %s, back after %s of %s.",
			t.Name, span(t.Took.Value), span(time.Duration(t.RTO)))
	}
	return text
}

func tiles(r drill.Report) []tile {
	var out []tile
	for _, one := range []struct {
		name string
		side side
	}{{"Longest wait against its RTO", rtoSide}, {"Most lost against its RPO", rpoSide}} {
		if t, has := one.side.worst(r.Tiers); has {
			b := one.side.bullet(t)
			value := "unknown"
			if b.Known {
				value = span(one.side.found(t).Value)
			}
			out = append(out, tile{one.name, value, fmt.Sprintf("tier %s, objective %s", t.Name, b.Objective), b.Missed})
		}
	}
	if len(r.Stores) > 0 {
		out = append(out, markTile(r))
	}
	if d := r.Decision; d.P50 > 0 || d.P95 > 0 {
		note := fmt.Sprintf("p50, with %s as p95. In no figure here", span(time.Duration(d.P95)))
		out = append(out, tile{"A person's decision", span(time.Duration(d.P50)), note, false})
	}
	return out
}

func markTile(r drill.Report) tile {
	var all witness.Loss
	unknown := 0
	for _, s := range r.Stores {
		all.Acknowledged += s.Loss.Acknowledged
		all.Lost += s.Loss.Lost
		all.Duplicates += s.Loss.Duplicates
		if !s.Loss.Known {
			unknown++
		}
	}
	t := tile{Name: "Marks lost", Value: count(int64(all.Lost)), Note: fmt.Sprintf("of %s acknowledged; %s",
		count(int64(all.Acknowledged)), plural(all.Duplicates, "duplicate", "duplicates"))}
	if unknown > 0 {
		t.Note += "; unknown in " + plural(unknown, "store", "stores")
	}
	return t
}

func tierRows(r drill.Report) []tierRow {
	var out []tierRow
	for _, t := range r.Tiers {
		out = append(out, tierRow{
			Name: t.Name, Strategy: t.Strategy, Critical: t.Critical, Met: len(t.Missed) == 0,
			RTO: rtoSide.bullet(t), RPO: rpoSide.bullet(t), Missed: t.Missed,
		})
	}
	return out
}

func decisionOf(r drill.Report) *decision {
	p50, p95 := time.Duration(r.Decision.P50), time.Duration(r.Decision.P95)
	if p50 == 0 && p95 == 0 && r.Decision.Source == "" {
		return nil
	}
	d := &decision{P50: span(p50), P95: span(p95), Source: sentence(r.Decision.Source)}
	t, has := rtoSide.worst(r.Tiers)
	if has && t.Took.Known && t.Took.Value > 0 && p95 > 0 {
		d.With = fmt.Sprintf(
			"Where a person has to decide first, %s is back after %s (p50) or %s (p95). Its objective is %s%s.", t.Name,
			span(t.Took.Value+p50), span(t.Took.Value+p95), span(time.Duration(t.RTO)), broken(t, p50, p95))
	}
	return d
}

// broken says whether the objective holds when a person's time is added.
func broken(t drill.Tier, p50, p95 time.Duration) string {
	left := time.Duration(t.RTO) - t.Took.Value
	switch {
	case left < 0:
		return ""
	case p50 > left:
		return ", which half of all decisions would break"
	case p95 > left:
		return ", which one decision in twenty would break"
	}
	return ", which holds"
}

func facts(r drill.Report) []fact {
	var out []fact
	add := func(code bool, term string, text ...string) {
		if len(text) > 0 && text[0] != "" {
			out = append(out, fact{term, text, code})
		}
	}
	add(false, "Finding", r.Found)
	add(false, "Plan", r.Plan.Title)
	outcome := r.Plan.Outcome
	if r.Plan.Why != "" {
		outcome += ": " + r.Plan.Why
	}
	add(false, "Ended", outcome)
	add(false, "Gates set aside", asideOf(r.Plan)...)
	add(true, "Plan's hash", r.Plan.Hash)
	add(true, "Scenario", r.Scenario)
	add(true, "Seed", fmt.Sprint(r.Seed))
	if !r.Lost.IsZero() {
		add(true, "Counted from", r.Lost.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return out
}
