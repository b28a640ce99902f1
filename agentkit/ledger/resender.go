package ledger

import (
	"cmp"
	"context"
	"errors"
	"time"

	"redoubt/agentkit/lock"
	"redoubt/internal/clock"
	"redoubt/recovery/lease"
)

// Resender sends again what one queue lost, as long as it runs. Any number of processes run one: who holds the lock
// sends, and when it is gone another does, a term later. So what was lost is sent one Age to two after it was accepted,
// and overdue work gets at most one message more in each Age, and one whenever the holder changes.
type Resender struct {
	Ledger *Ledger
	// Locks are those of this process; the lock is called "resend/" and the ledger's name.
	Locks *lock.Locks
	// Age is how long ago work was accepted that is overdue, and the time between two rounds: longer than work takes with all its
	// attempts. Zero means DefaultAge.
	Age time.Duration
	// MayWrite is home.Home's: the ledger of a home that is not the active one holds the other's open work, which is not
	// this home's to send. Nil is for one home.
	MayWrite func(ctx context.Context) bool
	// Fault is told what went wrong; nil tells nobody. The next round tries again.
	Fault func(error)
}

// DefaultAge is longer than five receives of a message take at the default visibility of a consumer, with room.
const DefaultAge = 15 * time.Minute

// Run sends until the context ends.
func (r *Resender) Run(ctx context.Context) error {
	var held *lease.HeldError
	for ctx.Err() == nil {
		err := r.Locks.Do(ctx, "resend/"+r.Ledger.Name, func(ctx context.Context, _ int) error { return r.lead(ctx) })
		another := errors.As(err, &held) || errors.Is(err, lease.ErrChanged)
		if err != nil && !another && ctx.Err() == nil && r.Fault != nil {
			r.Fault(err)
		}
		_ = r.clock().Sleep(ctx, min(r.age(), cmp.Or(r.Locks.Term, lock.DefaultTerm))) // the loop looks at the context
	}
	return nil
}

// lead sends in each round until the lock is lost or a round fails: another may reach what this process does not.
func (r *Resender) lead(ctx context.Context) error {
	for {
		if r.MayWrite == nil || r.MayWrite(ctx) {
			if _, err := r.Ledger.Resend(ctx, r.age()); err != nil {
				return err
			}
		}
		if r.clock().Sleep(ctx, r.age()) != nil {
			return nil //nolint:nilerr // the end of the lock, or of the process
		}
	}
}

func (r *Resender) age() time.Duration { return cmp.Or(r.Age, DefaultAge) }

func (r *Resender) clock() clock.Clock {
	if r.Ledger.Clock == nil {
		return clock.Wall{}
	}
	return r.Ledger.Clock
}
