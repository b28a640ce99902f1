package assess

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"redoubt/recovery/drill"
	"redoubt/system"
)

// Rate is how often something is lost in a year, with the bounds of what the record allows: 95 of 100.
type Rate struct {
	Disruption         system.Disruption
	PerYear, Low, High float64
	GroundedOn         string
}

// rates count the recorded incidents: how many hit a zone, and how many a region, in the years and the regions that the record
// covers. The record has what was large enough to be written about; that its rate holds for any one region, and that data
// is damaged and services outside fail as often as stated, is assumed.
func rates(record []drill.Scenario) []Rate {
	count, regions, first, last := map[system.Disruption]int{}, map[string]bool{}, "", ""
	days := map[string]bool{}
	for _, one := range record {
		if day := string(one.Disruption) + one.Date; !days[day] { // the parts of one event are one loss
			days[day] = true
			count[one.Disruption]++
		}
		regions[one.Region] = true
		if first == "" || one.Date < first {
			first = one.Date
		}
		last = max(last, one.Date)
	}
	years := span(first, last) * len(regions)
	from := func(what string, n int) string {
		return fmt.Sprintf("%d recorded losses of %s in %d years of regions (docs/incidents.md)", n, what, years)
	}
	return []Rate{
		poisson(system.ZoneLoss, count[system.ZoneLoss], years, from("a zone", count[system.ZoneLoss])),
		poisson(system.RegionLoss, count[system.RegionLoss], years, from("service of a region", count[system.RegionLoss])),
		poisson(system.DataLoss, 1, 5, "assumed: a store is damaged once in 5 years"),
		poisson(system.DependencyLoss, 4, 1, "assumed: a service outside is lost four times a year"),
	}
}

// span is the number of years from the first date to the last, both of them counted.
func span(first, last string) int {
	year := func(date string) int {
		n, _ := strconv.Atoi(date[:min(4, len(date))]) // dates of the record begin with their year: a test reads them all
		return n
	}
	return year(last) - year(first) + 1
}

// poisson is a rate with bounds of 95 of 100: Wilson and Hilferty's approximation of the chi-square distribution, by which the
// exact ones are given (https://doi.org/10.1093/biomet/28.3-4.437).
func poisson(d system.Disruption, count, years int, from string) Rate {
	const z = 1.959964
	k, n := float64(count), float64(count+1)
	r := Rate{Disruption: d, PerYear: k / float64(years), GroundedOn: from}
	if count > 0 {
		r.Low = k * math.Pow(1-1/(9*k)-z/(3*math.Sqrt(k)), 3) / float64(years)
	}
	r.High = n * math.Pow(1-1/(9*n)+z/(3*math.Sqrt(n)), 3) / float64(years)
	return r
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
	// Allowed are the minutes that AWS's own agreements allow the services that the tier stands on in one region. They are no
	// forecast, and no part of one: an agreement pays, it does not keep.
	Allowed float64 `json:"allowedByAgreements"`
}

// Part is what one disruption takes of a year.
type Part struct {
	Disruption system.Disruption `json:"disruption"`
	Minutes    float64           `json:"minutesAYear"`
	// PerYear is how often it is lost, and GroundedOn what that is taken from.
	PerYear    float64 `json:"perYear"`
	GroundedOn string  `json:"groundedOn"`
}

// availability multiplies how often something is lost with how long the recoveries took on average, the decision of a person
// among it where one decides: what users meet.
func availability(s *system.System, all []Disruption, rates []Rate) []Availability {
	var out []Availability
	for n, t := range s.Tiers {
		a := Availability{Tier: t.Name, Allowed: allowed(s, t)}
		for _, d := range all {
			took := time.Duration(d.Tiers[n].Mean).Minutes()
			for _, r := range rates {
				if r.Disruption != d.Name {
					continue
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
