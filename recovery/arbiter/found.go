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

// Keeps says why a home does not begin by itself to take the work that the word gives it, or nothing. Only a word of the
// judge is a reason to, and only as long as no other move may follow: what is older is a person's to decide.
func (w Word) Keeps(now time.Time, home system.Home, r Rules) string {
	age := now.Sub(w.At)
	switch {
	case w.Active != home:
		return fmt.Sprintf("the word names the %s home", w.Active)
	case !w.ByJudge():
		return "a person moved the word, or nobody has yet"
	case age > r.Settle:
		return fmt.Sprintf("the judge moved the word %s ago, more than %s: a person decides", age.Round(time.Second), r.Settle)
	case age < -r.Skew:
		return fmt.Sprintf("the word is of a time to come, in %s", (-age).Round(time.Second))
	}
	return ""
}
