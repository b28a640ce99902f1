package record

import (
	"cmp"
	"slices"
	"time"

	"redoubt/recovery/plan"
	"redoubt/witness"
)

// Quarter is how old the last drill of a scenario may be: one each quarter, with a month to spare (objective).
const Quarter = 120 * 24 * time.Hour

// Last is the last drill of a scenario, of one kind.
type Last struct {
	Entry
	// Age is how long ago it was.
	Age plan.Duration `json:"age"`
	// Stale says that it is older than Quarter.
	Stale bool `json:"stale,omitempty"`
}

// LastOf are the last drills of a system, one for each scenario and kind, ordered by scenario and then by kind. A drill that
// failed counts: it was done, and says so. At the zero time no age is told.
func LastOf(all []Entry, system string, now time.Time) []Last {
	type key struct {
		scenario string
		kind     witness.Kind
	}
	last := map[key]Entry{}
	for _, e := range all {
		k := key{e.Scenario, e.Kind}
		if e.System == system && !e.At.Before(last[k].At) {
			last[k] = e
		}
	}
	var out []Last
	for _, e := range last {
		age := now.Sub(e.At)
		if now.IsZero() {
			age = 0
		}
		out = append(out, Last{e, plan.Duration(age), age > Quarter})
	}
	slices.SortFunc(out, func(a, b Last) int {
		return cmp.Or(cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// Ratio is what was seen by what was predicted; ok is false where either is unknown or nothing was predicted. 1 means that
// the prediction was right, more that it took longer.
func (t Tier) Ratio() (ratio float64, ok bool) {
	if !t.Took.Known || !t.Predicted.Known || t.Predicted.Value <= 0 {
		return 0, false
	}
	return t.Took.Value.Seconds() / t.Predicted.Value.Seconds(), true
}
