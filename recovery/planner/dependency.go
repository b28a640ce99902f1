package planner

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// dependencyOf is the outside service that the request is about.
func dependencyOf(r Request) (system.Dependency, error) {
	name := r.Goal.Dependency
	if name == "" && r.Finding.Kind == diagnose.DependencyLost {
		name = r.Finding.Name
	}
	if name == "" {
		return system.Dependency{}, fmt.Errorf("no dependency is named")
	}
	d, known := r.System.Dependency(name)
	if !known {
		return d, fmt.Errorf("the system has no dependency %q", name)
	}
	return d, nil
}

// dependencyLoss brings every agent that needs a service outside to the level
// at which it does without. Once the finding is that nothing is wrong, it brings them back.
func dependencyLoss(d *draft) error {
	dep, err := dependencyOf(d.Request)
	if err != nil {
		return err
	}
	for _, home := range system.Homes {
		d.home(home)
	}
	if len(d.errs) > 0 {
		return nil
	}
	d.active, d.because = d.Goal.Active, d.Finding.Why
	back := d.Finding.Kind == diagnose.Healthy
	d.title = "Do without " + dep.Name
	if back {
		d.title = "Use " + dep.Name + " again"
	}
	d.dependencyGate(dep, back)
	var needs, without []string
	for _, a := range d.System.Agents {
		switch level, has := levelWithout(a, dep.Name); {
		case !slices.Contains(a.Needs, dep.Name):
		case !has:
			without = append(without, a.Name)
		case back:
			needs = append(needs, d.giveAll(a, level)...)
		default:
			needs = append(needs, d.degrade(a, level, dep)...)
		}
	}
	if len(without) > 0 {
		d.because += fmt.Sprintf("; %s needs it and declares no level below %s, so nothing is done for it",
			strings.Join(without, ", "), system.Full)
	}
	if len(needs) == 0 {
		return fmt.Errorf("no agent that needs %s declares a level at which it does without", dep.Name)
	}
	d.probe(d.Goal.Active, needs)
	return nil
}

// levelWithout is the mildest level at which an agent does without a
// dependency: one that switches off what is named like it, else one that does not
// fall back to it, else the last one.
func levelWithout(a system.Agent, dependency string) (system.Degradation, bool) {
	var below []system.Degradation
	for _, level := range system.Levels[1:] {
		for _, d := range a.Degradation {
			if d.Level == level {
				below = append(below, d)
			}
		}
	}
	for _, fits := range []func(system.Degradation) bool{
		func(d system.Degradation) bool { return slices.Contains(d.Off, dependency) },
		func(d system.Degradation) bool { return d.Fallback != dependency },
	} {
		if n := slices.IndexFunc(below, fits); n >= 0 {
			return below[n], true
		}
	}
	if len(below) == 0 {
		return system.Degradation{}, false
	}
	return below[len(below)-1], true
}

// degrade brings an agent to a level in both homes: the one that serves, and
// the one that would serve next, because the service is lost to both.
func (d *draft) degrade(a system.Agent, level system.Degradation, dep system.Dependency) []string {
	gives := "gives up " + strings.Join(level.Off, ", ")
	if level.Fallback != "" {
		gives = strings.TrimPrefix(gives+" and falls back to "+level.Fallback, "gives up  and ")
	}
	return d.atLevel("degrade-"+a.Name, a, level.Level, system.Full, fmt.Sprintf(
		"It calls %s, which does not answer: every request would wait for it, and hold what others need. At level %s it %s.",
		dep.Name, level.Level, gives))
}

// giveAll brings an agent back to full.
func (d *draft) giveAll(a system.Agent, from system.Degradation) []string {
	return d.atLevel("restore-"+a.Name, a, system.Full, from.Level,
		"What it calls answers again; users miss what it gave up.")
}

// dependencyGate refuses to take features from users on nobody's word.
func (d *draft) dependencyGate(dep system.Dependency, back bool) {
	g := plan.Gate{
		ID: "finding", Title: dep.Name + " does not answer", Overridable: true,
		Why: "A degradation takes from users what they would have. On a wrong word that is a loss of our own making.",
	}
	switch f := d.Finding; {
	case back:
		return
	case f.Kind == "":
		g.Reason = "nobody has looked: no finding was given"
	case f.Kind != diagnose.DependencyLost || f.Name != dep.Name:
		g.Reason = fmt.Sprintf("the finding is %s %s, not that %s does not answer: %s", f.Kind, f.Name, dep.Name, f.Why)
	default:
		return
	}
	d.gate(g)
}
