package report

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/drill"
	"redoubt/system"
)

// storeRow is what became of a store's marks, in figures.
type storeRow struct {
	Name, Kind, Tier, Rebuilt              string
	Acknowledged, Lost, Duplicates, Astray string
	Unconfirmed, Found                     string
	LostSome, Known                        bool
	RPO                                    bullet
	Missed                                 string
	spans                                  []drill.Span
}

// marks is the chart of the stretches in which stores acknowledged marks.
type marks struct {
	Ticks []tick
	// Loss is where the fault began.
	Loss percent
	// Homes are those that appear, each with how it is drawn.
	Homes []homeKey
	Rows  []markRow
	// Left says before which moment everything is left out; empty where all is shown.
	Left string
	// AnyLost says whether the key has to tell how a loss is drawn.
	AnyLost bool
}

type homeKey struct{ Name, Class string }

type markRow struct {
	Store, Kind, Label, Lost string
	Bars                     []markBar
}

// markBar is a stretch in one home, or the lost part of one.
type markBar struct {
	bar
	Class string
	// Lane is how far below the middle it lies: each home has a lane, for both may take marks at once.
	Lane int
}

func storeRows(r drill.Report) []storeRow {
	var out []storeRow
	for _, s := range r.Stores {
		l := s.Loss
		row := storeRow{
			Name: s.Name, Kind: string(s.Kind), Tier: s.Tier, Rebuilt: s.Rebuilt, Known: l.Known,
			Acknowledged: number(l.Acknowledged, l.Known), Lost: number(l.Lost, l.Known), LostSome: l.Lost > 0,
			Duplicates: number(l.Duplicates, true), Astray: number(l.Reordered, true),
			Unconfirmed: number(l.Unconfirmed, l.Known), Found: number(l.Found, true),
			RPO: bulletOf(l.RPO, s.Objective, s.Missed != ""), Missed: s.Missed, spans: s.Spans,
		}
		out = append(out, row)
	}
	return out
}

func number(n int, known bool) string {
	if !known {
		return "unknown"
	}
	return count(int64(n))
}

func marksOf(r drill.Report) *marks {
	var lost, at []time.Time
	for _, s := range r.Stores {
		for _, span := range s.Spans {
			at = append(at, span.From, span.To)
			if span.Lost > 0 {
				lost = append(lost, span.From.Add(time.Duration(float64(span.To.Sub(span.From))*kept(span))))
			}
		}
	}
	if len(at) == 0 {
		return nil
	}
	a := axisOf(r.Lost, lost, at)
	m := &marks{Ticks: a.ticks(), Left: a.left(), Loss: a.at(a.zero)}
	homes := map[system.Home]bool{}
	for _, s := range r.Stores {
		m.Rows = append(m.Rows, markRowOf(s, a))
		for _, span := range s.Spans {
			homes[span.Home] = true
			m.AnyLost = m.AnyLost || span.Lost > 0
		}
	}
	for _, home := range []system.Home{system.Primary, system.Secondary} {
		if homes[home] {
			where := map[system.Home]string{system.Primary: ", above", system.Secondary: ", below"}[home]
			m.Homes = append(m.Homes, homeKey{named(r, home) + where, homeClass(home)})
		}
	}
	return m
}

func markRowOf(s drill.Store, a axis) markRow {
	row := markRow{Store: s.Name, Kind: string(s.Kind), Lost: number(s.Loss.Lost, s.Loss.Known)}
	var told []string
	for _, span := range s.Spans {
		b := a.bar(span.From, span.To)
		row.Bars = append(row.Bars, markBar{b, homeClass(span.Home), lane(span.Home)})
		text := fmt.Sprintf("%s in the %s home from %s to %s", plural(int(span.Marks), "mark", "marks"), span.Home,
			since(span.From.Sub(a.zero)), since(span.To.Sub(a.zero)))
		if span.Lost > 0 {
			row.Bars = append(row.Bars, markBar{a.lostPart(span), "lost", lane(span.Home)})
			text += fmt.Sprintf(", of which %s lost", plural(int(span.Lost), "is", "are"))
		}
		told = append(told, text)
	}
	if row.Label = strings.Join(told, "; "); row.Label == "" {
		row.Label = "no stretch is known"
	}
	return row
}

// lostPart is the newest part of a stretch: what had not reached the other home is what was written last.
func (a axis) lostPart(s drill.Span) bar {
	return a.bar(s.From.Add(time.Duration(float64(s.To.Sub(s.From))*kept(s))), s.To)
}

// kept is the part of a stretch that was found again.
func kept(s drill.Span) float64 {
	if s.Marks <= 0 || s.Lost >= s.Marks {
		return 0
	}
	return 1 - float64(s.Lost)/float64(s.Marks)
}

func homeClass(h system.Home) string {
	if h == system.Secondary {
		return "away"
	}
	return "home"
}

// lane puts the primary home above the middle and the secondary below.
func lane(h system.Home) int {
	if h == system.Secondary {
		return 1
	}
	return -9
}

// named says a home with its region, where that is known.
func named(r drill.Report, h system.Home) string {
	if region := r.Regions[h]; region != "" {
		return fmt.Sprintf("%s home (%s)", h, region)
	}
	return fmt.Sprintf("%s home", h)
}
