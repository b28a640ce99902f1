package report

import (
	"fmt"
	"slices"

	"redoubt/recovery/drill"
)

// overview is many drills in a table.
type overview struct {
	Title, Summary, Kinds string
	State                 state
	Rows                  []overviewRow
}

type overviewRow struct {
	ID, Title, Scenario string
	State               state
	RTO, RPO            *worst
}

// worst is the result of the tier that came closest to its limit, or went furthest beyond it.
type worst struct {
	Tier   string
	Bullet bullet
}

func anchorOf(n int) string { return fmt.Sprintf("drill-%d", n+1) }

func overviewOf(all []drill.Report) *overview {
	o := &overview{}
	o.Summary, o.State = tally(all)
	var kinds, systems []string
	for n, r := range all {
		kinds, systems = append(kinds, string(r.Kind)), append(systems, r.System)
		row := overviewRow{ID: anchorOf(n), Title: r.Title, Scenario: r.Scenario, State: stateOf(r),
			RTO: rtoSide.worstOf(r.Tiers), RPO: rpoSide.worstOf(r.Tiers)}
		if row.Title == "" {
			row.Title = r.Scenario
		}
		o.Rows = append(o.Rows, row)
	}
	o.Kinds, o.Title = list(distinct(kinds)), "What drills found"
	if names := distinct(systems); len(names) > 0 {
		o.Title = "What drills found of " + list(names)
	}
	return o
}

func (s side) worstOf(tiers []drill.Tier) *worst {
	t, has := s.worst(tiers)
	if !has {
		return nil
	}
	return &worst{t.Name, s.bullet(t)}
}

// distinct are the words that are not empty, each once, in their order.
func distinct(words []string) []string {
	var out []string
	for _, w := range words {
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
