package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"redoubt/timings"
)

// New checks the plan, puts its steps into an order in which each follows
// what it needs, and brings its documents into the form that they have after
// being written and read. It names all that is wrong at once.
func New(p Plan) (Plan, error) {
	if err := p.check(); err != nil {
		return Plan{}, fmt.Errorf("plan %q: %w", p.Title, err)
	}
	steps, err := order(p.Steps)
	if err != nil {
		return Plan{}, fmt.Errorf("plan %q: %w", p.Title, err)
	}
	p.Steps = steps
	if p, err = p.written(); err != nil {
		return Plan{}, fmt.Errorf("plan %q: %w", p.Title, err)
	}
	return p, nil
}

func (p Plan) check() error {
	var errs []error
	for name, value := range map[string]string{"system": p.System, "title": p.Title, "inventory": p.Inventory} {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s is missing", name))
		}
	}
	if len(p.Steps) == 0 {
		errs = append(errs, errors.New("it has no steps"))
	}
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if seen[s.ID] {
			errs = append(errs, fmt.Errorf("step %s stands twice", s.ID))
		}
		seen[s.ID] = true
		for _, err := range s.check(p) {
			errs = append(errs, fmt.Errorf("step %s: %w", s.ID, err))
		}
	}
	return errors.Join(append(errs, p.checkGates()...)...)
}

var stepID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func (s Step) check(p Plan) []error {
	var errs []error
	if !stepID.MatchString(s.ID) {
		errs = append(errs, fmt.Errorf("id is %q, want lower-case words joined by hyphens", s.ID))
	}
	for _, f := range []struct{ name, value string }{
		{"title", s.Title}, {"why", s.Why}, {"source", s.Source},
	} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("%s is missing", f.name))
		}
	}
	if _, ok := timings.Lookup(string(s.Budget)); !ok {
		errs = append(errs, fmt.Errorf("budget is %q, which is no timing", s.Budget))
	}
	if s.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout is %s, want more than none", s.Timeout))
	}
	if s.OnFailure != Stop && s.OnFailure != Continue && s.OnFailure != Report {
		errs = append(errs, fmt.Errorf("onFailure is %q, want %s, %s or %s", s.OnFailure, Stop, Continue, Report))
	}
	if !slices.Contains(roles, s.Role) {
		errs = append(errs, fmt.Errorf("role is %q, want one of %v", s.Role, roles[1:]))
	}
	errs = append(errs, s.Call.check(p, "call", nil)...)
	errs = append(errs, s.Condition.Call.check(p, "condition", s.Condition.All)...)
	if s.Undo != nil {
		errs = append(errs, s.Undo.check(p, "undo", nil)...)
	}
	return append(errs, s.Condition.check()...)
}

func (c Call) check(p Plan, at string, expected []Expect) []error {
	var errs []error
	if !slices.Contains(callKinds, c.Kind) {
		errs = append(errs, fmt.Errorf("%s: kind is %q, want one of %v", at, c.Kind, callKinds))
	}
	if c.Service == "" || c.Operation == "" {
		errs = append(errs, fmt.Errorf("%s: service or operation is missing", at))
	}
	if !c.Home.Valid() && c.Home != Arbiter || p.Regions[c.Home] == "" {
		errs = append(errs, fmt.Errorf("%s: the region of home %q is missing", at, c.Home))
	}
	return append(errs, c.checkLate(p, at, expected)...)
}
