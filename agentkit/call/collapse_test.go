package call_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/agentkit/call"
)

// The loads of this file are simulated: in virtual time, at a steady rate that does not heed how long answers take.
// Every policy is at its default but for the one that a case takes away.
const (
	lasts    = time.Minute
	patience = 2 * time.Second
)

// served is how a load went, from some second on.
type served struct {
	good, late int
}

func (s served) share() float64 { return float64(s.good) / float64(max(s.good+s.late, 1)) }

// push sends requests at a rate until the load ends, and counts from when a time has passed which were served within
// the patience of who asked.
func push(perSecond int, from time.Duration, do func() bool) func() served {
	var all sync.WaitGroup
	var mu sync.Mutex
	var out served
	began := time.Now()
	all.Go(func() {
		for n := range int(lasts/time.Second) * perSecond {
			time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(perSecond))))
			all.Go(func() {
				asked := time.Now()
				good := do() && time.Since(asked) <= patience
				mu.Lock()
				defer mu.Unlock()
				switch {
				case asked.Before(began.Add(from)):
				case good:
					out.good++
				default:
					out.late++
				}
			})
		}
	})
	return func() served { all.Wait(); return out }
}

// replica is an agent with some places for what it has in hand, whoever asks. Who finds none within the patience goes.
type replica chan struct{}

func (r replica) serve(work func() bool) bool {
	select {
	case r <- struct{}{}:
		defer func() { <-r }()
		return work()
	case <-time.After(patience):
		return false
	}
}

// hang runs a replica whose model has hung since the beginning and whose fallback answers at once: a hundred
// questions a second, and ten reads that need no model.
func hang(t *testing.T, s call.Settings) (questions, reads served) {
	synctest.Test(t, func(t *testing.T) {
		small := always(answer{status: 200, after: 20 * time.Millisecond})
		model, _ := client(t, always(answer{after: time.Hour}), s, func(o *call.Options) {
			o.Fallback = func(req *http.Request, _ *call.Error) (*http.Response, error) { return small.RoundTrip(req) }
		})
		r := make(replica, 12)
		ask := func() bool { code, err := get(t, model); return err == nil && code == http.StatusOK }
		read := func() bool { time.Sleep(5 * time.Millisecond); return true }
		endQuestions := push(100, 10*time.Second, func() bool { return r.serve(ask) })
		endReads := push(10, 10*time.Second, func() bool { return r.serve(read) })
		questions, reads = endQuestions(), endReads()
	})
	return questions, reads
}

// TestCollapse_whereTheBreakerAloneIsMissing takes the breaker away and nothing else. The bulkhead keeps four calls at
// most at the model that hangs, and each other question waits a tenth of a second for one of these four places before
// the fallback answers it. It waits in a place of the replica's own: eight places and 120 ms make 67 questions a second,
// fewer than come. So those who only read wait, too, until they give up.
func TestCollapse_whereTheBreakerAloneIsMissing(t *testing.T) {
	t.Parallel()
	with := call.Settings{Bulkhead: call.Bulkhead{Calls: 4}, Breaker: call.Breaker{Calls: 4}}
	questions, reads := hang(t, with)
	t.Logf("simulated: with it %.3f of the questions and %.3f of the reads are served", questions.share(), reads.share())
	assert.GreaterOrEqual(t, questions.share(), 0.98)
	assert.GreaterOrEqual(t, reads.share(), 0.98)

	without := with
	without.Breaker.Failures = call.Off
	questions, reads = hang(t, without)
	t.Logf("simulated: without it %.3f of the questions and %.3f of the reads are served", questions.share(), reads.share())
	assert.Less(t, questions.share(), 0.5)
	assert.Less(t, reads.share(), 0.5)
}

// TestCollapse_aBulkheadThatRefusesAtOnceKeepsTheReads says what the breaker is not needed for: where nobody waits for
// a place, reads go on without it, and all that is lost are the questions that hold the four places.
func TestCollapse_aBulkheadThatRefusesAtOnceKeepsTheReads(t *testing.T) {
	t.Parallel()
	questions, reads := hang(t, call.Settings{Bulkhead: call.Bulkhead{Calls: 4, Wait: call.Off},
		Breaker: call.Breaker{Failures: call.Off}})
	assert.GreaterOrEqual(t, reads.share(), 0.98)
	assert.GreaterOrEqual(t, questions.share(), 0.98)
	assert.Positive(t, questions.late, "some hold the places, and wait for nothing")
}

// backlog is a callee that takes one request after the other, 50 ms each, and does not notice who has gone. It stops
// for a while, and what came meanwhile waits.
type backlog struct {
	mu   sync.Mutex
	free time.Time
}

func (b *backlog) RoundTrip(req *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.free = later(b.free, time.Now()).Add(50 * time.Millisecond)
	done := b.free
	b.mu.Unlock()
	return always(answer{status: 200, after: time.Until(done)}).RoundTrip(req)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// overload lets a callee that can do twenty requests a second stop for five seconds under eighteen, and counts what is
// served of the second half of the minute, when nothing has been wrong with it for long.
func overload(t *testing.T, s call.Settings) (out served) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := client(t, &backlog{free: time.Now().Add(5 * time.Second)}, s)
		out = push(18, lasts/2, func() bool { code, err := get(t, c); return err == nil && code == http.StatusOK })()
	})
	return out
}

// TestCollapse_withoutTheBreakerAnOverloadOutlivesItsCause takes the breaker away and nothing else. Whoever waits longer
// than an attempt may take has gone when the turn comes, so the callee works for nobody; their retries, which the budget
// bounds to a fifth, are more than it has to spare. It never gets out of that. An open breaker lets it finish.
func TestCollapse_withoutTheBreakerAnOverloadOutlivesItsCause(t *testing.T) {
	t.Parallel()
	with := call.Settings{PerTry: time.Second}
	served := overload(t, with)
	t.Logf("simulated: with it %.3f are served", served.share())
	assert.GreaterOrEqual(t, served.share(), 0.98)

	without := with
	without.Breaker.Failures = call.Off
	served = overload(t, without)
	t.Logf("simulated: without it %.3f are served", served.share())
	assert.Less(t, served.share(), 0.1)
}
