package drill

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// leader is who decides in a drill.
const leader = "the drill's leader"

// Allow is what the drill's leader says when a gate asks.
func Allow(g plan.Gate) execute.Decided {
	return execute.Decided{Gate: g.ID, Allowed: true, By: leader}
}

// Led lets a runner walk a machine in real time, with the journal of the n-th plan of a drill in a folder. Who is asked allows.
func Led(ctx context.Context, r execute.Runner, core *execute.Core, folder string, n int) (execute.Finish, []journal.Record, error) {
	store, err := journal.NewFile(filepath.Join(folder, fmt.Sprintf("journal-%d", n)))
	if err != nil {
		return execute.Finish{}, nil, err
	}
	r.Store = store
	r.Decide = func(_ context.Context, g plan.Gate) execute.Decided { return Allow(g) }
	f, err := r.Run(ctx, core)
	if err != nil {
		return f, nil, errors.Join(err, store.Close())
	}
	records, err := store.Load(ctx, "drill")
	return f, records, errors.Join(err, store.Close())
}
