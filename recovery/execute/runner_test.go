package execute_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
)

// shared is a lab that many goroutines call, in the bubble's own time.
type shared struct {
	mu  sync.Mutex
	lab *lab
	// hang makes the first call of a step never answer.
	hang string
}

func (s *shared) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	s.mu.Lock()
	s.lab.Advance(time.Now()) //nolint:forbidigo // inside a bubble
	step := c.Input["Step"].(string)
	if c.Operation == "DoStep" && s.hang == step {
		s.hang = ""
		s.mu.Unlock()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	defer s.mu.Unlock()
	return s.lab.Call(ctx, c)
}

func runner(l *lab, store journal.Store) (execute.Runner, *shared) {
	s := &shared{lab: l}
	return execute.Runner{Port: s, Store: store, Clock: clock.Wall{}, CallTimeout: 30 * time.Second}, s
}

func inBubble(t *testing.T, takes map[string]time.Duration, p plan.Plan, mishaps ...mishap) *lab {
	t.Helper()
	l := newLab(p, takes, mishaps...)
	l.now = time.Now() //nolint:forbidigo // inside a bubble
	return l
}

func TestRunner_walksAPlanInRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := inBubble(t, diamondTakes, diamond(), mishap{"database", "call", 1, 2, "throttled"})
		began := time.Now() //nolint:forbidigo // inside a bubble
		r, s := runner(l, &journal.Memory{})
		s.hang = "cache"
		f, err := r.Run(t.Context(), execute.New(diamond(), execute.Options{Run: "r", Poll: 5 * time.Second}))
		require.NoError(t, err)
		assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
		assert.Empty(t, l.early)
		for step, n := range l.effects {
			assert.Equal(t, 1, n, step)
		}
		took := time.Since(began) //nolint:forbidigo // inside a bubble
		assert.Less(t, took, 6*time.Minute, "agents 4 minutes and move 1 minute, side by side with the rest")
	})
}

func TestRunner_firstInterruptFinishesTheStepTheSecondDoesNot(t *testing.T) {
	t.Parallel()
	for interrupts, takes := range map[int]time.Duration{1: 2 * time.Minute, 2: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			l := inBubble(t, chainTakes, chain())
			began := time.Now() //nolint:forbidigo // inside a bubble
			signals := make(chan struct{}, 2)
			r, _ := runner(l, &journal.Memory{})
			r.Interrupts = signals
			go func() {
				time.Sleep(time.Minute)
				for range interrupts {
					signals <- struct{}{}
				}
			}()
			f, err := r.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Poll: time.Second}))
			require.NoError(t, err)
			assert.Equal(t, execute.Stopped, f.Outcome)
			assert.Equal(t, takes, time.Since(began).Round(10*time.Second)) //nolint:forbidigo // inside a bubble
			assert.Equal(t, map[string]int{"one": 1}, l.effects)
		})
	}
}

func TestRunner_stopsActingWhenAnotherTakesTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, leases := inBubble(t, chainTakes, chain()), &lease.Memory{}
		opts := lease.Options{TTL: time.Minute, Skew: time.Second}
		ann, err := lease.Acquire(t.Context(), leases, clock.Wall{}, "recovery", "ann", opts)
		require.NoError(t, err)
		r, _ := runner(l, &journal.Memory{})
		r.Lease = ann
		go func() {
			time.Sleep(90 * time.Second) // while step one is under way somebody breaks the lease
			old, _ := leases.Get(t.Context(), "recovery")
			next := old
			next.Generation, next.Owner, next.Version = old.Generation+1, "bob", old.Version+1
			_ = leases.Swap(t.Context(), "recovery", old, next)
		}()
		f, err := r.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Generation: 1, Poll: time.Second}))
		require.NoError(t, err)
		assert.Equal(t, execute.Stopped, f.Outcome)
		assert.Contains(t, f.Why, `held by "bob" in generation 2`)
		assert.Equal(t, map[string]int{"one": 1}, l.effects, "its next act is not made")
	})
}

func TestRunner_outlivesItsLeaseByRenewingIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := inBubble(t, chainTakes, chain())
		ann, err := lease.Acquire(t.Context(), &lease.Memory{}, clock.Wall{}, "recovery", "ann",
			lease.Options{TTL: time.Minute, Skew: time.Second})
		require.NoError(t, err)
		r, _ := runner(l, &journal.Memory{})
		r.Lease = ann
		f, err := r.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Generation: 1, Poll: time.Second}))
		require.NoError(t, err)
		assert.Equal(t, execute.Recovered, f.Outcome, "six minutes on a lease of one: %s", f.Why)
	})
}

// full is a store whose disk is full from some record on.
type full struct {
	journal.Memory
	from int
}

func (f *full) Append(ctx context.Context, r journal.Record) error {
	if r.Seq >= f.from {
		return errors.New("no space left on device")
	}
	return f.Memory.Append(ctx, r)
}

func TestRunner_doesNothingMoreWithoutAJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := inBubble(t, chainTakes, chain())
		r, _ := runner(l, &full{from: 3}) // the intent of step one cannot be written
		_, err := r.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Poll: time.Second}))
		require.ErrorContains(t, err, "nothing more is done, because the journal cannot be written")
		synctest.Wait()
		assert.Zero(t, l.calls)
	})
}

func TestRunner_anotherWriterEndsTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, store := inBubble(t, chainTakes, chain()), &journal.Memory{}
		for seq := 1; seq <= 2; seq++ {
			require.NoError(t, store.Append(t.Context(), journal.Record{Run: "r", Seq: seq, Generation: 2}))
		}
		r, _ := runner(l, store)
		f, err := r.Run(t.Context(), execute.New(chain(), execute.Options{Run: "r", Generation: 1}))
		require.NoError(t, err)
		assert.Equal(t, execute.Stopped, f.Outcome)
		assert.Contains(t, f.Why, "written by somebody else")
		assert.Zero(t, l.calls)
	})
}
