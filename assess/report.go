package assess

import (
	"cmp"
	"math"
	"slices"
	"time"

	"redoubt/recovery/drill/record"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// Report is a forecast. Every figure in it is predicted: simulated with durations that are drawn from what AWS and others
// have published, and from assumptions where nobody has (docs/simulator.md lists them).
type Report struct {
	System string `json:"system"`
	Seed   uint64 `json:"seed"`
	// Recoveries were simulated for each disruption.
	Recoveries   int            `json:"recoveries"`
	Disruptions  []Disruption   `json:"disruptions"`
	WhatIfs      []WhatIf       `json:"whatIfs,omitempty"`
	Availability []Availability `json:"availability,omitempty"`
	// Drilled are the last drills on record, for who asks how near such forecasts come.
	Drilled []record.Last `json:"drilled,omitempty"`
	// Plans are those that recover, for the rules that look at what they call.
	Plans []Planned `json:"-"`
}

// Disruption is what comes of one kind of loss.
type Disruption struct {
	Name  system.Disruption `json:"name"`
	Tiers []Forecast        `json:"tiers"`
	// Failed is the share of recoveries whose plan did not end recovered; of a damaged store they count as never.
	Failed float64 `json:"failed"`
	// Steps are the steps that took the longest, by the share of recoveries in which they did, the most frequent first.
	Steps []Share `json:"steps"`
}

// Share is in how many of all recoveries something was so: 0 to 1.
type Share struct {
	Name string  `json:"name"`
	Of   float64 `json:"of"`
}

// Spread are three percentiles.
type Spread struct {
	P50 plan.Duration `json:"p50"`
	P95 plan.Duration `json:"p95"`
	P99 plan.Duration `json:"p99"`
}

// Forecast is what a tier can expect.
type Forecast struct {
	Tier     string `json:"tier"`
	Critical bool   `json:"critical"`
	// Of is how many recoveries the figures stand on: of damaged data, those in which a store of the tier was damaged, or its
	// requests were refused. None of them means that nothing is known.
	Of int `json:"of"`
	// RTO and RPO are predicted. A recovery that did not come counts as the longest.
	RTO Spread `json:"rto"`
	RPO Spread `json:"rpo"`
	// WantRTO and WantRPO are the objectives.
	WantRTO plan.Duration `json:"wantRto"`
	WantRPO plan.Duration `json:"wantRpo"`
	// HoldsRTO and HoldsRPO are the shares of recoveries in which the objective holds, without the decision of a person.
	HoldsRTO float64 `json:"holdsRto"`
	HoldsRPO float64 `json:"holdsRpo"`
	// Decided is the predicted RTO with the time that a person takes to decide (assumed), where a person has to.
	Decided Spread `json:"decided"`
	// HoldsDecided is the share of recoveries in which the objective holds with it.
	HoldsDecided float64 `json:"holdsDecided"`
	// Mean is the mean RTO with the decision of a person. A recovery that did not come counts as a day, in which people find
	// another way (assumed).
	Mean plan.Duration `json:"mean"`
}

// enough is the share of recoveries in which an objective has to hold.
const enough = 0.95

// Holds reports whether both objectives hold in nineteen of twenty recoveries, without the decision of a person.
func (f Forecast) Holds() bool { return f.HoldsRTO >= enough && f.HoldsRPO >= enough }

// never is what a recovery counts as that did not come.
const never = 365 * 24 * time.Hour

// margin is how exact a figure of the witness is.
const margin = time.Second

func (b Base) forecast(d system.Disruption, samples []sample, decides *time.Duration) Disruption {
	out := Disruption{Name: d, Steps: steps(samples), Failed: share(samples, func(s sample) bool { return s.failed })}
	human := timings.Prior(timings.PriorHumanDecision)
	for n, t := range b.System.Tiers {
		var mine []sample
		for _, s := range samples {
			if d != system.DataLoss || s.tiers[n].touched { // each damages one store
				mine = append(mine, s)
			}
		}
		want := t.Objectives[d]
		rto := func(s sample) time.Duration {
			if !s.tiers[n].recovered {
				return never
			}
			return s.tiers[n].took
		}
		decided := func(s sample) time.Duration {
			if byItself(d, t, rto(s), s.noticed) {
				return rto(s)
			}
			if decides != nil {
				return rto(s) + *decides
			}
			return rto(s) + human.Quantile(uniform(s.seed))
		}
		rpo := func(s sample) time.Duration { return s.tiers[n].lost }
		out.Tiers = append(out.Tiers, Forecast{
			Tier: t.Name, Critical: t.Critical, Of: len(mine), WantRTO: plan.Duration(want.RTO), WantRPO: plan.Duration(want.RPO),
			RTO: spread(mine, rto), RPO: spread(mine, rpo), Decided: spread(mine, decided),
			HoldsRTO:     share(mine, func(s sample) bool { return rto(s) <= want.RTO+margin }),
			HoldsRPO:     share(mine, func(s sample) bool { return rpo(s) <= want.RPO+margin }),
			Mean:         mean(mine, decided),
			HoldsDecided: share(mine, func(s sample) bool { return decided(s) <= want.RTO+margin }),
		})
	}
	return out
}

// byItself reports whether nobody had to decide anything for a tier to be recovered: another home served it all the time, or
// it was back before anybody had noticed.
func byItself(d system.Disruption, t system.Tier, took, noticed time.Duration) bool {
	return d == system.RegionLoss && t.Strategy == system.ActiveActive || took <= noticed
}

// uniform is a number from 0 up to 1 that follows from a seed, for the person who decides in that recovery.
func uniform(seed uint64) float64 {
	x := seed * 0x9E3779B97F4A7C15
	x ^= x >> 31
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 29
	return float64(x>>11) / (1 << 53)
}

func spread(samples []sample, of func(sample) time.Duration) Spread {
	all := make([]time.Duration, len(samples))
	for n, s := range samples {
		all[n] = of(s)
	}
	slices.Sort(all)
	at := func(p float64) plan.Duration {
		if len(all) == 0 {
			return 0
		}
		return plan.Duration(all[min(int(math.Ceil(p*float64(len(all))))-1, len(all)-1)])
	}
	return Spread{at(0.5), at(0.95), at(0.99)}
}

// another is how long people take to find another way when a recovery does not come (assumed).
const another = 24 * time.Hour

func mean(samples []sample, of func(sample) time.Duration) plan.Duration {
	var sum float64
	for _, s := range samples {
		sum += min(of(s), another).Seconds()
	}
	if len(samples) == 0 {
		return 0
	}
	return plan.Duration(sum / float64(len(samples)) * float64(time.Second))
}

func share(samples []sample, is func(sample) bool) float64 {
	if len(samples) == 0 {
		return 1
	}
	n := 0
	for _, s := range samples {
		if is(s) {
			n++
		}
	}
	return float64(n) / float64(len(samples))
}

// steps are the steps that took longest, by how often.
func steps(samples []sample) []Share {
	count := map[string]int{}
	for _, s := range samples {
		if s.longest != "" {
			count[s.longest]++
		}
	}
	var out []Share
	for name, n := range count {
		out = append(out, Share{name, float64(n) / float64(len(samples))})
	}
	slices.SortFunc(out, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Of, a.Of), cmp.Compare(a.Name, b.Name)) })
	return out
}
