package assess

import (
	"time"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// sample is what one recovery came to.
type sample struct {
	seed uint64
	// tiers are in the order of the system's.
	tiers []tierSample
	// longest is the step that took the most time of those that decided when the system was recovered.
	longest string
	noticed time.Duration
	failed  bool
}

type tierSample struct {
	// touched is false where the tier had nothing to do with the loss.
	touched   bool
	recovered bool
	took      time.Duration
	lost      time.Duration
}

func sampleOf(r drill.Report) sample {
	out := sample{seed: r.Seed, longest: longest(r), failed: r.Plan.Outcome != "" && r.Plan.Outcome != "recovered"}
	for _, p := range r.Phases {
		if p.Name == "noticing" {
			out.noticed = p.To.Sub(p.From)
		}
	}
	for _, t := range r.Tiers {
		out.tiers = append(out.tiers, tierSample{touched: len(t.Outages) > 0 || t.Lost.Value > 0, recovered: t.Took.Known,
			took: t.Took.Value, lost: t.Lost.Value})
	}
	out.unrestored(r)
	return out
}

// unrestored is a damaged store that no plan brought back: its tier has neither recovered nor lost little.
func (s *sample) unrestored(r drill.Report) {
	if !s.failed || r.Disruption != system.DataLoss {
		return
	}
	for _, one := range r.Stores {
		for n, t := range r.Tiers {
			if one.Name == r.About && t.Name == one.Tier {
				s.tiers[n] = tierSample{touched: true, lost: never}
			}
		}
	}
}

// longest is the critical step that took longest from the moment in which what it needs was done. Where nobody acts, it is
// what the place does by itself.
func longest(r drill.Report) string {
	var name string
	var most time.Duration
	for _, s := range r.Plan.Steps {
		if took := s.Ended.Sub(s.Began); s.Critical && s.Role != plan.Prove && took > most {
			name, most = s.ID, took
		}
	}
	return name
}
