package interleave_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/interleave"
)

// counter lets n processes read a number and write it back, one greater.
func counter(n int, ends *[]int) interleave.Scene {
	return func(w *interleave.World) func() error {
		value := 0
		for i := range n {
			w.Go(string(rune('a'+i)), func(p *interleave.Process) {
				p.Step("read")
				read := value
				p.Step("write")
				value = read + 1
			})
		}
		return func() error {
			*ends = append(*ends, value)
			if value != n && w.Crashed() == 0 {
				return errors.New("an update is lost")
			}
			return nil
		}
	}
}

// TestEvery_playsEachOrderOnce counts: two processes of three moves each interleave in 6!/(3!3!) = 20 ways.
func TestEvery_playsEachOrderOnce(t *testing.T) {
	t.Parallel()
	var ends []int
	harmless := func(w *interleave.World) func() error {
		end := counter(2, &ends)(w)
		return func() error { _ = end(); return nil }
	}
	f := interleave.Every(1000, interleave.Limits{}, harmless)
	require.NoError(t, f.Wrong)
	assert.Equal(t, 20, f.Schedules)
	assert.Contains(t, ends, 1)
	assert.Contains(t, ends, 2)
	f = interleave.Every(10, interleave.Limits{}, harmless)
	require.ErrorContains(t, f.Wrong, "there are more than 10 schedules")
}

func TestRandom_findsTheLostUpdateAndPlaysItAgain(t *testing.T) {
	t.Parallel()
	var ends, again []int
	first := interleave.Random(7, 1000, interleave.Limits{}, counter(2, &ends))
	require.ErrorContains(t, first.Wrong, "an update is lost")
	assert.Less(t, first.Schedules, 50)
	second := interleave.Random(7, 1000, interleave.Limits{}, counter(2, &again))
	assert.Equal(t, first.Wrong.Error(), second.Wrong.Error(), "the same seed, the same schedules")
	assert.Equal(t, ends, again)
}

// TestAccess_mayLoseEitherHalf sees stores that acted although the caller was told of an error, and such that did not.
func TestAccess_mayLoseEitherHalf(t *testing.T) {
	t.Parallel()
	seen := map[[2]bool]int{}
	scene := func(w *interleave.World) func() error {
		acted := false
		w.Go("a", func(p *interleave.Process) {
			err := p.Access("put", func() error { acted = true; return nil })
			seen[[2]bool{acted, err == nil}]++
		})
		return nil
	}
	f := interleave.Every(100, interleave.Limits{Losses: 1, Crashes: 1}, scene)
	require.NoError(t, f.Wrong)
	assert.Equal(t, 3, len(seen))
	assert.Zero(t, seen[[2]bool{false, true}])
	assert.Greater(t, f.Schedules, seen[[2]bool{true, true}]+seen[[2]bool{true, false}]+seen[[2]bool{false, false}],
		"the others crashed before they saw an answer")
}

// TestProcess_crashesUnwindAndDoNothingMore lets a deferred function try to reach the store.
func TestProcess_crashesUnwindAndDoNothingMore(t *testing.T) {
	t.Parallel()
	released := 0
	f := interleave.Random(1, 300, interleave.Limits{Crashes: 1}, func(w *interleave.World) func() error {
		w.Go("a", func(p *interleave.Process) {
			defer func() { _ = p.Access("release", func() error { released++; return nil }) }()
			p.Step("work")
			w.Fail("it went on")
		})
		return nil
	})
	require.ErrorContains(t, f.Wrong, "it went on", "most are not crashed")
	assert.Zero(t, released)
}

// TestProcess_sleepsInTheTimeOfTheWorld wakes processes in the order of time, with clocks that lie.
func TestProcess_sleepsInTheTimeOfTheWorld(t *testing.T) {
	t.Parallel()
	f := interleave.Every(10, interleave.Limits{}, func(w *interleave.World) func() error {
		w.Go("alone", func(p *interleave.Process) { _ = p.Sleep(t.Context(), time.Minute) })
		return func() error {
			assert.Equal(t, interleave.Start.Add(time.Minute), w.Now(), "who sleeps alone wakes")
			return nil
		}
	})
	require.NoError(t, f.Wrong)
	l := interleave.Limits{Off: time.Second, Pauses: []time.Duration{time.Millisecond}, PausesMost: 3}
	lies := 0
	f = interleave.Random(3, 200, l, func(w *interleave.World) func() error {
		for _, d := range []time.Duration{3 * time.Second, time.Second} {
			w.Go(d.String(), func(p *interleave.Process) {
				if err := p.Sleep(t.Context(), d); err != nil || w.Now().Before(interleave.Start.Add(d)) {
					w.Fail("%s woke at %s: %v", p.Name, w.Now(), err)
				}
				if p.Now() != w.Now() {
					lies++
				}
			})
		}
		return nil
	})
	require.NoError(t, f.Wrong)
	assert.Positive(t, lies)
}
