package drive

import (
	"context"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/verify"
)

// verify looks at a restored store: at what AWS would tell of it, and at what it
// holds, which must be what the damaged one held at the time, and what was written: the damage may be older than
// the time that a person has named.
func (w World) verify(ctx context.Context, c plan.Call) (plan.Document, error) {
	told, err := verify.Port{Port: w}.Call(ctx, c)
	if err != nil || told["Passed"] != true {
		return told, err
	}
	what, err := verify.Of(c)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, what.At)
	if err != nil {
		return nil, &execute.ClassError{Class: execute.Invalid, Err: err}
	}
	if err := w.World.Shows(w.Regions[c.Home], what.Name, what.Source, at); err != nil {
		return verify.Failed("%s: %v", what.Name, err), nil
	}
	if err := w.World.Content(w.Regions[c.Home], what.Name); err != nil { // as the observers look
		return verify.Failed("%s holds what nobody wrote: %s is later than the damage; plan an earlier --at", what.Name, what.At), nil
	}
	return told, nil
}
