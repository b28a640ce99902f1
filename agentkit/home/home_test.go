package home_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/internal/interleave"
	"redoubt/internal/metrictest"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// settable is a clock that can be set, without another that cannot go back.
type settable struct {
	*clock.Virtual
	by time.Duration
}

func (s *settable) Now() time.Time { return s.Virtual.Now().Add(s.by) }

// bench is a lease that the primary home holds, and an agent that watches it.
type bench struct {
	*home.Home
	now   *settable
	store *road
	held  *lease.Held
}

// road is the way to the lease, which may be cut.
type road struct {
	lease.Memory
	gone error
}

func (r *road) Get(ctx context.Context, name string) (lease.Lease, error) {
	if r.gone != nil {
		return lease.Lease{}, r.gone
	}
	return r.Memory.Get(ctx, name)
}

func newBench(t *testing.T) *bench {
	b := &bench{now: &settable{Virtual: clock.NewVirtual(interleave.Start)}, store: &road{}}
	var err error
	b.held, err = lease.Acquire(t.Context(), b.store, b.now.Virtual, home.LeaseName, "primary", lease.Options{TTL: home.DefaultTerm, Skew: home.DefaultSkew})
	require.NoError(t, err)
	b.Home = &home.Home{Store: b.store, Home: system.Primary, Clock: b.now}
	return b
}

// pass lets time pass, with a renewal or without, and asks.
func (b *bench) pass(t *testing.T, d time.Duration, renew bool) bool {
	require.NoError(t, b.now.Advance(b.now.Virtual.Now().Add(d)))
	if renew {
		require.NoError(t, b.held.Renew(t.Context()))
	}
	return b.MayWrite(t.Context())
}

func TestMayWrite_waitsForARenewalAndEndsWithTheLease(t *testing.T) {
	t.Parallel()
	b, m := newBench(t), metrictest.New(t)
	b.Meter = m.Recorder
	assert.False(t, b.MayWrite(t.Context()), "a lease may be old when it is first seen")
	require.ErrorIs(t, b.Why(), home.ErrUnseen)
	assert.True(t, b.pass(t, 5*time.Second, true))
	assert.InDelta(t, 1, m.Value(t, measure.MayWrite, "primary"), 0)
	assert.Equal(t, 1, b.Generation())
	b.store.gone = errors.New("no way to the table")
	assert.True(t, b.pass(t, 5*time.Second, false), "the lease still lasts")
	assert.False(t, b.pass(t, 25*time.Second, false), "a home that is cut from everything stops")
	require.ErrorIs(t, b.Why(), b.store.gone)
	assert.Zero(t, m.Value(t, measure.MayWrite, "primary"))
}

func TestMayWrite_isFalseOnAClockThatWentBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.MayWrite(t.Context())
	require.True(t, b.pass(t, 5*time.Second, true))
	b.now.by = -time.Second
	assert.False(t, b.MayWrite(t.Context()))
	require.ErrorIs(t, b.Why(), home.ErrClock)
	assert.False(t, b.pass(t, 5*time.Second, false), "not before a renewal is seen")
	assert.True(t, b.pass(t, 5*time.Second, true))
}

func TestMayWrite_isFalseWhenAnotherHomeHasTheLease(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.Home.Home = system.Secondary
	b.MayWrite(t.Context())
	assert.False(t, b.pass(t, 5*time.Second, true))
	require.ErrorIs(t, b.Why(), home.ErrOther)
	require.ErrorContains(t, b.Why(), `"primary" has the lease`)
}

func TestKeep_refusesSettings(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, (&home.Keeper{}).Keep(t.Context()), "want a home")
}

// silent is a table that does not answer before who asks gives up.
type silent struct{ lease.Memory }

func (s *silent) Get(ctx context.Context, _ string) (lease.Lease, error) {
	<-ctx.Done()
	return lease.Lease{}, ctx.Err()
}

// TestMayWrite_manyWaitForOneLook asks many times at once while the table does not answer: all wait as long as one. Its
// time is real, for a lock that is waited for stops a bubble's.
func TestMayWrite_manyWaitForOneLook(t *testing.T) {
	h := &home.Home{Store: &silent{}, Home: system.Primary,
		Terms: home.Terms{Term: 800 * time.Millisecond, Skew: time.Millisecond}} // a look may take 100 ms
	began := clock.Wall{}.Now()
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { assert.False(t, h.MayWrite(t.Context())) })
	}
	all.Wait()
	assert.Less(t, clock.Wall{}.Now().Sub(began), 2*time.Second)
}
