package target

import (
	"context"
	"slices"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/serving"
	"redoubt/system"
)

// standing is the home whose act on the switch stands; empty when that cannot be told.
func standing(ctx context.Context, t Target, k Known) system.Home {
	return serving.Home(ctx, t.Port(k.Inventory), k.Inventory)
}

// Moved is when traffic last moved by an act that still stands; zero when none
// does. Routing controls do not say since when they are as they are: there the
// last run counts, if it moved traffic.
func Moved(ctx context.Context, t Target, k Known) time.Time {
	if serving.Routed(k.Inventory) {
		return movedByRun(ctx, t)
	}
	return serving.Moved(ctx, t.Port(k.Inventory), k.Inventory)
}

// movedByRun is when the last run acted to move traffic: when it meant to, or was through with it. Zero when
// it did not, or found traffic there already.
func movedByRun(ctx context.Context, t Target) time.Time {
	run, err := t.Last(ctx)
	if err != nil || run == "" {
		return time.Time{}
	}
	p, err := t.Plan(ctx, run)
	if err != nil {
		return time.Time{}
	}
	records, err := t.Records(ctx, run)
	if err != nil {
		return time.Time{}
	}
	var last time.Time
	for _, r := range records {
		moves := slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.ID == r.Step && s.Role == plan.Traffic })
		if moves && (r.Kind == journal.Intended || r.Kind == journal.Ended && !last.IsZero()) {
			last = r.At
		}
	}
	return last
}
