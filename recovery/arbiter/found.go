package arbiter

import (
	"context"
	"fmt"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// Found is what the observers' looks at a home lead to, by the rules of the judge: a home is lost when a quorum has seen
// nothing of it for the quiet period, on lines that do not flap. It moves no word.
func (r Rules) Found(now time.Time, home system.Home, seen [][]diagnose.Observation) diagnose.Finding {
	return diagnose.Find(now, about(seen, home), r.evidence())
}

// Looks reads what every observer has put into the table.
func (r Rules) Looks(ctx context.Context, t Table) ([][]diagnose.Observation, error) {
	var out [][]diagnose.Observation
	for _, name := range r.evidence().Observers {
		seen, err := t.Seen(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("the looks of observer %s: %w", name, err)
		}
		out = append(out, seen)
	}
	return out, nil
}
