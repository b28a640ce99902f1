package lease_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/internal/repeat"
	"redoubt/recovery/lease"
)

var (
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	opts  = lease.Options{TTL: time.Minute, Skew: 5 * time.Second}
)

func TestAcquire_oneHolderAtATime(t *testing.T) {
	t.Parallel()
	s, c := &lease.Memory{}, clock.NewVirtual(start)
	ann, err := lease.Acquire(t.Context(), s, c, "recovery", "ann", opts)
	require.NoError(t, err)
	_, err = lease.Acquire(t.Context(), s, c, "recovery", "bob", opts)
	var held *lease.HeldError
	require.ErrorAs(t, err, &held)
	assert.Equal(t, "ann", held.Holder)
	assert.Equal(t, `lease "recovery" is held by ann until 2026-03-01T12:01:00Z`, err.Error())

	require.NoError(t, c.Advance(start.Add(62*time.Second)))
	_, err = lease.Acquire(t.Context(), s, c, "recovery", "bob", opts)
	require.ErrorAs(t, err, &held, "bob's clock may be ahead of ann's")
	require.NoError(t, c.Advance(start.Add(65*time.Second)))
	bob, err := lease.Acquire(t.Context(), s, c, "recovery", "bob", opts)
	require.NoError(t, err)
	assert.Equal(t, ann.Generation()+1, bob.Generation())
	assert.False(t, ann.Valid())
	require.ErrorIs(t, ann.Renew(t.Context()), lease.ErrLost)
}

func TestRelease_leavesTheGeneration(t *testing.T) {
	t.Parallel()
	s, c := &lease.Memory{}, clock.NewVirtual(start)
	ann, err := lease.Acquire(t.Context(), s, c, "recovery", "ann", opts)
	require.NoError(t, err)
	require.NoError(t, ann.Release(t.Context()))
	assert.False(t, ann.Valid())
	require.ErrorIs(t, ann.Renew(t.Context()), lease.ErrLost)
	bob, err := lease.Acquire(t.Context(), s, c, "recovery", "bob", opts)
	require.NoError(t, err)
	assert.Equal(t, 2, bob.Generation())
}

func TestAcquire_refusesWhatCannotHold(t *testing.T) {
	t.Parallel()
	for _, o := range []lease.Options{{}, {TTL: time.Second, Skew: time.Second}, {TTL: time.Second, Skew: -1}} {
		_, err := lease.Acquire(t.Context(), &lease.Memory{}, clock.NewVirtual(start), "x", "ann", o)
		require.ErrorContains(t, err, "want an owner and a skew below half of the ttl")
	}
	_, err := lease.Acquire(t.Context(), &lease.Memory{}, clock.NewVirtual(start), "x", "", opts)
	require.Error(t, err)
}

// flaky is a store that fails now and then: before the write, or after it.
type flaky struct {
	lease.Memory
	r *rand.Rand
}

var errReset = errors.New("connection reset")

func (f *flaky) Swap(ctx context.Context, name string, old, next lease.Lease) error {
	switch f.r.IntN(6) {
	case 0:
		return errReset
	case 1:
		_ = f.Memory.Swap(ctx, name, old, next)
		return errReset
	}
	return f.Memory.Swap(ctx, name, old, next)
}

// skewed is a clock that lies beside the true one.
type skewed struct {
	*clock.Virtual
	by time.Duration
}

func (s skewed) Now() time.Time { return s.Virtual.Now().Add(s.by) }

// TestHeld_neverTwo runs random holders with lying clocks and lost answers: at no
// time do two of them believe that they may act, and generations only grow.
func TestHeld_neverTwo(t *testing.T) {
	t.Parallel()
	seed := repeat.Seed(t)
	taken, lost := 0, 0
	for n := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, n)) //nolint:gosec // a test
		s, c := &flaky{r: r}, clock.NewVirtual(start)
		names := []string{"ann", "bob", "eve"}
		held := make([]*lease.Held, len(names))
		newest := 0
		for range 60 {
			require.NoError(t, c.Advance(c.Now().Add(time.Duration(r.IntN(30))*time.Second)))
			who := r.IntN(len(names))
			mine := skewed{c, time.Duration(who-1) * 2 * time.Second}
			switch h := held[who]; {
			case h != nil && r.IntN(8) == 0:
				_ = h.Release(t.Context())
				held[who] = nil
			case h != nil:
				if errors.Is(h.Renew(t.Context()), lease.ErrLost) {
					held[who] = nil
					lost++
				}
			default:
				if got, err := lease.Acquire(t.Context(), s, mine, "recovery", names[who], opts); err == nil {
					require.Greater(t, got.Generation(), newest, "seed %d case %d", seed, n)
					held[who], newest = got, got.Generation()
					taken++
				}
			}
			valid := 0
			for _, h := range held {
				if h != nil && h.Valid() {
					valid++
				}
			}
			require.LessOrEqual(t, valid, 1, "seed %d case %d", seed, n)
		}
	}
	t.Logf("%d taken, %d lost", taken, lost)
	assert.Greater(t, lost, 100, "a property that never sees a lost lease proves little")
}

// late is a store whose first renewal is under way until the second one asks.
type late struct {
	lease.Memory
	renewals int
	under    func()
}

func (l *late) Swap(ctx context.Context, name string, old, next lease.Lease) error {
	if old.Generation == next.Generation {
		if l.renewals++; l.renewals == 1 {
			l.under = func() { _ = l.Memory.Swap(ctx, name, old, next) }
			return errReset
		}
		l.under()
	}
	return l.Memory.Swap(ctx, name, old, next)
}

// TestRenew_believesWhatStands has the first renewal arrive just before the second one, which it looks like: the holder
// has no more time than stands in the table.
func TestRenew_believesWhatStands(t *testing.T) {
	t.Parallel()
	s, c := &late{}, clock.NewVirtual(start)
	ann, err := lease.Acquire(t.Context(), s, c, "recovery", "ann", opts)
	require.NoError(t, err)
	require.ErrorIs(t, ann.Renew(t.Context()), errReset)
	require.NoError(t, c.Advance(start.Add(20*time.Second)))
	require.NoError(t, ann.Renew(t.Context()))
	assert.Equal(t, 35*time.Second, ann.Left(), "a minute from the first renewal, less twenty seconds and the skew")
	require.NoError(t, ann.Renew(t.Context()), "it goes on from what stands")
	assert.Equal(t, 55*time.Second, ann.Left())
}
