package lock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/lock"
	"redoubt/agentkit/measure"
	"redoubt/internal/memtable"
	"redoubt/internal/metrictest"
	"redoubt/inventory"
	"redoubt/recovery/lease"
)

// TestDo_holdsTheLockAsLongAsTheWorkTakes works for ten terms; another process gets the lock afterwards, and not before.
func TestDo_holdsTheLockAsLongAsTheWorkTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, table := metrictest.New(t), memtable.New(inventory.LocksKey)
		ann := &lock.Locks{Store: lock.Table(table.Via(nil), "locks"), Owner: "ann", Meter: m.Recorder}
		bob := &lock.Locks{Store: lock.Table(table.Via(nil), "locks"), Owner: "bob", Meter: m.Recorder}
		generation := 0
		err := ann.Do(t.Context(), "report", func(ctx context.Context, mine int) error {
			generation = mine
			for range 10 {
				time.Sleep(lock.DefaultTerm) //nolint:forbidigo // the time of a bubble
				require.NoError(t, ctx.Err())
				_, err := bob.Acquire(t.Context(), "report")
				var held *lease.HeldError
				require.ErrorAs(t, err, &held)
				_, err = ann.Acquire(t.Context(), "report")
				require.ErrorAs(t, err, &held, "one process does not share its lock with itself")
			}
			return nil
		})
		require.NoError(t, err)
		held, err := bob.Acquire(t.Context(), "report")
		require.NoError(t, err)
		assert.Greater(t, held.Generation(), generation)
		assert.InDelta(t, 2, m.Value(t, measure.Locks, "taken"), 0)
		assert.InDelta(t, 20, m.Value(t, measure.Locks, "held"), 0)
	})
}

// TestDo_theWorkEndsWithTheLock cuts the holder from its table: its context ends before another can take the lock.
func TestDo_theWorkEndsWithTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, table, cut := metrictest.New(t), memtable.New(inventory.LocksKey), false
		gone := errors.New("no way to the table")
		road := table.Via(func(_ string, act func() error) error {
			if cut {
				return gone
			}
			return act()
		})
		ann := &lock.Locks{Store: lock.Table(road, "locks"), Owner: "ann", Meter: m.Recorder}
		err := ann.Do(t.Context(), "report", func(ctx context.Context, _ int) error {
			cut = true
			<-ctx.Done()
			bob := &lock.Locks{Store: lock.Table(table.Via(nil), "locks"), Owner: "bob"}
			_, err := bob.Acquire(t.Context(), "report")
			var held *lease.HeldError
			require.ErrorAs(t, err, &held, "the end of the work comes before the end of the lease")
			return ctx.Err()
		})
		require.ErrorIs(t, err, lease.ErrLost)
		require.ErrorIs(t, err, context.Canceled)
		assert.InDelta(t, 1, m.Value(t, measure.Locks, "lost"), 0)
	})
}

// hung is a table that answers once, and then not before who asks gives up.
type hung struct {
	lease.Memory
	answered bool
}

func (h *hung) Swap(ctx context.Context, name string, old, next lease.Lease) error {
	if h.answered {
		<-ctx.Done()
		return ctx.Err()
	}
	h.answered = true
	return h.Memory.Swap(ctx, name, old, next)
}

// TestDo_theWorkEndsInTimeWhenTheTableHangs has renewals that take all the time that they have.
func TestDo_theWorkEndsInTimeWhenTheTableHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now() //nolint:forbidigo // the time of a bubble
		ann := &lock.Locks{Store: &hung{}, Owner: "ann"}
		err := ann.Do(t.Context(), "report", func(ctx context.Context, _ int) error { <-ctx.Done(); return nil })
		require.ErrorIs(t, err, lease.ErrLost)
		assert.LessOrEqual(t, time.Since(began), lock.DefaultTerm-lock.DefaultSkew) //nolint:forbidigo // the same
	})
}

// TestDo_aPanicEndsTheRenewal lets work panic under a context that goes on: another gets the lock when its time is over.
func TestDo_aPanicEndsTheRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		locks := &lock.Locks{Store: &lease.Memory{}, Owner: "ann"}
		assert.Panics(t, func() {
			_ = locks.Do(t.Context(), "report", func(context.Context, int) error { panic("a bug") })
		})
		time.Sleep(2 * lock.DefaultTerm) //nolint:forbidigo // the time of a bubble
		_, err := locks.Acquire(t.Context(), "report")
		require.NoError(t, err)
	})
}
