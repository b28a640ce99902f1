package recovery

import (
	"context"
	"errors"

	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// walkedAside walks the step, and once more when gates refused it and the person at the terminal sets all of these aside.
// What was answered before is not asked again.
func (o *stepOptions) walkedAside(ctx context.Context, t target.Target, w walk) (walkEnd, error) {
	for {
		end, err := o.walked(ctx, t, w)
		if err != nil || end.Outcome != execute.Refused || !o.setsAside(ctx, w, end) {
			return end, err
		}
	}
}

// setsAside asks about each gate that refused; false where one stays shut, or nobody can tell.
func (o *stepOptions) setsAside(ctx context.Context, w walk, end walkEnd) bool {
	w.Records = end.records
	shut := 0
	for n, st := range w.gates() {
		if !st.ended() || st.State == execute.Allowed || st.State == execute.Overridden {
			continue
		}
		if g := w.Plan.Gates[n]; !g.Overridable || g.Approval() || !o.setAside(ctx, g, st.Why) {
			return false
		}
		shut++
	}
	if shut == 0 {
		return false
	}
	err := errors.Join(o.name(), o.check(w.Plan))
	if err != nil {
		o.Streams.Above("%v\n", err)
	}
	return err == nil
}

// setAside asks whether a gate is set aside, why, and by whom: what --override and --by say. Nothing typed is no answer, so
// that a script goes no further than without the question.
func (o *stepOptions) setAside(ctx context.Context, g plan.Gate, why string) bool {
	o.Streams.Above("gate %s refuses: %s. %s\ntype yes to set it aside, anything else leaves it shut: ", g.ID, why, g.Why)
	if text, _ := o.typed(ctx); text != "yes" {
		return false
	}
	o.Streams.Above("type the reason: ")
	reason, _ := o.typed(ctx)
	if !o.named {
		o.Streams.Above("type your name: ")
		o.By, _ = o.typed(ctx)
		o.named = o.By != ""
	}
	o.Override = append(o.Override, g.ID+"="+reason)
	return true
}
