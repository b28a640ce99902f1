package recovery

import (
	"testing"

	"redoubt/recovery/execute"
)

// BenchmarkRun is one run of the plan for the loss of a region, in virtual time.
func BenchmarkRun(b *testing.B) {
	l := standing(b)
	p := l.loseTheRegion(b)
	for b.Loop() {
		l.fork().quiet(b, p, execute.Options{})
	}
}
