package arbiter_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/clock"
	"redoubt/internal/repeat"
	"redoubt/recovery/arbiter"
)

// inTest is how many schedules a test plays; with the tag engine there are more.
const inTest = 10_000

// newWorld is one schedule, drawn from the seed.
func newWorld(seed, n uint64, s setting) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, n)), set: s} //nolint:gosec // a schedule is no secret
	w.queue = make(queue, 0, 64)
	first := arbiter.First()
	first.Ready = true
	for p := range places {
		w.tables[p].word = first
		o := &observer{timer: timer{w: w}, at: p}
		o.jump()
		w.observers[p] = o
		w.after(w.within(s.rules.Every), o.tick)
	}
	w.judge = &judge{timer: timer{w: w}, core: arbiter.Judge{Rules: s.rules}}
	w.judge.jump()
	w.after(w.within(s.rules.Every), func() { w.judge.event(0, arbiter.Fired{}) })
	for p := range place(2) {
		w.homes[p] = newHousehold(w, p)
	}
	w.draw()
	return w
}

// tally is what was played.
type tally struct {
	schedules, decisions, primary, secondary atomic.Int64
}

// search plays so many schedules until one is wrong, and returns that one, told from its seed.
func search(seed uint64, most int, s setting) (wrong string, t *tally) {
	t = &tally{}
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	var next atomic.Int64
	var once sync.Once
	var all sync.WaitGroup
	var stop atomic.Bool
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(most) && !stop.Load(); n = next.Add(1) - 1 {
				w := newWorld(seed, uint64(n), s)
				w.play()
				t.schedules.Add(1)
				t.decisions.Add(int64(w.decisions))
				t.primary.Add(int64(w.wrote[primary]))
				t.secondary.Add(int64(w.wrote[secondary]))
				if w.wrong != nil {
					stop.Store(true)
					once.Do(func() { wrong = tell(seed, uint64(n), s) })
				}
			}
		})
	}
	all.Wait()
	return wrong, t
}

// tell plays one schedule again and tells it.
func tell(seed, n uint64, s setting) string {
	s.traced = true
	w := newWorld(seed, n, s)
	w.play()
	return fmt.Sprintf("seed %d, schedule %d: %v\n%s", seed, n, w.wrong, strings.Join(w.trace, "\n"))
}

// holds plays sound schedules, none of which may be wrong.
func holds(t *testing.T, most int) {
	t.Helper()
	began := clock.Wall{}.Now()
	wrong, got := search(repeat.Seed(t), most, sound())
	if wrong != "" {
		t.Fatalf("after %d schedules: %s", got.schedules.Load(), wrong)
	}
	t.Logf("%d schedules in %s, none is wrong: %d decisions; agents of the primary might write at %d looks, "+
		"of the secondary at %d", got.schedules.Load(), clock.Wall{}.Now().Sub(began).Round(time.Second/10),
		got.decisions.Load(), got.primary.Load(), got.secondary.Load())
	assert.Greater(t, got.decisions.Load(), int64(most/20), "a guarantee about decisions that are not made proves little")
	assert.Greater(t, got.primary.Load(), int64(most*50), "nor does one that lets nobody write")
	assert.Greater(t, got.secondary.Load(), int64(most*10), "or not after a move")
}

// TestArbiter_holdsInRandomSchedules plays random schedules of partitions, delays, clocks that lie and crashes: no two
// homes are active, no failover comes inside the quiet period, a quorum that can see decides in time, a lost home is
// left in time, and one that sees nobody stops in time.
func TestArbiter_holdsInRandomSchedules(t *testing.T) {
	t.Parallel()
	holds(t, inTest)
}

// TestArbiter_playsTheSameAgain: what was seen under a seed is seen again under it.
func TestArbiter_playsTheSameAgain(t *testing.T) {
	t.Parallel()
	seed, traced := repeat.Seed(t), sound()
	traced.traced = true
	for n := range uint64(20) {
		first, again := newWorld(seed, n, traced), newWorld(seed, n, traced)
		first.play()
		again.play()
		assert.NotEmpty(t, first.trace)
		assert.Equal(t, first.trace, again.trace, "schedule %d", n)
	}
}
