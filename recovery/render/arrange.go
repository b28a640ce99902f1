package render

import (
	"slices"

	"redoubt/recovery/plan"
)

// node is a part of an order: one step, or parts one after the other, or parts at once.
type node struct {
	step   string
	series []node
	beside []node
}

// arrange brings steps into an order that a state machine can hold: what has nothing to do with each other goes on
// at once, and within what hangs together the first go before the others. No step waits for less than
// it needs; where the order of a plan is no tree, some wait for more.
func arrange(steps []plan.Step) node {
	if len(steps) == 1 {
		return node{step: steps[0].ID}
	}
	if parts := apart(steps); len(parts) > 1 {
		var out node
		for _, part := range parts {
			out.beside = append(out.beside, arrange(part))
		}
		return out
	}
	var first, rest []plan.Step
	for _, s := range steps {
		if slices.ContainsFunc(steps, func(other plan.Step) bool { return slices.Contains(s.Needs, other.ID) }) {
			rest = append(rest, s)
		} else {
			first = append(first, s)
		}
	}
	out := node{series: []node{arrange(first)}}
	if after := arrange(rest); after.series != nil {
		out.series = append(out.series, after.series...)
	} else {
		out.series = append(out.series, after)
	}
	return out
}

// apart splits steps into groups of which none needs another, in the order of their first steps.
func apart(steps []plan.Step) [][]plan.Step {
	group := map[string]int{}
	for n, s := range steps {
		group[s.ID] = n
	}
	for changed := true; changed; {
		changed = false
		for _, s := range steps {
			for _, need := range s.Needs {
				of, among := group[need]
				if least := min(of, group[s.ID]); among && of != group[s.ID] {
					group[need], group[s.ID], changed = least, least, true
				}
			}
		}
	}
	var out [][]plan.Step
	for n := range steps {
		var part []plan.Step
		for _, s := range steps {
			if group[s.ID] == n {
				part = append(part, s)
			}
		}
		if part != nil {
			out = append(out, part)
		}
	}
	return out
}
