package assess

import (
	"context"
	"syscall"
	"testing"
	"time"

	forecast "redoubt/assess"
	"redoubt/system"
)

// BenchmarkRecoveries is the loss of the region with its whole recovery, in one goroutine: planner, machine, world and
// witness. Cold are the first thousand, warm are 10,000 as a forecast has them, each begun with an empty memory; the
// documents are the baseline without any.
func BenchmarkRecoveries(b *testing.B) {
	on := base(b)
	for _, way := range []struct {
		name  string
		each  int
		plain bool
	}{{"documents", 50, true}, {"cold", 1000, false}, {"warm", 10_000, false}} {
		b.Run(way.name, func(b *testing.B) {
			before := spent()
			for b.Loop() {
				o := forecast.Options{Recoveries: way.each, Seed: 7, Only: []system.Disruption{system.RegionLoss}, Plain: way.plain}
				if _, err := forecast.Assess(context.Background(), on, o); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(way.each*b.N)/(spent()-before).Seconds(), "recoveries/core-s")
		})
	}
}

// spent is the time that the processors gave the process, the collector's with it.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
