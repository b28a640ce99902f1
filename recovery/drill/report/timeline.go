package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
)

// timeline is the chart of a drill's steps, with what users saw above them.
type timeline struct {
	Ticks  []tick
	Phases []phase
	Flags  []flag
	// Bounds are where phases begin, Faults where moments are.
	Bounds, Faults []percent
	Users          []userRow
	Steps          []stepRow
	Moments        []momentRow
	// Left says before which moment everything is left out; empty where all is shown.
	Left string
}

// phase is a stretch of the drill. Fit is the width in letters that its name needs.
type phase struct {
	Name, Gloss, From, Took string
	Bar                     bar
	Fit                     int
	Odd                     bool
}

// flag marks moments that lie too close for a flag each.
type flag struct {
	Label  string
	At     percent
	Anchor string
}

type momentRow struct{ Name, At, Line string }

// userRow is what users of a tier saw.
type userRow struct {
	Tier, Began, Took string
	Bars              []bar
	Label             string
}

// stepRow is a step as it was done. Class is how its bar is drawn.
type stepRow struct {
	Title, ID, Class, Note, Why, Began, Took, Label string
	Critical, Drawn                                 bool
	Bar                                             bar
}

// glosses say what is waited for in the phases that drills have.
var glosses = map[string]string{
	"steady":     "before the fault",
	"noticing":   "until the finding was certain",
	"decision":   "until somebody or a rule decided",
	"recovering": "while the plan ran",
	"clients":    "until the last client followed",
	"settling":   "until nothing moved any more",
}

func timelineOf(r drill.Report) *timeline {
	if len(r.Phases)+len(r.Plan.Steps)+len(r.Moments) == 0 {
		return nil
	}
	a := axisOf(r.Lost, times(r), quiet(r))
	t := &timeline{Ticks: a.ticks(), Left: a.left(), Users: users(r, a), Steps: stepRows(r, a)}
	for n, p := range r.Phases {
		b := a.bar(p.From, p.To)
		t.Phases = append(t.Phases, phase{
			Name: p.Name, Gloss: glosses[p.Name], From: since(p.From.Sub(a.zero)), Took: span(p.To.Sub(p.From)),
			Bar: b, Fit: len([]rune(p.Name)), Odd: n%2 == 1,
		})
		if n > 0 {
			t.Bounds = append(t.Bounds, b.X)
		}
	}
	moments := slices.SortedStableFunc(slices.Values(r.Moments),
		func(a, b drill.Moment) int { return a.At.Compare(b.At) })
	for n, m := range moments {
		t.Faults = append(t.Faults, a.at(m.At))
		t.Moments = append(t.Moments, momentRow{fmt.Sprintf("F%d", n+1), since(m.At.Sub(a.zero)), m.Line})
	}
	t.Flags = flags(t.Faults)
	return t
}

// times are all that must be seen on the timeline.
func times(r drill.Report) []time.Time {
	var out []time.Time
	for _, m := range r.Moments {
		out = append(out, m.At)
	}
	for _, s := range r.Plan.Steps {
		out = append(out, s.Began, s.Ended)
	}
	for _, t := range r.Tiers {
		for _, o := range t.Outages {
			out = append(out, o.From, o.To)
		}
	}
	return out
}

// quiet are the times of phases, the first of which may be cut.
func quiet(r drill.Report) []time.Time {
	var out []time.Time
	for _, p := range r.Phases {
		out = append(out, p.From, p.To)
	}
	return out
}

// flagWidth is the part of a chart that the longest flag takes on a telephone.
const flagWidth = 15

// flags join moments whose flags would touch.
func flags(at []percent) []flag {
	var out []flag
	first, end := 0, percent(-1)
	for n, x := range at {
		from := min(x, 100-flagWidth)
		if n > 0 && from < end {
			out[len(out)-1].Label = fmt.Sprintf("F%d–%d", first, n+1)
			continue
		}
		first, end = n+1, from+flagWidth
		f := flag{Label: fmt.Sprintf("F%d", n+1), At: x, Anchor: "start"}
		if x > 100-flagWidth {
			f.Anchor = "end"
		}
		out = append(out, f)
	}
	return out
}

func users(r drill.Report, a axis) []userRow {
	var out []userRow
	for _, t := range r.Tiers {
		row := userRow{Tier: t.Name, Began: "–", Took: "none", Label: "no request was refused"}
		var refused time.Duration
		for n, o := range t.Outages {
			to := o.To
			if to.IsZero() {
				to = a.to
			}
			refused += to.Sub(o.From)
			row.Bars = append(row.Bars, a.bar(o.From, to))
			row.Took = span(refused)
			if n == 0 {
				row.Began = since(o.From.Sub(a.zero))
				row.Label = "requests were refused from " + row.Began + " for " + row.Took
			} else {
				row.Label = fmt.Sprintf("requests were refused %d times, %s in all, first at %s", n+1, row.Took, row.Began)
			}
			if o.To.IsZero() {
				row.Took = "to the end"
			}
		}
		out = append(out, row)
	}
	return out
}

func stepRows(r drill.Report, a axis) []stepRow {
	steps := slices.Clone(r.Plan.Steps)
	slices.SortStableFunc(steps, func(a, b drill.Step) int {
		switch {
		case a.Began.IsZero() == b.Began.IsZero():
			return a.Began.Compare(b.Began)
		case a.Began.IsZero():
			return 1
		}
		return -1
	})
	var out []stepRow
	for _, s := range steps {
		out = append(out, stepOf(s, r, a))
	}
	return out
}

// recovered is how a run ends whose failed steps stopped nothing (execute.Recovered).
const recovered = "recovered"

func stepOf(s drill.Step, r drill.Report, a axis) stepRow {
	row := stepRow{Title: s.Title, ID: s.ID, Critical: s.Critical, Why: s.Why, Began: "–", Took: "–"}
	if row.Title == "" {
		row.Title = s.ID
	}
	if s.Began.IsZero() {
		row.Note, row.Label = "not begun", "not begun"
		return row
	}
	row.Drawn, row.Class, row.Began = true, "other", since(s.Began.Sub(a.zero))
	ended := s.Ended
	if ended.IsZero() {
		ended, row.Took, row.Note = a.to, "open", "not ended"
	} else {
		row.Took = span(ended.Sub(s.Began))
	}
	row.Bar = a.bar(s.Began, ended)
	if s.Critical {
		row.Class = "critical"
	}
	switch plan.Outcome(s.Outcome) {
	case plan.Failed:
		row.Class, row.Note = "failed", "failed"
		if s.OnFailure == plan.Continue || s.OnFailure == "" && r.Plan.Outcome == recovered {
			row.Class, row.Note = "harmless", "failed, stops nothing"
		}
	case plan.AlreadyDone:
		row.Note = "already done"
	}
	row.Label = fmt.Sprintf("from %s, took %s", row.Began, row.Took)
	for _, more := range []string{row.Note, map[bool]string{true: "on the critical path"}[s.Critical]} {
		if more != "" {
			row.Label += ", " + more
		}
	}
	return row
}

// asideOf lists the gates that were set aside, with the reason.
func asideOf(p drill.Plan) []string {
	var out []string
	for _, gate := range slices.Sorted(maps.Keys(p.Aside)) {
		out = append(out, gate+": "+p.Aside[gate])
	}
	return out
}
