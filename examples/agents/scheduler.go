package agents

import (
	"context"
	"errors"
	"slices"
	"time"

	"redoubt/agentkit/ledger"
	"redoubt/agentkit/lock"
	"redoubt/system"
)

// scheduler sends work again that is overdue: what the queue "work" lost, the ledger still has. What "tool-jobs" lost, the
// workers that wait for it accept once more. The times are those of a demonstration: where work may take minutes, a
// scheduler waits for longer than that.
func scheduler(_ context.Context, a *agent) {
	const queue = "work"
	if !slices.ContainsFunc(a.declared.Stores, func(u system.Use) bool { return u.Store == queue && u.Write }) {
		a.fault("it sends to %q, which %s does not declare", queue, a.System)
	}
	r := &ledger.Resender{Ledger: a.ledger(queue), Age: 5 * time.Second, MayWrite: a.mayWrite(),
		Locks: &lock.Locks{Store: lock.Table(a.tables, a.Locks), Owner: a.self(), Term: 6 * time.Second,
			Skew: time.Second, Meter: a.metrics}}
	if a.Locks == "" {
		a.faults = append(a.faults, errors.New("no table of locks is configured"))
	}
	a.work = r.Run
}
