package recovery

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
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
	for b.Loop() {
		here := port
		here.World = l.World.Fork()
		v := &execute.Virtual{Time: here, Port: here, Store: &journal.Memory{}, Decide: allow}
		f, err := v.Run(context.Background(), p.New(execute.Options{Run: "test", Generation: 1}))
		if err != nil || f.Outcome != execute.Recovered {
			b.Fatal(f, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recoveries/s")
}

func allow(g plan.Gate) execute.Decided {
	return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"}
}
