package clock_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestVirtual_firesInOrderAndOnlyWhenDue(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(start)
	late, _ := v.Timer(2 * time.Minute)
	early, _ := v.Timer(time.Minute)
	next, ok := v.Next()
	require.True(t, ok)
	assert.Equal(t, start.Add(time.Minute), next)

	require.NoError(t, v.Advance(start.Add(90*time.Second)))
	assert.Equal(t, start.Add(time.Minute), <-early, "it tells its own time, not that of the advance")
	assert.Empty(t, late)
	assert.Equal(t, start.Add(90*time.Second), v.Now())

	require.NoError(t, v.Advance(start.Add(6*time.Hour)))
	assert.Equal(t, start.Add(2*time.Minute), <-late)
	_, ok = v.Next()
	assert.False(t, ok)
}

func TestVirtual_neverGoesBack(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(start)
	require.ErrorContains(t, v.Advance(start.Add(-time.Second)), "lies before")
	assert.Equal(t, start, v.Now())
}

func TestVirtual_stoppedTimersDoNotFire(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(start)
	fired, stop := v.Timer(time.Second)
	stop()
	stop()
	require.NoError(t, v.Advance(start.Add(time.Hour)))
	assert.Empty(t, fired)
	now, _ := v.Timer(0)
	assert.Equal(t, start.Add(time.Hour), <-now, "what is due already fires at once")
}

func TestSleep_wakesWhenTheTimeHasCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := clock.NewVirtual(start)
		woke := make(chan error, 1)
		go func() { woke <- v.Sleep(t.Context(), time.Minute) }()
		synctest.Wait()
		assert.Empty(t, woke)
		require.NoError(t, v.Advance(start.Add(time.Minute)))
		require.NoError(t, <-woke)
	})
}

func TestSleep_endsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]clock.Clock{"virtual": clock.NewVirtual(start), "wall": clock.Wall{}} {
		require.ErrorIs(t, c.Sleep(ctx, time.Hour), context.Canceled, name)
	}
}

func TestWall_isUTCAndSleeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		before := clock.Wall{}.Now()
		assert.Equal(t, time.UTC, before.Location())
		passed := clock.Wall{}.Elapsed()
		require.NoError(t, clock.Wall{}.Sleep(t.Context(), time.Hour))
		assert.Equal(t, time.Hour, clock.Wall{}.Elapsed()-passed)
		assert.Equal(t, before.Add(time.Hour), clock.Wall{}.Now())
	})
}
