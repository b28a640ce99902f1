package recovery

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
)

// BenchmarkRun is one run of the plan for the loss of a region, in virtual time.
func BenchmarkRun(b *testing.B) {
	l := standing(b)
	p := l.loseTheRegion(b)
	for b.Loop() {
		l.fork().quiet(b, p, execute.Options{})
	}
}

// BenchmarkRecoveries is the same with all that can be made ready before: the plan is compiled and the inventory
// read once, and the world alone is forked. Each has a seed of its own and begins at another moment. The documents
// are the baseline; a recovery with a memory is still one machine, one journal and one world.
func BenchmarkRecoveries(b *testing.B) {
	l := standing(b)
	p := mustCompile(b, l.loseTheRegion(b))
	port := l.port(b)
	for _, way := range []struct {
		name string
		from *world.World
	}{{"documents", l.World}, {"memory", l.World.Recall(world.NewMemory())}} {
		b.Run(way.name, func(b *testing.B) {
			before, stopped := spent(), 0
			for seed := uint64(0); b.Loop(); seed++ {
				here := port
				here.World = way.from.Fork()
				if f, _ := walked(b, here, p, seed); f.Outcome != execute.Recovered {
					stopped++ // a promotion that the seed draws longer than its step waits for
				}
			}
			b.ReportMetric(float64(b.N)/(spent()-before).Seconds(), "recoveries/core-s")
			if stopped > b.N/100+1 {
				b.Errorf("%d of %d recoveries were stopped, want one in a hundred at most", stopped, b.N)
			}
		})
	}
}

// spent is the time that the processors gave the process, the collector's with it: what a busy
// machine leaves over does not count.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mustCompile(t testing.TB, p plan.Plan) *execute.Compiled {
	t.Helper()
	c, err := execute.Compile(p)
	require.NoError(t, err)
	return c
}

// walked walks a plan with the draws of a seed, beginning at a moment that the seed decides.
func walked(t testing.TB, port drive.World, p *execute.Compiled, seed uint64) (execute.Finish, *journal.Memory) {
	t.Helper()
	require.NoError(t, port.World.Draw(seed))
	port.World.Advance(port.World.Now().Add(time.Duration(seed%1000) * 37 * time.Millisecond))
	store := &journal.Memory{}
	v := &execute.Virtual{Time: port, Port: drive.Remembering{World: port}, Store: store,
		Decide: func(g plan.Gate) execute.Decided { return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"} }}
	f, err := v.Run(context.Background(), p.New(execute.Options{Run: "test", Generation: 1, Seed: seed}))
	require.NoError(t, err)
	return f, store
}
