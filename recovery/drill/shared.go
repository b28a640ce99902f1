package drill

import (
	"encoding/json"

	"redoubt/recovery/plan"
)

// shared holds each call and each condition once: those of many plans that say the same are then the same in memory, by
// which a place may know them.
type shared struct {
	calls      map[string]plan.Call
	conditions map[string]plan.Condition
}

func newShared() shared {
	return shared{map[string]plan.Call{}, map[string]plan.Condition{}}
}

// plan lets a plan's calls and conditions be the shared ones. It changes nothing that the plan says.
func (s shared) plan(p plan.Plan) {
	for n := range p.Gates {
		if c := p.Gates[n].Condition; c != nil {
			*c = once(s.conditions, *c)
		}
	}
	for n := range p.Steps {
		step := &p.Steps[n]
		step.Call, step.Condition = once(s.calls, step.Call), once(s.conditions, step.Condition)
		if step.Undo != nil {
			*step.Undo = once(s.calls, *step.Undo)
		}
	}
}

// once is the first of those that say the same as this one.
func once[T any](all map[string]T, one T) T {
	raw, err := json.Marshal(one)
	if err != nil {
		return one
	}
	if known, has := all[string(raw)]; has {
		return known
	}
	all[string(raw)] = one
	return one
}
