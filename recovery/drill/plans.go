package drill

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// made is a plan, ready to be walked.
type made struct {
	plan     plan.Plan
	compiled *execute.Compiled
}

// Plans are plans that were made already: requests with one essence give equal plans, which are then compiled once for
// many drills. It serves one goroutine.
type Plans struct {
	of map[string]made
	shared
	// questions are by what they depend on, and so are abouts, as planner.About says it.
	questions map[string][]question
	abouts    map[about]string
	essences  *planner.Essences
	// hash is that of the inventory, empty before it was asked for.
	hash string
}

// question is a call that changes nothing, with the key of its answer.
type question struct {
	key  string
	call plan.Call
}

// about names what a request is about. Of one finding, which nobody changes, the evidence has one place.
type about struct {
	scenario      planner.Scenario
	goal          planner.Goal
	kind          diagnose.Kind
	home          system.Home
	name, why     string
	since         time.Time
	pro, contra   *diagnose.Observation
	pros, contras int
}

// about is what planner.About says of a request.
func (p *Plans) about(r *planner.Request) string {
	f := &r.Finding
	of := about{r.Scenario, r.Goal, f.Kind, f.Home, f.Name, f.Why, f.Since, unsafe.SliceData(f.For), unsafe.SliceData(f.Against),
		len(f.For), len(f.Against)}
	out, known := p.abouts[of]
	if !known {
		if len(p.abouts) == mostAbouts {
			clear(p.abouts)
		}
		out = planner.About(*r)
		p.abouts[of] = out
	}
	return out
}

// mostAbouts bounds what is kept.
const mostAbouts = 1 << 10

// NewPlans returns no plans yet.
func NewPlans() *Plans {
	return &Plans{map[string]made{}, newShared(), map[string][]question{}, map[about]string{}, planner.NewEssences(), ""}
}

// questionsOf are the questions of a request. They do not depend on the time at which it is made.
func (p *Plans) questionsOf(r planner.Request) ([]question, error) {
	about := p.about(&r)
	if known, has := p.questions[about]; has {
		return known, nil
	}
	calls, err := planner.Questions(r)
	if err != nil {
		return nil, err
	}
	out := make([]question, len(calls))
	for n, c := range calls {
		out[n] = question{planner.CallKey(c), once(p.calls, c)}
	}
	p.questions[about] = out
	return out, nil
}

// ask asks what the plan depends on.
func (d *Drill) ask(ctx context.Context, scenario planner.Scenario) (planner.Request, error) {
	r := planner.Request{Scenario: scenario, System: d.System, Inventory: d.Inventory, Finding: d.finding,
		Goal: d.goal(), Now: d.Place.Now(), Answers: map[string]plan.Document{}, Seen: d.Place.Seen()}
	questions, err := d.Plans.questionsOf(r)
	if err != nil {
		return r, err
	}
	for _, q := range questions {
		if r.Answers[q.key], err = d.Place.Port().Call(ctx, q.call); err != nil {
			return r, fmt.Errorf("%s: %w", q.call, err)
		}
	}
	return r, nil
}

// planned makes the plan, or takes the one that was made of the same.
func (d *Drill) planned(r planner.Request) (made, error) {
	if !planner.Reached(r) {
		return d.make(r)
	}
	key := d.Plans.essences.Of(r, d.Plans.about(&r))
	if m, known := d.Plans.of[key]; known {
		return m, nil
	}
	m, err := d.make(r)
	if err == nil {
		d.Plans.of[key] = m
	}
	return m, err
}

func (d *Drill) make(r planner.Request) (made, error) {
	if d.Plans.hash == "" {
		d.Plans.hash, _ = inventory.Hash(r.Inventory) // else the planner says what is wrong with it
	}
	r.Hash = d.Plans.hash
	p, err := planner.Make(r)
	if err == nil && d.Alter != nil {
		p, err = d.Alter(p)
	}
	if err != nil {
		return made{}, err
	}
	d.Plans.plan(p)
	compiled, err := execute.Compile(p)
	return made{p, compiled}, err
}
