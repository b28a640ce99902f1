package interleave

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"redoubt/internal/clock"
)

// Random plays so many schedules, drawn from the seed, until one is wrong.
func Random(seed uint64, schedules int, l Limits, scene Scene) Found {
	var f Found
	for n := range uint64(schedules) {
		r := rand.New(rand.NewPCG(seed, n)) //nolint:gosec // a schedule is no secret
		f.one(l, func(weights []int) int { return draw(r, weights) }, scene,
			func() string { return fmt.Sprintf("seed %d, schedule %d", seed, n) })
		if f.Wrong != nil {
			break
		}
	}
	return f
}

func draw(r *rand.Rand, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.IntN(sum)
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	return 0
}

// Every plays all schedules there are within the limits, which must be narrow; after
// so many it gives up, which is wrong as well.
func Every(most int, l Limits, scene Scene) Found {
	var f Found
	var taken, of []int // the choice at each branch, and how many there were
	for {
		depth := 0
		f.one(l, func(weights []int) int {
			if depth == len(taken) {
				taken, of = append(taken, 0), append(of, len(weights))
			}
			depth++
			return taken[depth-1]
		}, scene, func() string { return fmt.Sprintf("choices %v", taken[:depth]) })
		taken, of = taken[:depth], of[:depth]
		for depth > 0 && taken[depth-1]+1 == of[depth-1] {
			depth--
		}
		switch {
		case f.Wrong != nil || depth == 0:
			return f
		case f.Schedules == most:
			f.Wrong = fmt.Errorf("there are more than %d schedules", most)
			return f
		}
		taken, of = taken[:depth], of[:depth]
		taken[depth-1]++
	}
}

// Schedules is how many schedules a search plays unless it says otherwise.
const Schedules = 10_000

// Holds searches at random, prints the seed, and fails the test when a schedule is wrong.
func Holds(t *testing.T, l Limits, scene Scene) {
	t.Helper()
	seed := Seed(t)
	f := Random(seed, Schedules, l, scene)
	if f.Wrong != nil {
		t.Fatalf("after %d schedules: %v", f.Schedules, f.Wrong)
	}
	t.Logf("%d schedules, none is wrong", f.Schedules)
}

// Breaks searches at random and fails the test when no schedule is wrong: what was taken away does not matter.
func Breaks(t *testing.T, l Limits, scene Scene) {
	t.Helper()
	f := Random(Seed(t), Schedules, l, scene)
	if f.Wrong == nil {
		t.Fatalf("%d schedules, and none is wrong although the protocol is broken", f.Schedules)
	}
	t.Logf("wrong in schedule %d: %v", f.Schedules, f.Wrong)
}

// Seed is a new seed, which it prints.
func Seed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(clock.Wall{}.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	return seed
}
