package plan

import (
	"slices"
	"time"

	"redoubt/timings"
)

// Way is a chain of steps, each of which waits for the one before.
type Way struct {
	// Steps are the ids in their order.
	Steps []string
	// Takes is the sum of the steps' budgets: predicted, never measured.
	Takes time.Duration
	// Unknown are the steps before its end whose budget is given in words only.
	// They count as nothing, so the way may be longer.
	Unknown []string
}

// Critical is the longest way, by budgets, to the step that proves the plan; to
// the one that moves traffic where nothing proves, and to any where nothing does.
func (p Plan) Critical() Way {
	longest := map[string]Way{}
	best := Way{}
	ends := p.ends()
	for _, s := range p.Steps { // each follows what it needs
		way := Way{}
		for _, need := range s.Needs {
			if before := longest[need]; before.Takes > way.Takes || way.Steps == nil {
				way = before
			}
		}
		takes, _ := Takes(s)
		way = Way{Steps: append(slices.Clone(way.Steps), s.ID), Takes: way.Takes + takes}
		longest[s.ID] = way
		if slices.Contains(ends, s.ID) && (way.Takes > best.Takes || best.Steps == nil) {
			best = way
		}
	}
	best.Unknown = p.unknown(ends)
	return best
}

// unknown are the steps up to the ends whose budget is given in words only.
func (p Plan) unknown(ends []string) []string {
	wanted := map[string]bool{}
	for _, id := range ends {
		wanted[id] = true
	}
	var out []string
	for _, s := range slices.Backward(p.Steps) {
		if !wanted[s.ID] {
			continue
		}
		for _, need := range s.Needs {
			wanted[need] = true
		}
		if _, known := Takes(s); !known {
			out = append(out, s.ID)
		}
	}
	slices.Reverse(out)
	return out
}

// Takes is what the step's budget calls typical, or the longest where no
// figure is called so. It is false when the budget is given in words only.
func Takes(s Step) (time.Duration, bool) {
	t, known := timings.Lookup(string(s.Budget))
	if !known {
		return 0, false
	}
	if d, has := t.Typical(); has {
		return d, true
	}
	return t.Max()
}

// ends are the steps after which users are served.
func (p Plan) ends() []string {
	for _, role := range []Role{Prove, Traffic} {
		var out []string
		for _, s := range p.Steps {
			if s.Role == role {
				out = append(out, s.ID)
			}
		}
		if out != nil {
			return out
		}
	}
	out := make([]string, len(p.Steps))
	for n, s := range p.Steps {
		out[n] = s.ID
	}
	return out
}
