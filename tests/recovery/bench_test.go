package recovery

import (
	"context"
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

// BenchmarkRecoveries is the same with all that can be made ready before: the
// plan is compiled and the inventory read once, the world alone is forked.
func BenchmarkRecoveries(b *testing.B) {
	l := standing(b)
	p, err := execute.Compile(l.loseTheRegion(b))
	require.NoError(b, err)
	port := l.port(b)
	for name, standing := range map[string]*world.World{"documents": l.World, "memory": l.World.Recall(world.NewMemory())} {
		b.Run(name, func(b *testing.B) {
			for seed := uint64(0); b.Loop(); seed++ {
				f, _ := recover(b, port, standing, p, seed)
				if f.Outcome != execute.Recovered {
					b.Fatal(f)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recoveries/s")
		})
	}
}

// recover walks a plan in a fork of a world with the draws of a seed.
func recover(t testing.TB, port drive.World, standing *world.World, p *execute.Compiled, seed uint64,
) (execute.Finish, *journal.Memory) {
	t.Helper()
	port.World = standing.Fork()
	require.NoError(t, port.World.Draw(seed))
	port.World.Advance(port.World.Now().Add(time.Duration(seed%1000) * 37 * time.Millisecond))
	store := &journal.Memory{}
	v := &execute.Virtual{Time: port, Port: drive.Remembering{World: port}, Store: store, Decide: allow}
	f, err := v.Run(context.Background(), p.New(execute.Options{Run: "test", Generation: 1, Seed: seed}))
	require.NoError(t, err)
	return f, store
}

func allow(g plan.Gate) execute.Decided {
	return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"}
}
