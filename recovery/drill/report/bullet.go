package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/witness"
)

// bullet is a result beside its objective, on a scale of its own.
type bullet struct {
	// Result, Objective and Kind are the words; Share is how much of the objective was used.
	Result, Objective, Kind, Share string
	Known, Missed                  bool
	// Bar is how long the result is drawn, Mark where the objective stands.
	Bar, Mark percent
}

// Label is the chart in words.
func (b bullet) Label() string {
	switch {
	case !b.Known:
		return fmt.Sprintf("unknown, the objective is %s", b.Objective)
	case b.Missed:
		return fmt.Sprintf("%s, more than the objective of %s", b.Result, b.Objective)
	}
	return fmt.Sprintf("%s, the objective is %s", b.Result, b.Objective)
}

// bulletOf draws a figure. It can only be missed where the drill missed something.
func bulletOf(f witness.Figure, objective plan.Duration, missed bool) bullet {
	limit := time.Duration(objective)
	b := bullet{
		Result: figure(f), Objective: span(limit), Kind: string(f.Kind), Known: f.Known,
		Missed: missed && (!f.Known || f.Value > limit+f.Margin),
	}
	top := max(float64(limit)*1.25, 1)
	if f.Known {
		top = max(top, float64(f.Value)*1.06)
		b.Bar = percent(100 * min(max(float64(f.Value)/top, 0), 1))
		b.Share = share(f.Value, limit)
	}
	b.Mark = percent(100 * min(max(float64(limit)/top, 0), 1))
	return b
}

func share(value, limit time.Duration) string {
	if limit <= 0 || value < 0 {
		return ""
	}
	part := 100 * float64(value) / float64(limit)
	switch {
	case part > 999:
		return fmt.Sprintf("%s times the objective", count(int64(math.Round(part/100))))
	case part > 0 && part < 1:
		return "under 1 % of the objective"
	case part > 100:
		return fmt.Sprintf("%d %% of the objective", int64(math.Ceil(part)))
	}
	return fmt.Sprintf("%d %% of the objective", int64(math.Floor(part)))
}

// side is one of a tier's two promises.
type side struct {
	found     func(drill.Tier) witness.Figure
	objective func(drill.Tier) plan.Duration
}

var (
	rtoSide = side{
		func(t drill.Tier) witness.Figure { return t.Took }, func(t drill.Tier) plan.Duration { return t.RTO }}
	rpoSide = side{
		func(t drill.Tier) witness.Figure { return t.Lost }, func(t drill.Tier) plan.Duration { return t.RPO }}
)

func (s side) bullet(t drill.Tier) bullet {
	return bulletOf(s.found(t), s.objective(t), len(t.Missed) > 0)
}

// worst is the tier that came closest to its limit or went furthest beyond it. What is unknown is worse than any
// figure; of equals the first.
func (s side) worst(tiers []drill.Tier) (drill.Tier, bool) {
	if len(tiers) == 0 {
		return drill.Tier{}, false
	}
	return slices.MaxFunc(tiers, func(a, b drill.Tier) int { return cmp.Compare(s.burden(a), s.burden(b)) }), true
}

func (s side) burden(t drill.Tier) float64 {
	f, limit := s.found(t), float64(s.objective(t))
	switch {
	case !f.Known:
		return math.Inf(1)
	case f.Value <= 0:
		return 0
	case limit <= 0:
		return math.MaxFloat64
	}
	return float64(f.Value) / limit
}
