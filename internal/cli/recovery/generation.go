package recovery

import (
	"context"
	"fmt"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// generation is the first one of the store that is to be restored under which nothing stands, zero for a store that is
// restored in its place. A restore that has ended and that the stacks do not know yet is refused: they come first.
func generation(ctx context.Context, t target.Target, r planner.Request) (int, error) {
	of, port := r.Inventory.Homes[r.Goal.Active], t.Port(r.Inventory)
	for n := max(of.Stores[r.Goal.Store].Generation, 1) + 1; ; n++ {
		call, beside := planner.Beside(r, n)
		if !beside {
			return 0, nil
		}
		if there, err := finds(ctx, port, call); err != nil || !there {
			return n, err
		}
		ended, err := finds(ctx, port, plan.Call{Kind: plan.AWS, Home: r.Goal.Active, Service: "s3", Operation: "HeadObject",
			Input: plan.Document{"Bucket": of.Control.Bucket, "Key": planner.AdoptionKey(r.Goal.Store, n)}})
		switch {
		case err != nil:
			return n, err
		case ended:
			return n, exit.Errorf(exit.Refused, learns(t.Kind(), r.Goal.Store),
				"store %s was restored as generation %d, and the stacks do not know it yet", r.Goal.Store, n)
		}
	}
}

// learns is how the stacks learn of a restore.
func learns(kind, store string) string {
	if kind == "simulated" {
		return "tell the stacks: redoubt sim adopt " + store
	}
	return "tell the stacks first: docs/recovering.md"
}

// finds makes a call that looks, and reports whether there was what it asks for.
func finds(ctx context.Context, port plan.Port, c plan.Call) (bool, error) {
	_, err := port.Call(ctx, c)
	switch execute.ClassOf(err) {
	case execute.OK:
		return true, nil
	case execute.NotFound:
		return false, nil
	}
	return false, exit.With(exit.Unexpected, fmt.Errorf("%s: %w", c, err), "try again when the home answers")
}
