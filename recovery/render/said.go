package render

import (
	"fmt"
	"strings"

	"redoubt/recovery/plan"
	"redoubt/timings"
)

// reason writes why the step is there, and after which others.
func reason(b *strings.Builder, s plan.Step) {
	fmt.Fprintf(b, "Step `%s`. %s See <%s>.\n", s.ID, s.Why, s.Source)
	if len(s.Needs) > 0 {
		fmt.Fprintf(b, "\nAfter: `%s`.\n", strings.Join(s.Needs, "`, `"))
	}
}

// patience says how long the step takes, when to give up, and what that means.
func patience(s plan.Step) string {
	return fmt.Sprintf("%s Give up after %s; a failure %s.", budget(s.Budget), s.Timeout, OnFailure(s.OnFailure))
}

// OnFailure says what a failure of a step means for its plan: "a failure" comes before.
func OnFailure(f plan.OnFailure) string {
	return map[plan.OnFailure]string{
		plan.Stop:     "stops the plan",
		plan.Continue: "stops nothing",
		plan.Report:   "stops nothing, and the run is not proven",
	}[f]
}

// budget says how long the step takes, and whose figure that is.
func budget(id timings.ID) string {
	t, ok := timings.Lookup(string(id))
	if !ok {
		return fmt.Sprintf("How long it takes is unknown (`%s`).", id)
	}
	source := fmt.Sprintf("(`%s`, %s: <%s>)", id, t.Kind, t.Source)
	if t.Kind == timings.Own {
		source = fmt.Sprintf("(`%s`, %s: `%s`)", id, t.Kind, t.Source)
	}
	d, ok := t.Typical()
	longest, has := t.Max()
	switch {
	case ok && has && longest != d:
		return fmt.Sprintf("Typically takes %s, up to %s %s.", d, longest, source)
	case ok:
		return fmt.Sprintf("Typically takes %s %s.", d, source)
	case has:
		return fmt.Sprintf("Takes up to %s %s.", longest, source)
	default:
		return fmt.Sprintf("How long it takes is given in words only %s.", source)
	}
}
