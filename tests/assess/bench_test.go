package assess

import (
	"context"
	"testing"

	forecast "redoubt/assess"
	"redoubt/system"
)

// BenchmarkRecoveries is the loss of the region with its whole recovery, a thousand times in one goroutine: planner, machine,
// world and witness.
func BenchmarkRecoveries(b *testing.B) {
	on := base(b)
	const each = 1000
	for b.Loop() {
		o := forecast.Options{Recoveries: each, Seed: 7, Only: []system.Disruption{system.RegionLoss}}
		if _, err := forecast.Assess(context.Background(), on, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(each*b.N)/b.Elapsed().Seconds(), "recoveries/s")
}
