package stored

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
)

// hasty is a clock whose sleeps pass at once; each of them tells the test.
type hasty struct {
	*clock.Virtual
	slept func()
}

func (h hasty) Sleep(ctx context.Context, d time.Duration) error {
	h.slept()
	if err := h.Advance(h.Now().Add(d)); err != nil {
		return err
	}
	return ctx.Err()
}

func options(wait time.Duration, slept func()) *Options {
	s, _, _ := streams.Test()
	start := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	return &Options{Streams: s, Wait: wait, Clock: hasty{clock.NewVirtual(start), slept}}
}

func TestAcquire_namesWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, err := acquire(context.Background(), options(0, func() {}), folder, "redoubt sim up")
	require.NoError(t, err)
	defer func() { require.NoError(t, first.Close()) }()

	sleeps := 0
	_, err = acquire(context.Background(), options(time.Second, func() { sleeps++ }), folder, "redoubt sim down")
	require.Error(t, err)
	assert.Equal(t, exit.Held, exit.Of(err))
	assert.Contains(t, err.Error(), `"redoubt sim up" (process `)
	assert.Contains(t, err.Error(), "since 12:30:00 UTC")
	assert.Equal(t, int(time.Second/lockPause), sleeps, "it waited as long as it was told")

	_, err = acquire(context.Background(), options(0, func() { t.Error("waited") }), folder, "redoubt sim down")
	assert.Equal(t, exit.Held, exit.Of(err))
}

func TestAcquire_takesTheLockWhenTheOtherEnds(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, err := acquire(context.Background(), options(0, func() {}), folder, "redoubt sim up")
	require.NoError(t, err)
	o := options(time.Minute, func() { _ = first.Close() })
	second, err := acquire(context.Background(), o, folder, "redoubt sim down")
	require.NoError(t, err)
	assert.Contains(t, whoHolds(second), "redoubt sim down", "the lock names its new holder")
	require.NoError(t, second.Close())
}

func TestAcquire_anInterruptEndsTheWait(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, err := acquire(context.Background(), options(0, func() {}), folder, "redoubt sim up")
	require.NoError(t, err)
	defer func() { require.NoError(t, first.Close()) }()
	ctx, cancel := context.WithCancel(context.Background())
	_, err = acquire(ctx, options(time.Minute, cancel), folder, "redoubt sim down")
	assert.Equal(t, exit.Interrupted, exit.Of(err))
}

func TestWhoHolds_tellsAnEngineThatOutlivedItsCommand(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/lock")
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	assert.Equal(t, "another redoubt", whoHolds(f), "nothing is written yet")
	require.NoError(t, sign(f, holder{Command: "redoubt sim up", Process: 1 << 30}))
	assert.Contains(t, whoHolds(f), `the engine of "redoubt sim up"`)
}
