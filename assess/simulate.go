package assess

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"redoubt/recovery/drill"
	"redoubt/sim/place"
	"redoubt/sim/world"
	"redoubt/system"
)

// job is all recoveries of one scenario.
type job struct {
	disruption system.Disruption
	scenario   drill.Scenario
	samples    []sample
	// next is the first that nobody has begun; workers counts who has begun with it.
	next    atomic.Int64
	workers int
}

// left is how many nobody has begun.
func (j *job) left() int { return len(j.samples) - min(int(j.next.Load()), len(j.samples)) }

// before reports whether a job is better begun, or helped with, than another.
func (j *job) before(other *job) bool {
	switch {
	case j.workers != other.workers:
		return j.workers < other.workers
	case j.workers == 0:
		return j.left() < other.left()
	}
	return j.left() > other.left()
}

// jobs share the recoveries of each disruption among its scenarios.
func jobs(scenarios map[system.Disruption][]drill.Scenario, recoveries int) []*job {
	var out []*job
	for _, d := range system.Disruptions {
		for n, s := range scenarios[d] {
			count := recoveries / len(scenarios[d])
			if n < recoveries%len(scenarios[d]) {
				count++
			}
			out = append(out, &job{disruption: d, scenario: s, samples: make([]sample, count)})
		}
	}
	return out
}

// samplesOf are those of a disruption.
func samplesOf(jobs []*job, d system.Disruption) []sample {
	var out []sample
	for _, j := range jobs {
		if j.disruption == d {
			out = append(out, j.samples...)
		}
	}
	return out
}

// board is where workers find what to do.
type board struct {
	sync.Mutex
	jobs []*job
}

// take is the job that is best begun next, or nil when all are done or nearly so. What was learnt of a scenario serves who
// learnt it: none is shared before all are begun, and the long ones are begun last, because it pays most to share them.
func (b *board) take() *job {
	b.Lock()
	defer b.Unlock()
	var out *job
	for _, j := range b.jobs {
		if j.left() > 0 && (out == nil || j.before(out)) {
			out = j
		}
	}
	if out != nil {
		out.workers++
	}
	return out
}

// simulate lets workers do all jobs. What comes of a recovery depends on its seed alone, so that it does not matter who
// simulates it, and when. The first error stops all.
func (b Base) simulate(ctx context.Context, jobs []*job, o Options) error {
	open := &board{jobs: jobs}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wait sync.WaitGroup
	var failed error
	var first sync.Once
	for range max(o.Workers, 1) {
		wait.Go(func() {
			for j := open.take(); j != nil; j = open.take() {
				if err := b.do(ctx, j, o); err != nil {
					first.Do(func() { failed = err })
					stop()
					return
				}
			}
		})
	}
	wait.Wait()
	return failed
}

// do simulates what nobody has begun of a job.
func (b Base) do(ctx context.Context, j *job, o Options) error {
	err := b.each(ctx, j.scenario, o, func() (int, bool) {
		n := int(j.next.Add(1) - 1)
		return n, n < len(j.samples)
	}, func(n int, p *place.Place, r drill.Report) {
		j.samples[n] = sampleOf(r)
		p.Done()
	})
	if err != nil {
		return fmt.Errorf("assess %s: %w", j.disruption, err)
	}
	return nil
}

// Each shows the recoveries of one scenario, one after the other, as they are simulated for a forecast.
func (b Base) Each(ctx context.Context, s drill.Scenario, o Options, see func(drill.Report)) error {
	n := -1
	return b.each(ctx, s, o, func() (int, bool) { n++; return n, n < o.Recoveries },
		func(_ int, _ *place.Place, r drill.Report) { see(r) })
}

// each simulates recoveries by their numbers. The homes are steady once; each recovery goes on from a fork of that.
func (b Base) each(ctx context.Context, s drill.Scenario, o Options, next func() (int, bool),
	see func(int, *place.Place, drill.Report),
) error {
	w := b.World
	if !o.Plain {
		w.World = w.World.Recall(world.NewMemory())
	}
	start, err := place.New(w, b.System, b.Active, 0)
	if err != nil {
		return err
	}
	d := b.drill(start, s, 0)
	if err := d.Begin(ctx); err != nil {
		return err
	}
	for n, more := next(); more; n, more = next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		one := o.Seed*1_000_003 + uint64(n) + 1
		p, err := start.Fork(one)
		if err != nil {
			return err
		}
		drilled := d.From(p, one)
		if o.Plain {
			drilled.Plans = drill.NewPlans()
		}
		r, err := drilled.Lose(ctx)
		if err != nil {
			return err
		}
		see(n, p, r)
	}
	return nil
}

func (b Base) drill(p drill.Place, s drill.Scenario, seed uint64) *drill.Drill {
	return &drill.Drill{Place: p, Scenario: s, System: b.System, Inventory: b.World.Inventory, Active: b.Active, Seed: seed}
}
