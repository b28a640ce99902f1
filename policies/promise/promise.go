// Package promise is what the rules about promises share: the forecast of the
// system (assess), and when its figures say that an objective is missed.
package promise

import (
	"fmt"
	"math"
	"time"

	"redoubt/assess"
	"redoubt/policies/rule"
	"redoubt/system"
)

const (
	recoveries = "recoveries"
	seed       = "seed"
)

// Options are those of every rule about promises. Rules with the same ones share one forecast.
var Options = []rule.Option{
	{Name: recoveries, Kind: rule.Integer, Default: 200, Min: 20, Max: 10000,
		Describes: "How many recoveries are simulated for each disruption."},
	{Name: seed, Kind: rule.Integer, Default: 1, Min: 1, Max: 1 << 31,
		Describes: "The seed of all of them: the same seed gives the same verdict."},
}

// of is what the options of a rule ask of a forecast.
func of(c rule.Config) assess.Options {
	return assess.Options{Recoveries: c.Int(recoveries), Seed: uint64(c.Int(seed))}
}

// Stack is a rule that looks at a forecast.
func Stack(judge func(*rule.Graph, assess.Report) []rule.Finding) *rule.StackRule {
	return &rule.StackRule{Forecasts: of, Check: func(g *rule.Graph, c rule.Config) []rule.Finding {
		g.About("the promises of %s", g.System.Name)
		if g.Forecast == nil {
			return []rule.Finding{g.NotJudged("nobody forecasts here")}
		}
		report, err := g.Forecast(of(c))
		if err != nil {
			return []rule.Finding{g.NotJudged("no forecast: %v", err)}
		}
		return judge(g, report)
	}}
}

// Each lets judge look at the forecast of every tier that anything is known of.
func Each(g *rule.Graph, r assess.Report, judge func(assess.Disruption, assess.Forecast) []rule.Finding,
) []rule.Finding {
	var out []rule.Finding
	for _, d := range r.Disruptions {
		for _, f := range d.Tiers {
			g.About("tier %q", f.Tier)
			if f.Of == 0 {
				out = append(out, g.NotJudged("%s: no simulated recovery tells anything", Of(d.Name)))
				continue
			}
			out = append(out, judge(d, f)...)
		}
	}
	return out
}

// enough is the share of recoveries in which an objective has to hold, as assess has it.
const enough = 0.95

// Missed reports whether an objective that held in a share of so many simulated
// recoveries holds in fewer than nineteen of twenty beyond doubt: the upper end of
// Wilson's interval of 95 of 100 lies below (https://doi.org/10.1080/01621459.1927.10502953). So chance refuses nothing
// that only just holds.
func Missed(share float64, of int) bool {
	const z = 1.959964
	n := float64(of)
	middle := share + z*z/(2*n)
	spread := z * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return (middle+spread)/(1+z*z/n) < enough
}

// Never is what a recovery counts as that did not come, as assess has it.
const Never = 365 * 24 * time.Hour

// Longest says which step takes the time.
func Longest(d assess.Disruption) string {
	if len(d.Steps) == 0 {
		return ""
	}
	return fmt.Sprintf("; what takes the time is %s, the longest step in %s of them", d.Steps[0].Name,
		Percent(d.Steps[0].Of))
}

// Of names a disruption as people say it.
func Of(d system.Disruption) string {
	switch d {
	case system.DataLoss:
		return "damaged data"
	case system.DependencyLoss:
		return "loss of a dependency"
	}
	return "loss of a " + string(d)
}

// Percent is a share as people read it.
func Percent(share float64) string { return fmt.Sprintf("%.1f %%", share*100) }
