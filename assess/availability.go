package assess

import (
	"math"

	"redoubt/system"
)

// Rate is how often something is lost in a year, with the bounds of what the record allows: 95 of 100.
type Rate struct {
	Disruption    system.Disruption
	PerYear       float64
	Low, High     float64
	GroundedOn    string
	WithADecision bool
}

// rates count the recorded incidents of facts/incidents-slas.yaml: what hit one region over the years that the record
// covers. The record has what was large enough to be written about, so the rates are those of large events; that they hold for
// any one region, and that data and dependencies fail as often as stated, is assumed.
var rates = []Rate{
	poisson(system.ZoneLoss, 6, 7*4, "6 losses of a zone of 4 large regions in 7 years (incidents-slas)", false),
	poisson(system.RegionLoss, 5, 7*4, "5 losses of a region's service in 4 large regions in 7 years (incidents-slas)", true),
	poisson(system.DataLoss, 1, 5, "one damaged store in 5 years (assumed)", true),
	poisson(system.DependencyLoss, 4, 1, "four losses of a service outside in a year (assumed)", false),
}

// poisson is a rate with its exact bounds, by Wilson and Hilferty's approximation of the chi-square distribution.
func poisson(d system.Disruption, count, years float64, from string, decided bool) Rate {
	const z = 1.959964
	low := 0.0
	if count > 0 {
		low = count * math.Pow(1-1/(9*count)-z/(3*math.Sqrt(count)), 3)
	}
	n := count + 1
	high := n * math.Pow(1-1/(9*n)+z/(3*math.Sqrt(n)), 3)
	return Rate{d, count / years, low / years, high / years, from, decided}
}

// Availability is what a tier can expect over a year.
type Availability struct {
	Tier string `json:"tier"`
	// Minutes are those of a year in which requests are refused, with the bounds that the rates allow.
	Minutes float64 `json:"minutesAYear"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	// Parts are the minutes of each disruption.
	Parts []Part `json:"parts"`
}

// Part is what one disruption takes of a year.
type Part struct {
	Disruption system.Disruption `json:"disruption"`
	Minutes    float64           `json:"minutesAYear"`
	// PerYear is how often it is lost, and GroundedOn what that is taken from.
	PerYear    float64 `json:"perYear"`
	GroundedOn string  `json:"groundedOn"`
}

// availability multiplies how often something is lost with how long the recoveries took, the decision of a person
// among it where one decides: what users meet.
func availability(s *system.System, all []Disruption) []Availability {
	var out []Availability
	for n, t := range s.Tiers {
		a := Availability{Tier: t.Name}
		for _, d := range all {
			for _, r := range rates {
				if r.Disruption != d.Name {
					continue
				}
				took := d.Tiers[n].Mean.Minutes()
				if r.WithADecision {
					took = d.Tiers[n].MeanDecided.Minutes()
				}
				a.Minutes += r.PerYear * took
				a.Low += r.Low * took
				a.High += r.High * took
				a.Parts = append(a.Parts, Part{d.Name, r.PerYear * took, r.PerYear, r.GroundedOn})
			}
		}
		out = append(out, a)
	}
	return out
}
