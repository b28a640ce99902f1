package assess

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/drill/record"
	"redoubt/recovery/plan"
	"redoubt/timings"
)

// Markdown is the forecast as a page.
func (r Report) Markdown() string {
	var b strings.Builder
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) }
	p("# What %s can expect\n\n", r.System)
	p("Predicted: %d recoveries were simulated for each disruption (seed %d).\n", r.Recoveries, r.Seed)
	for _, d := range r.Disruptions {
		p("\n## %s\n\n", d.Name)
		p("| tier | RTO p50 | p95 | p99 | objective | holds | RPO p50 | p95 | p99 | objective | holds | with a decision p50 | p95 | holds |\n")
		p("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
		for _, t := range d.Tiers {
			if t.Of == 0 {
				p("| %s |%s\n", t.Tier, strings.Repeat(" nothing is known |", 13))
				continue
			}
			p("| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", t.Tier,
				short(t.RTO.P50), short(t.RTO.P95), short(t.RTO.P99), short(t.WantRTO), percent(t.HoldsRTO),
				short(t.RPO.P50), short(t.RPO.P95), short(t.RPO.P99), short(t.WantRPO), percent(t.HoldsRPO),
				short(t.Decided.P50), short(t.Decided.P95), percent(t.HoldsDecided))
		}
		if len(d.Steps) > 0 {
			p("\nWhat takes the time: %s (longest in %s of the recoveries).\n", d.Steps[0].Name, percent(d.Steps[0].Of))
		}
		if d.Failed > 0 {
			p("\nNot recovered by the plan alone: %s.\n", percent(d.Failed))
		}
	}
	r.whatIfs(p)
	r.available(p)
	if len(r.Drilled) > 0 {
		p("\n## The last drills on record\n\n%s", record.Markdown(r.Drilled))
	}
	return b.String()
}

func (r Report) whatIfs(p func(string, ...any)) {
	if len(r.WhatIfs) == 0 {
		return
	}
	p("\n## What would help (%s)\n\n| change | tier | RTO p95 before | after | holds before | after |\n| --- | --- | --- | --- | --- | --- |\n",
		r.WhatIfs[0].Disruption)
	for _, w := range r.WhatIfs {
		for _, g := range w.Tiers {
			p("| %s | %s | %s | %s | %s | %s |\n", w.Change, g.Tier, short(g.Before), short(g.After), percent(g.HeldBefore), percent(g.HeldAfter))
		}
	}
}

func (r Report) available(p func(string, ...any)) {
	if len(r.Availability) == 0 {
		return
	}
	p("\n## Minutes a year in which requests are refused\n\n| tier | minutes | between |")
	for _, part := range r.Availability[0].Parts {
		p(" %s |", part.Disruption)
	}
	p(" AWS's agreements allow |\n| --- | --- | --- |%s --- |\n", strings.Repeat(" --- |", len(r.Availability[0].Parts)))
	for _, a := range r.Availability {
		p("| %s | %.0f | %.0f and %.0f |", a.Tier, a.Minutes, a.Low, a.High)
		for _, part := range a.Parts {
			p(" %.0f |", part.Minutes)
		}
		p(" %.0f |\n", a.Allowed)
	}
	p("\nThe decision of a person is in these minutes where one decides; what the agreements allow is no part of them. The rates:\n\n")
	for _, part := range r.Availability[0].Parts {
		p("- %s: %.2f a year: %s\n", part.Disruption, part.PerYear, part.GroundedOn)
	}
	p("\nThe agreements:\n\n")
	for _, a := range agreements() {
		p("- %s: %.3f %% (%s)\n", a.service, a.uptime*100, a.source)
	}
}

// Comment compares the forecasts of two versions of a system, for a pull request.
func Comment(before, after Report) string {
	var b strings.Builder
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) }
	p("### What this change does to recovery (predicted, %d recoveries for each disruption, seed %d)\n\n", after.Recoveries, after.Seed)
	p("| disruption | tier | RTO p95 | objective | holds | RPO p95 | objective | holds |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	changed := 0
	for _, d := range after.Disruptions {
		for _, t := range d.Tiers {
			old, known := before.of(d, t.Tier)
			if known && old == t {
				continue
			}
			changed++
			p("| %s | %s | %s | %s | %s | %s | %s | %s |\n", d.Name, t.Tier,
				arrow(known, short(old.RTO.P95), short(t.RTO.P95)), arrow(known, short(old.WantRTO), short(t.WantRTO)),
				arrow(known, percent(old.HoldsRTO), percent(t.HoldsRTO)), arrow(known, short(old.RPO.P95), short(t.RPO.P95)),
				arrow(known, short(old.WantRPO), short(t.WantRPO)), arrow(known, percent(old.HoldsRPO), percent(t.HoldsRPO)))
		}
	}
	if changed == 0 {
		return "### This change does nothing to recovery (predicted)\n"
	}
	for _, why := range after.Missed() {
		p("\n- **%s**", why)
	}
	p("\n")
	return b.String()
}

func (r Report) of(d Disruption, tier string) (Forecast, bool) {
	for _, other := range r.Disruptions {
		for _, t := range other.Tiers {
			if other.Name == d.Name && t.Tier == tier {
				return t, true
			}
		}
	}
	return Forecast{}, false
}

// Missed says which objectives are predicted to be missed in more than one of twenty recoveries, and the step that costs the time.
func (r Report) Missed() []string {
	var out []string
	for _, d := range r.Disruptions {
		step := ""
		if len(d.Steps) > 0 {
			step = "; what takes the time is " + d.Steps[0].Name
		}
		for _, t := range d.Tiers {
			if t.HoldsRTO < enough {
				out = append(out, fmt.Sprintf("tier %s, loss of a %s: the RTO of %s holds in %s of the recoveries (p95 is %s)%s",
					t.Tier, d.Name, short(t.WantRTO), percent(t.HoldsRTO), short(t.RTO.P95), step))
			}
			if t.HoldsRPO < enough {
				out = append(out, fmt.Sprintf("tier %s, loss of a %s: the RPO of %s holds in %s of the recoveries (p95 is %s)",
					t.Tier, d.Name, short(t.WantRPO), percent(t.HoldsRPO), short(t.RPO.P95)))
			}
		}
	}
	return out
}

func arrow(known bool, before, after string) string {
	if !known || before == after {
		return after
	}
	return before + " → " + after
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", share*100) }

// short writes a duration without parts that are zero.
func short(d plan.Duration) string {
	if time.Duration(d) >= never {
		return "never"
	}
	return timings.Short(time.Duration(d).Round(time.Second))
}
