package recovery

import (
	"context"
	"slices"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// lately is the journal of a run that is kept from its first act on, or from the first step that acts and failed, for which
// gates were decided and which others need: what was only looked at, or refused, leaves no run that somebody would go on with.
type lately struct {
	// acts is true when the step that is walked does more than look.
	acts bool
	open func(context.Context) (journal.Store, error)
	kept journal.Store
	// held are the records that are not kept yet.
	held []journal.Record
}

var _ journal.Store = (*lately)(nil)

// Append holds the record until a call is about to be made or a step that acts has failed, and then keeps all of them first.
func (l *lately) Append(ctx context.Context, r journal.Record) error {
	if l.kept != nil {
		return l.kept.Append(ctx, r)
	}
	l.held = append(l.held, r)
	failed := l.acts && r.Kind == journal.Ended && r.Result == string(plan.Failed)
	if r.Kind != journal.Intended && !failed {
		return nil
	}
	kept, err := l.open(ctx)
	if err != nil {
		return err
	}
	for _, one := range l.held {
		if err := kept.Append(ctx, one); err != nil {
			return err
		}
	}
	l.kept = kept
	return nil
}

// Load returns the records, kept or not.
func (l *lately) Load(ctx context.Context, run string) ([]journal.Record, error) {
	if l.kept != nil {
		return l.kept.Load(ctx, run)
	}
	return slices.Clone(l.held), nil
}
