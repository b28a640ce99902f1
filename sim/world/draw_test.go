package world

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drawing is a transaction in an empty world that draws.
func drawing(t *testing.T, seed uint64) *tx {
	t.Helper()
	w := New(Config{})
	require.NoError(t, w.Draw(seed))
	return w.begin()
}

func TestDraw_fitsTheDistribution(t *testing.T) {
	t.Parallel()
	for b := range numBehaviours {
		row := behaviours[b]
		l := row.Distribution()
		var all []time.Duration
		for seed := range uint64(100) {
			tx := drawing(t, seed)
			for i := range 100 {
				all = append(all, tx.takes(b, fmt.Sprint("entity", i)))
			}
		}
		slices.Sort(all)
		for _, p := range []float64{0.5, 0.95} {
			assert.InEpsilon(t, l.Quantile(p).Seconds(), all[int(p*10_000)].Seconds(), 0.06, "%s at %v", row.Name, p)
		}
	}
}

func TestDraw_dependsOnNothingThatOthersDo(t *testing.T) {
	t.Parallel()
	a, b := drawing(t, 7), drawing(t, 7)
	first := []time.Duration{a.takes(auroraRestore, "x"), a.takes(tableRestore, "x"), a.takes(auroraRestore, "x"),
		a.lags(auroraLag, "x"), a.takes(auroraRestore, "y")}
	y := b.takes(auroraRestore, "y")
	lag := b.lags(auroraLag, "x")
	other := []time.Duration{b.takes(auroraRestore, "x"), 0, b.takes(auroraRestore, "x"), lag, y}
	other[1] = b.takes(tableRestore, "x")
	assert.Equal(t, first, other, "in another order")
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(first))), 5, "each is a draw of its own")
	assert.NotEqual(t, a.takes(auroraCluster, "x"), a.takes(cacheGlobal, "x"), "of two behaviours with one distribution")
	assert.Equal(t, a.lags(auroraLag, "x"), a.lags(auroraLag, "x"), "a lag is one figure")
	assert.NotEqual(t, first[0], drawing(t, 8).takes(auroraRestore, "x"), "of another seed")
}

func TestDraw_isKeptByForkRecordAndSnapshot(t *testing.T) {
	t.Parallel()
	w, replayed := New(Config{}), New(Config{})
	w.SetLog(replayed.Apply)
	require.NoError(t, w.Draw(3))
	count := func(w *World) (out []time.Duration) {
		require.NoError(t, w.mutate(func(t *tx) error {
			out = append(out, t.takes(auroraFailover, "x"), t.takes(auroraFailover, "x"))
			return nil
		}))
		return out
	}
	before := count(w)
	raw, err := w.Snapshot()
	require.NoError(t, err)
	restored, err := Restore(raw)
	require.NoError(t, err)
	again, err := restored.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(raw), string(again))
	fork, direct := w.Fork(), count(w.Fork())
	assert.NotEqual(t, before, direct, "the count goes on")
	assert.Equal(t, direct, count(fork))
	assert.Equal(t, direct, count(restored))
	assert.Equal(t, direct, count(replayed.Fork()))
	seed, ok := restored.Drawn()
	assert.Equal(t, []any{uint64(3), true}, []any{seed, ok})
	_, ok = New(Config{}).Drawn()
	assert.False(t, ok)
}

func TestDraw_withoutItAllTakesTheTypicalTime(t *testing.T) {
	t.Parallel()
	tx := New(Config{}).begin()
	for b := range numBehaviours {
		assert.Equal(t, behaviours[b].Typical(), tx.takes(b, "x"))
		assert.Equal(t, behaviours[b].Typical(), tx.lags(b, "x"))
	}
	assert.Empty(t, tx.gen, "and nothing is counted")
}
