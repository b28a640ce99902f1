package readiness

import (
	"fmt"
	"strings"

	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness"
)

// drilled tells of the last drill of the loss of a region, beside what the plan's budgets predict now.
func (j *judge) drilled() {
	last, has := j.last()
	if !has {
		j.because(Late, "drill", "redoubt drill "+string(planner.RegionLoss), "the loss of a region was never drilled")
		return
	}
	d := Drill{Scenario: last.Scenario, Title: last.Title, At: last.At.UTC(), Age: figure(max(j.Now.Sub(last.At), 0), j.Input.Kind),
		Passed: last.Passed(), Kind: last.Kind, State: Good, Predicted: Figure{Kind: Predicted}}
	for _, m := range j.Moves {
		if m.Scenario == planner.RegionLoss {
			d.Predicted = m.Takes
		}
	}
	for _, t := range last.Tiers {
		d.Tiers = append(d.Tiers, Tier{Name: t.Name, Critical: t.Critical, Took: found(t.Took), Lost: found(t.Lost),
			RTO: Figure{true, secondsOf(t.RTO), Objective}, RPO: Figure{true, secondsOf(t.RPO), Objective}})
	}
	switch {
	case !d.Passed:
		d.State, d.Why = Bad, strings.Join(last.Wrong, "; ")
		j.because(Bad, "drill", "redoubt drill "+d.Scenario, fmt.Sprintf("the last drill %s failed: %s", d.Scenario, d.Why))
	case d.Age.Span() > Rehearsed:
		d.State, d.Why = Late, fmt.Sprintf("it is older than %s", age(Rehearsed))
		j.because(Late, "drill", "redoubt drill "+d.Scenario, fmt.Sprintf("the last drill of the loss of a region is %s old, want at most %s",
			age(d.Age.Span()), age(Rehearsed)))
	}
	j.Drill = &d
}

// unread tells of kept reports that nobody can read.
func (j *judge) unread() {
	for _, why := range j.Unread {
		j.because(Unknown, "drill", "drill it again, or remove the file", "a report of a drill cannot be read: "+why)
	}
}

// last is the youngest drill in which the work had to leave a region.
func (j *judge) last() (best Drilled, has bool) {
	for _, d := range j.Drills {
		if d.System == j.Input.System.Name && d.Disruption == system.RegionLoss && d.Receiving != d.Report.Active &&
			(!has || d.At.After(best.At)) {
			best, has = d, true
		}
	}
	return best, has
}

func found(f witness.Figure) Figure { return Figure{f.Known, f.Value.Seconds(), f.Kind} }
