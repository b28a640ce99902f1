package lock

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/recovery/lease"
)

// Locks are the locks of one lock table, for one process. It is safe for concurrent use.
type Locks struct {
	// Store is the table, see Table.
	Store lease.Store
	// Owner is this process's alone: the pod's uid, for example.
	Owner string
	// Term is how long a lock lasts without renewal; zero means DefaultTerm.
	Term time.Duration
	// Skew is how far two clocks may lie apart: less than half of Term. Zero means DefaultSkew.
	Skew time.Duration
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder

	taken atomic.Int64
}

// The defaults of Locks.
const (
	DefaultTerm = 30 * time.Second
	DefaultSkew = 2 * time.Second
)

// renewals is how many times a lock is renewed within its term, so that two may fail before it ends.
const renewals = 4

// Acquire takes the lock unless another holds it, which a *lease.HeldError tells. Who holds it renews it in
// less than Term. Two that acquire in one process exclude each other like any others.
func (l *Locks) Acquire(ctx context.Context, name string) (*lease.Held, error) {
	o := lease.Options{TTL: l.Term, Skew: l.Skew}
	if o.TTL == 0 {
		o.TTL = DefaultTerm
	}
	if o.Skew == 0 {
		o.Skew = DefaultSkew
	}
	if l.Owner == "" {
		return nil, fmt.Errorf("lock %q: the owner is empty: give the pod's uid", name)
	}
	owner := fmt.Sprintf("%s/%d", l.Owner, l.taken.Add(1))
	held, err := lease.Acquire(ctx, l.Store, l.clock(), name, owner, o)
	l.Meter.Record(ctx, measure.Locks, 1, outcome(err))
	return held, err
}

// Do takes the lock and runs work under it. The context of work ends when the lock is lost or its time is over;
// generation is for Guard. While another holds the lock it fails with a *lease.HeldError, and does not wait.
func (l *Locks) Do(ctx context.Context, name string, work func(ctx context.Context, generation int) error) error {
	held, err := l.Acquire(ctx, name)
	if err != nil {
		return err
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil) // a panic of work must not leave a lock behind that is renewed for ever
	over := make(chan struct{})
	go func() {
		defer close(over)
		cancel(l.keep(inner, held))
	}()
	err = work(inner, held.Generation())
	cancel(nil)
	<-over
	if lost := context.Cause(inner); errors.Is(lost, lease.ErrLost) {
		l.Meter.Record(ctx, measure.Locks, 1, "lost")
		return errors.Join(err, lost)
	}
	if free := held.Release(context.WithoutCancel(ctx)); free != nil && !errors.Is(free, lease.ErrLost) {
		err = errors.Join(err, fmt.Errorf("lock %q ends by itself: %w", name, free))
	}
	return err
}

// keep renews the lock until the context ends or the lock does. Neither a wait nor a renewal goes on after the lock's end.
func (l *Locks) keep(ctx context.Context, held *lease.Held) error {
	for {
		if err := l.clock().Sleep(ctx, min(held.TTL()/renewals, held.Left())); err != nil {
			return nil
		}
		attempt, cancel := context.WithTimeout(ctx, min(held.TTL()/renewals, held.Left()))
		err := held.Renew(attempt)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, lease.ErrLost):
			return err
		case err != nil && !held.Valid():
			return errors.Join(lease.ErrLost, err)
		}
	}
}

func (l *Locks) clock() clock.Clock {
	if l.Clock == nil {
		return clock.Wall{}
	}
	return l.Clock
}

func outcome(err error) string {
	var held *lease.HeldError
	switch {
	case err == nil:
		return "taken"
	case errors.As(err, &held), errors.Is(err, lease.ErrChanged):
		return "held"
	default:
		return "failed"
	}
}
