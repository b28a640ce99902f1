package record

import (
	"cmp"
	"slices"
	"time"

	"redoubt/recovery/plan"
	"redoubt/watch"
	"redoubt/witness"
)

// Last is the last drill of a scenario, of one kind, of one system.
type Last struct {
	Entry
	// Age is how long ago it was.
	Age plan.Duration `json:"age"`
	// Stale says that it is older than watch.Quarter.
	Stale bool `json:"stale,omitempty"`
}

// LastOf are the last drills, one for each scenario, kind and system, in that order. Those of a sandbox stand beside those of
// the system that it stands for, under its own name. A drill that failed counts: it was done, and says so. At the zero time no
// age is told.
func LastOf(all []Entry, now time.Time) []Last {
	type key struct {
		scenario, system string
		kind             witness.Kind
	}
	last := map[key]Entry{}
	for _, e := range all {
		k := key{e.Scenario, e.System, e.Kind}
		if !e.At.Before(last[k].At) {
			last[k] = e
		}
	}
	var out []Last
	for _, e := range last {
		age := now.Sub(e.At)
		if now.IsZero() {
			age = 0
		}
		out = append(out, Last{e, plan.Duration(age), age > watch.Quarter})
	}
	slices.SortFunc(out, func(a, b Last) int {
		return cmp.Or(cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.System, b.System))
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
