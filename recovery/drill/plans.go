package drill

import (
	"context"
	"fmt"
	"strings"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// made is a plan, ready to be walked.
type made struct {
	plan     plan.Plan
	hash     string
	compiled *execute.Compiled
}

// Plans are plans that were made already: equal requests give equal plans, which are then compiled once for many drills. It
// serves one goroutine.
type Plans struct{ of map[string]made }

// NewPlans returns no plans yet.
func NewPlans() *Plans { return &Plans{map[string]made{}} }

// planned makes the plan, having asked what it must.
func (d *Drill) planned(ctx context.Context, scenario planner.Scenario) (made, error) {
	r := planner.Request{Scenario: scenario, System: d.System, Inventory: d.Inventory, Finding: d.finding,
		Goal: d.goal(), Now: d.Place.Now(), Seen: d.Place.Seen()}
	questions, err := planner.Questions(r)
	if err != nil {
		return made{}, err
	}
	r.Answers = map[string]plan.Document{}
	var key strings.Builder
	_, _ = fmt.Fprintf(&key, "%s %d %v %s %s %s", scenario, r.Now.UnixNano(), r.Goal, r.Finding.Kind, r.Finding.Name, r.Finding.Why)
	for _, q := range questions {
		out, err := d.Place.Port().Call(ctx, q)
		if err != nil {
			return made{}, fmt.Errorf("%s: %w", q, err)
		}
		r.Answers[planner.CallKey(q)] = out
		_, _ = fmt.Fprintf(&key, " %v", out)
	}
	if d.Plans != nil {
		if m, known := d.Plans.of[key.String()]; known {
			return m, nil
		}
	}
	m, err := d.make(r)
	if err == nil && d.Plans != nil {
		d.Plans.of[key.String()] = m
	}
	return m, err
}

func (d *Drill) make(r planner.Request) (made, error) {
	p, err := planner.Make(r)
	if err == nil && d.Alter != nil {
		p, err = d.Alter(p)
	}
	if err != nil {
		return made{}, err
	}
	out := made{plan: p}
	if out.hash, err = p.Hash(); err != nil {
		return out, err
	}
	out.compiled, err = execute.Compile(p)
	return out, err
}
