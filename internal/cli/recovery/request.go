package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/serving"
	"redoubt/system"
)

func (o *planOptions) active() system.Home { return system.Home(o.Active) }

func (o *planOptions) at() (time.Time, error) {
	if o.At == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, o.At)
}

// request gathers all that a plan is made from. What the homes tell is read in
// their own regions; what is broken is observed unless it is given.
func (o *planOptions) request(ctx context.Context, t target.Target) (planner.Request, error) {
	r := planner.Request{Scenario: o.Scenario, System: t.Project().System}
	known, err := target.Know(ctx, t)
	if err != nil {
		return r, err
	}
	for _, home := range system.Homes {
		if why := known.Silent[home]; why != nil {
			o.Streams.Above("the %s home does not tell its inventory, its peer's copy is used: %v\n", home, why)
		}
	}
	r.Inventory = known.Inventory
	if r.Goal, err = o.goal(ctx, t, known); err != nil {
		return r, err
	}
	if r.Goal.Generation, err = serving.Generation(ctx, t.Port(r.Inventory), r); err != nil {
		return r, untold(t.Kind(), err)
	}
	if r.Finding, err = o.finding(ctx, t, r); err != nil {
		return r, err
	}
	if r.Goal.From, err = serving.From(ctx, t.Port(r.Inventory), r); err != nil {
		return r, exit.With(exit.Unexpected, err, "try again when the home answers")
	}
	r.Now = t.Clock().Now()
	r.Seen = planner.Seen{InventoryAt: known.At, MovedAt: target.Moved(ctx, t, known),
		OldWriters: serving.OldWriters(ctx, t.Port(r.Inventory), r)}
	r.Answers, err = answers(ctx, t, r)
	return r, err
}

func (o *planOptions) goal(ctx context.Context, t target.Target, known target.Known) (planner.Goal, error) {
	g := planner.Goal{Active: o.active(), Store: o.Store, Zone: o.Zone, Dependency: o.Dependency}
	var err error
	if g.At, err = o.at(); err != nil {
		return g, err
	}
	if g.Active == "" {
		if g.Active, err = target.Serving(ctx, t, known); err != nil {
			return g, err
		}
	}
	return g, o.subject(t.Project().System, known)
}

// subject requires that the store, the zone and the dependency are of the system.
func (o *planOptions) subject(s *system.System, known target.Known) error {
	var errs []error
	if _, has := s.Store(o.Store); o.Store != "" && !has {
		errs = append(errs, fmt.Errorf("--store is %q, which is no store of %s", o.Store, s.Name))
	}
	if _, has := s.Dependency(o.Dependency); o.Dependency != "" && !has {
		errs = append(errs, fmt.Errorf("--dependency is %q, which is no dependency of %s", o.Dependency, s.Name))
	}
	zone := o.Zone == ""
	for _, home := range known.Inventory.Homes {
		for _, z := range home.Zones {
			zone = zone || z == o.Zone
		}
	}
	if !zone {
		errs = append(errs, fmt.Errorf("--zone is %q, which is no zone of either home", o.Zone))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "system.yaml and the settings of the homes name them")
}

// finding is what is given, or what the observers see.
func (o *planOptions) finding(ctx context.Context, t target.Target, r planner.Request) (diagnose.Finding, error) {
	if o.Finding != "" {
		return o.given(r.Goal.Active, t.Clock().Now())
	}
	var seen []diagnose.Observation
	var err error
	arbiter := false
	if o.Observations != "" {
		seen, err = o.observed()
		arbiter = slices.ContainsFunc(seen, func(one diagnose.Observation) bool { return one.Observer == "arbiter" })
	} else {
		o.Streams.Redraw("looking at both homes")
		seen, err = t.Observe(ctx, r.Inventory, r.Goal.Active)
	}
	if err != nil {
		return diagnose.Finding{}, err
	}
	f := diagnose.Find(t.Clock().Now(), seen, diagnose.DefaultRules(arbiter))
	o.Streams.Above("found: %s: %s\n", f.Kind, f.Why)
	return f, nil
}

// untold says how the stacks learn of a restore that they do not know.
func untold(kind string, err error) error {
	var restored *serving.UntoldError
	switch {
	case !errors.As(err, &restored):
		return exit.With(exit.Unexpected, err, "try again when the home answers")
	case kind == "simulated":
		return exit.With(exit.Refused, err, "tell the stacks: redoubt sim adopt "+restored.Store)
	}
	return exit.With(exit.Refused, err, "tell the stacks first: docs/recovering.md")
}

// answers asks what the planner wants to know first.
func answers(ctx context.Context, t target.Target, r planner.Request) (map[string]plan.Document, error) {
	questions, err := planner.Questions(r)
	if err != nil {
		hint := "redoubt plan --help"
		if r.Scenario == planner.Restore {
			hint = "--at takes the last moment at which the data was surely good, such as 2026-03-01T12:00:00Z; redoubt status tells how far " +
				"the backups reach"
		}
		return nil, exit.With(exit.Usage, err, hint)
	}
	out, err := planner.Answers(ctx, t.Port(r.Inventory), questions)
	return out, exit.With(exit.Unexpected, err, "the plan needs these answers; try again when the home answers")
}
