//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/recovery/drill"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness/run"
)

// Witness is the name of the witness of a drill.
const Witness = "drill"

// Kill says when and how a home is lost.
type Kill struct {
	// After is how long marks are written before.
	After time.Duration `json:"after"`
	// Cut are the stores whose copying ends before the loss, and how long before.
	Cut map[string]time.Duration `json:"cut,omitempty"`
	// Twice is how many messages of the queue are sent once more after the recovery.
	Twice int `json:"twice,omitempty"`
}

// Planned is the n-th kill. Each falls at another moment of the interval; by turns everything is copied, the copies of the
// database end before, those of the cache, of both, and messages come twice.
func Planned(n uint64) Kill {
	n %= kills
	k := Kill{After: 500*time.Millisecond + time.Duration(n)*7300*time.Microsecond, Cut: map[string]time.Duration{}}
	before := time.Duration(100+137*n%400) * time.Millisecond
	switch n % 5 {
	case 1:
		k.Cut[Tasks] = before
	case 2:
		k.Cut[Recall] = before
	case 3:
		k.Cut[Tasks], k.Cut[Recall] = before, before/2
	case 4:
		k.Twice = 3
	}
	return k
}

// kills is how many different ones are planned.
const kills = 1000

// Every are the intervals of the marks: what one Python process serves gets fewer.
var Every = map[string]time.Duration{Tasks: 40 * time.Millisecond, Recall: 40 * time.Millisecond,
	Sessions: 200 * time.Millisecond, Artifacts: 200 * time.Millisecond, Work: 200 * time.Millisecond}

// Stores are the stores in the order of the system.
var Stores = []string{Tasks, Recall, Sessions, Artifacts, Work}

// Result is one drill with the truth beside it.
type Result struct {
	Kill Kill `json:"kill"`
	// Found is what was found of the loss, after Noticed.
	Found   string        `json:"found"`
	Noticed time.Duration `json:"noticed"`
	// Outcome is how the plan ended, and how long planning and running took.
	Outcome string        `json:"outcome"`
	Ran     time.Duration `json:"ran"`
	// Stores hold the witness's word and the truth.
	Stores map[string]Compared `json:"stores"`
}

// Compared is what the witness says of a store beside what is true.
type Compared struct {
	Witness run.Verdict `json:"witness"`
	Truth   Truth       `json:"truth"`
}

// losing is the one thing that this machine can break: all of the home that serves.
const losing = "region-down {active}"

// Fits says why a scenario cannot be shown by real processes of one machine, or nothing.
func Fits(s drill.Scenario) error {
	fits := s.Plan == planner.RegionLoss && s.Finding != "" && s.Said == "" && len(s.Faults) == 1 && len(s.Before) == 0 &&
		s.Faults[0] == drill.Line{Line: losing}
	if fits {
		return nil
	}
	return fmt.Errorf("%s cannot be shown by the processes of one machine: they lose the home that serves, whole and at once", s.Name)
}

// hold is how long the home that has taken over is left to itself: for some marks.
const hold = 600 * time.Millisecond

// Drill is the drill of a scenario that fits, at this place.
func (p *Place) Drill(s drill.Scenario) (*drill.Drill, error) {
	if err := Fits(s); err != nil {
		return nil, err
	}
	s.Hold, s.Before = hold, p.cuts()
	return &drill.Drill{Place: p, Scenario: s, System: p.System, Inventory: p.Inventory, Active: system.Primary, Steady: p.kill.After,
		Backoff: 20 * time.Millisecond}, nil
}

// Drill starts two homes, writes marks, loses the primary, recovers by the plan that the planner makes of what was found,
// and compares the witness with the truth.
func (m *Machine) Drill(ctx context.Context, k Kill) (out Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	p, err := m.Place(ctx, k)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	s, err := regionLoss()
	if err != nil {
		return out, err
	}
	d, err := p.Drill(s)
	if err != nil {
		return out, err
	}
	r, err := d.Run(ctx)
	if err == nil && !r.Passed() {
		err = fmt.Errorf("the drill failed: %v", r.Wrong)
	}
	if err != nil {
		return out, err
	}
	out = Result{Kill: k, Found: r.Found, Outcome: r.Plan.Outcome, Stores: map[string]Compared{}}
	for _, phase := range r.Phases {
		switch took := phase.To.Sub(phase.From); phase.Name {
		case "noticing":
			out.Noticed = took
		case "recovering":
			out.Ran = took
		}
	}
	return out, p.compare(ctx, &out)
}

// regionLoss is the scenario of the loss of the home that serves.
func regionLoss() (drill.Scenario, error) {
	all, err := drill.Scenarios()
	for _, s := range all {
		if s.Name == string(planner.RegionLoss) {
			return s, nil
		}
	}
	return drill.Scenario{}, errors.Join(err, errors.New("there is no scenario region-loss"))
}

// compare sets the truth beside the witness's word.
func (p *Place) compare(ctx context.Context, out *Result) error {
	truth, err := p.truth(ctx, Witness, p.lost)
	for _, store := range Stores {
		out.Stores[store] = Compared{p.verdicts[store], truth[store]}
	}
	return err
}
