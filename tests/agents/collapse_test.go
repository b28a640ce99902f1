//go:build apps && linux

package agents

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/examples/agents/outside"
	"redoubt/internal/clock"
)

// collapsed is the share of reads that fail at least without breaker and bulkhead: ten times what may fail with them.
const collapsed = 10 * mostFailed

// TestCollapse_withoutBreakerAndBulkheadTheUnaffectedFailToo slows the large model under one load, with breakers and
// bulkheads and without. Reading a conversation needs no model, and yet without them nobody can: the questions that
// wait for the model hold every place in the gateway.
func TestCollapse_withoutBreakerAndBulkheadTheUnaffectedFailToo(t *testing.T) {
	for name, unprotected := range map[string]bool{"with breakers and bulkheads": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			a := open(t, unprotected, "sessions-api", "memory", "planner", "gateway")
			l := newLoad(a, 125*time.Millisecond, 100*time.Millisecond)
			end := l.begin(t, "well")
			wait := func(d time.Duration) { require.NoError(t, clock.Wall{}.Sleep(t.Context(), d)) }
			wait(3 * time.Second)
			l.enter("turning")
			require.NoError(t, a.behave(t.Context(), "large-model", outside.Slow))
			wait(3 * time.Second) // until they hold every place
			l.enter("slow")
			wait(12 * time.Second)
			l.enter("the end")
			end()
			well, slow := l.samples["well"], l.samples["slow"]
			t.Logf("measured locally: reads while the model is slow: %d answered, %d failed, 95 of 100 within %s ms; "+
				"questions: %d accepted", len(slow.read), slow.readFailed, ms(of(slow.read, 0.95)), len(slow.asked))
			assert.LessOrEqual(t, well.failedShare(), mostFailed, "before")
			if unprotected {
				assert.GreaterOrEqual(t, slow.failedShare(), collapsed, "share of reads that failed")
				return
			}
			assert.LessOrEqual(t, slow.failedShare(), mostFailed, "share of reads that failed")
			assert.Greater(t, len(slow.asked), 30, "questions are accepted all the same")
		})
	}
}
