package serving

import (
	"context"
	"fmt"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// UntoldError says that a store was restored and that the stacks do not know it: they come before another restore.
type UntoldError struct {
	Store      string
	Generation int
}

// Error says which restore it is.
func (e *UntoldError) Error() string {
	return fmt.Sprintf("store %s was restored as generation %d, and the stacks do not know it yet", e.Store, e.Generation)
}

// Generation is the first generation of the store that a restore is about under which nothing stands; zero for another
// scenario, and for a store that is restored in its place. What an aborted restore has made keeps its own. An
// UntoldError says that a restore has ended.
func Generation(ctx context.Context, port plan.Port, r planner.Request) (int, error) {
	if r.Scenario != planner.Restore {
		return 0, nil
	}
	of := r.Inventory.Homes[r.Goal.Active]
	for n := max(of.Stores[r.Goal.Store].Generation, 1) + 1; ; n++ {
		call, beside := planner.Beside(r, n)
		if !beside {
			return 0, nil
		}
		if there, err := finds(ctx, port, call); err != nil || !there {
			return n, err
		}
		used, err := ended(ctx, port, r, n)
		switch {
		case err != nil:
			return n, err
		case used:
			return n, &UntoldError{r.Goal.Store, n}
		}
	}
}

// From is the generation of the store that a restore is about from whose backups it is made: the youngest whose backups hold
// the point in time. Zero is that of now, also where none holds it. What an aborted restore has left was never used, and
// holds nothing that anybody wrote.
func From(ctx context.Context, port plan.Port, r planner.Request) (int, error) {
	if r.Scenario != planner.Restore || r.Goal.At.IsZero() {
		return 0, nil
	}
	now := planner.Known(r)
	for n := now; n >= 1 && now > 1; n-- {
		call, holds, has := planner.Reach(r, n)
		if !has {
			return 0, nil
		}
		there, err := port.Call(ctx, call)
		switch class := execute.ClassOf(err); {
		case class == execute.NotFound: // somebody has deleted it
			continue
		case err != nil:
			return 0, fmt.Errorf("%s: %w", call, err)
		case !holds(there):
			continue
		case n == now:
			return 0, nil
		case n == 1:
			return n, nil
		}
		if used, err := ended(ctx, port, r, n); err != nil || used {
			return n, err
		}
	}
	return 0, nil
}

// ended reports whether the restore that made a generation of the store has come to its end.
func ended(ctx context.Context, port plan.Port, r planner.Request, generation int) (bool, error) {
	return finds(ctx, port, plan.Call{Kind: plan.AWS, Home: r.Goal.Active, Service: "s3", Operation: "HeadObject",
		Input: plan.Document{"Bucket": r.Inventory.Homes[r.Goal.Active].Control.Bucket,
			"Key": planner.AdoptionKey(r.Goal.Store, generation)}})
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
	return false, fmt.Errorf("%s: %w", c, err)
}

// OldWriters are the agents that run beyond a standby's size where the system does not serve, for a planned move, as far as
// that home tells: a move into a home that answers nothing is refused by other gates.
func OldWriters(ctx context.Context, port plan.Port, r planner.Request) []string {
	if r.Scenario != planner.Failback && r.Scenario != planner.Switchover {
		return nil
	}
	told := map[string]plan.Document{}
	for agent, call := range planner.Writers(r.System, r.Inventory, r.Goal.Active) {
		if answer, err := port.Call(ctx, call); err == nil {
			told[agent] = answer
		}
	}
	return planner.OldWriters(r.Inventory, r.Goal.Active, told)
}
