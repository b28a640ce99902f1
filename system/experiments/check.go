package experiments

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"redoubt/system"
	"redoubt/system/experiments/actions"
)

// The bounds of every experiment.
const (
	// Longest is how long a fault may last. AWS allows twelve hours; a global table whose key is out of reach turns
	// into a table of one region after twenty, and nothing that is learned takes more than an hour.
	Longest = time.Hour
	// Shortest is what the actions of AWS take.
	Shortest = time.Minute
	// nameMax keeps the names on AWS within their limits.
	nameMax = 32
	// arnsMax is the provider's limit of a target.
	arnsMax = 5
)

var (
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	modeForm = regexp.MustCompile(`^(ALL|COUNT\([1-9]\d*\)|PERCENT\([1-9]\d?0?\))$`)
	cronForm = regexp.MustCompile(`^cron\(\S+( \S+){5}\)$`)
)

// Check says all that is wrong with an experiment: it needs a hypothesis, a bounded fault with its clean-up, an
// expectation that can fail, the mitigation without which it does, and actions that are in the catalogue.
func (e Experiment) Check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("experiment %s: "+format, append([]any{e.Name}, args...)...))
	}
	if !nameForm.MatchString(e.Name) || len(e.Name) > nameMax {
		bad("the name is not made of at most %d lower-case letters, digits and hyphens", nameMax)
	}
	for what, text := range map[string]string{"title": e.Title, "hypothesis": e.Hypothesis, "cleanup.aws": e.Cleanup.AWS,
		"mitigation.name": e.Mitigation.Name, "mitigation.words": e.Mitigation.Words} {
		if strings.TrimSpace(text) == "" {
			bad("%s is missing", what)
		}
	}
	if !slices.Contains(system.Disruptions, e.Disruption) {
		bad("disruption is %q, want one of %v", e.Disruption, system.Disruptions)
	}
	if e.About != "" && !slices.Contains(system.StoreKinds, e.About) {
		bad("about is %q, want one of %v", e.About, system.StoreKinds)
	}
	if d := e.Fault.Lasts; d < Shortest || d > Longest || d%time.Minute != 0 {
		bad("fault.lasts is %s, want whole minutes, %s to %s", d, Shortest, Longest)
	}
	if len(e.Fault.Lines) == 0 || len(e.Cleanup.Lines) == 0 {
		bad("fault.lines and cleanup.lines are both wanted: what is broken is made whole")
	}
	if e.Declared() == (e.Fault.None != "") {
		bad("want either actions of AWS Fault Injection Service, or in fault.none why there are none")
	}
	if e.Schedule != "" && (!e.Declared() || !cronForm.MatchString(e.Schedule)) {
		bad("schedule is %q, want cron(...) of an experiment that has actions", e.Schedule)
	}
	for _, err := range append(e.template(), e.objects()...) {
		bad("%w", err)
	}
	return errors.Join(errs...)
}

// template says what is wrong with what AWS is told.
func (e Experiment) template() []error {
	var errs []error
	types, used := map[string]string{}, map[string]bool{}
	for _, t := range e.Fault.Targets {
		types[t.Name] = t.Type
		errs = append(errs, t.check()...)
	}
	names := map[string]bool{}
	for _, u := range e.Fault.Actions {
		if u.Name == "" || names[u.Name] {
			errs = append(errs, fmt.Errorf("an action is called %q, want a name of its own", u.Name))
		}
		for _, before := range u.After {
			if !names[before] {
				errs = append(errs, fmt.Errorf("action %s comes after %q, which is not before it", u.Name, before))
			}
		}
		names[u.Name], used[u.Target] = true, true
		if _, has := types[u.Target]; u.Target != "" && !has {
			errs = append(errs, fmt.Errorf("action %s is aimed at target %q, which is not declared", u.Name, u.Target))
			continue
		}
		errs = append(errs, e.use(u, types[u.Target])...)
	}
	for name := range types {
		if !used[name] {
			errs = append(errs, fmt.Errorf("target %s is not used", name))
		}
	}
	return errs
}

// use holds one action against the catalogue. Its duration is that of the fault, so that the template is as bounded as
// the declaration.
func (e Experiment) use(u Use, target string) []error {
	var errs []error
	if err := (actions.Use{ID: u.Action, Parameters: u.Parameters, Target: target}).Check(); err != nil {
		return append(errs, fmt.Errorf("action %s: %w", u.Name, err))
	}
	a, err := actions.Lookup(u.Action)
	if err == nil && a.Ends != actions.AtOnce && u.Parameters[a.Ends] != "{lasts}" {
		errs = append(errs, fmt.Errorf("action %s: %s is %q, want {lasts}", u.Name, a.Ends, u.Parameters[a.Ends]))
	}
	return errs
}

func (t Target) check() []error {
	var errs []error
	if t.Name == "" || !modeForm.MatchString(t.Mode) {
		errs = append(errs, fmt.Errorf("target %q has the mode %q, want a name, and ALL, COUNT(n) or PERCENT(n)", t.Name, t.Mode))
	}
	if len(t.Arns) > arnsMax {
		errs = append(errs, fmt.Errorf("target %s names %d resources, want at most %d", t.Name, len(t.Arns), arnsMax))
	}
	if len(t.Arns) > 0 && len(t.Tags)+len(t.Filters) > 0 {
		errs = append(errs, fmt.Errorf("target %s names resources and picks them by tags or filters, want one of these", t.Name))
	}
	if len(t.Arns)+len(t.Tags) == 0 && t.Type != podType {
		errs = append(errs, fmt.Errorf("target %s picks everything of its type, want arns or tags", t.Name))
	}
	return errs
}

// podType is the one type that is picked by parameters alone.
const podType = "aws:eks:pod"
