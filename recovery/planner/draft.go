package planner

import (
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// draft is a plan that is being made.
type draft struct {
	Request
	title   string
	because string
	lost    system.Home
	active  system.Home
	gates   []plan.Gate
	steps   []plan.Step
	errs    []error
	// revived are the stores that come back from copies of their backups.
	revived []revived
}

// wrong notes what is missing or wrong; the rest is looked at all the same.
func (d *draft) wrong(format string, args ...any) {
	d.errs = append(d.errs, fmt.Errorf(format, args...))
}

// add adds a step and returns its id, for those that need it. A call that is
// not idempotent gets a token that is the same for every attempt of the run.
func (d *draft) add(s plan.Step) string {
	if s.OnFailure == "" {
		s.OnFailure = plan.Stop
	}
	d.steps = append(d.steps, s)
	return s.ID
}

func (d *draft) gate(g plan.Gate) {
	if g.Timeout == 0 {
		g.Timeout = plan.Duration(2 * time.Minute)
	}
	d.gates = append(d.gates, g)
}

// home is what the inventory knows of a home, or a fault of the request.
func (d *draft) home(h system.Home) inventory.Home {
	of, has := d.Inventory.Homes[h]
	if !has || inventory.Blank(of) {
		d.wrong("the inventory does not know the %s home", h)
	}
	return of
}

// stamp names what a run writes so that two runs never share it.
func (d *draft) stamp() string { return d.Now.UTC().Format("20060102t150405z") }

func (d *draft) plan() (plan.Plan, error) {
	hash, err := d.Hash, error(nil)
	if hash == "" {
		hash, err = inventory.Hash(d.Inventory)
	}
	if err != nil {
		return plan.Plan{}, err
	}
	p := plan.Plan{
		System: d.Inventory.System, Title: d.title, Scenario: string(d.Scenario), Because: d.because,
		Lost: d.lost, Active: d.active, Inventory: hash,
		Regions: d.Inventory.Regions(plan.Arbiter), Gates: d.gates, Steps: d.steps,
	}
	p.Endpoints = endpoints(d.Inventory)
	return plan.New(p)
}

// aws is a call of an AWS operation in a home.
func aws(home system.Home, service, operation string, in plan.Document) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: home, Service: service, Operation: operation, Input: in}
}

// is expects a value at a path.
func is(path string, value any) plan.Expect {
	return plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: value}
}

// atLeast expects a number at a path that is not smaller.
func atLeast(path string, value int) plan.Expect {
	return plan.Expect{Path: plan.Path(path), Op: plan.AtLeast, Value: value}
}

// holds is a condition.
func holds(call plan.Call, all ...plan.Expect) plan.Condition {
	return plan.Condition{Call: call, All: all}
}

// for minutes.
func minutes(n int) plan.Duration { return plan.Duration(time.Duration(n) * time.Minute) }
