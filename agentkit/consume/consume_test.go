package consume_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/consume"
	"redoubt/agentkit/ledger"
	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/internal/memtable"
	"redoubt/internal/metrictest"
	"redoubt/inventory"
)

const visibility = 30 * time.Second

// bench is a consumer in a bubble, with a queue and a ledger.
type bench struct {
	*consume.Consumer
	q      *queue
	ledger *ledger.Ledger
	table  *memtable.Table
	m      *metrictest.Metrics
	end    context.CancelFunc
	over   chan error
}

func newBench(t *testing.T, handle func(context.Context, consume.Work) error) *bench {
	b := &bench{q: &queue{refuse: map[string]bool{}}, table: memtable.New(inventory.LedgerKey), m: metrictest.New(t), over: make(chan error, 1)}
	b.ledger = &ledger.Ledger{Table: b.table.Via(nil), Queue: b.q, Name: "work-ledger", URL: "work", Meter: b.m.Recorder}
	b.Consumer = &consume.Consumer{Queue: b.q, Ledger: b.ledger, URL: "work", DeadURL: "work-dlq", Handle: handle,
		Visibility: visibility, MostReceives: 3, Meter: b.m.Recorder}
	return b
}

func (b *bench) start(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	b.end = end
	go func() { b.over <- b.Run(ctx) }()
}

// drained ends the consumer and waits for it.
func (b *bench) drained(t *testing.T) {
	b.end()
	require.NoError(t, <-b.over)
}

func rest(d time.Duration) { _ = clock.Wall{}.Sleep(context.Background(), d) }

func pass(d time.Duration) { rest(d); synctest.Wait() }

func message(n int) string { return fmt.Sprintf(`{"token":"task-%d","payload":"p"}`, n) }

func (b *bench) done(t *testing.T, n int) bool {
	done, err := b.ledger.IsDone(t.Context(), fmt.Sprintf("task-%d", n))
	require.NoError(t, err)
	return done
}

func TestRun_worksMarksAndDeletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at, most atomic.Int64
		b := newBench(t, func(context.Context, consume.Work) error {
			most.Store(max(most.Load(), at.Add(1)))
			rest(5 * time.Second)
			at.Add(-1)
			return nil
		})
		b.Parallel = 4
		for n := range 12 {
			b.q.put(message(n))
		}
		b.q.put(`{"token":"mark","payload":"redoubt:witness"}`)
		b.start(t)
		pass(25 * time.Second)
		assert.Empty(t, b.q.left())
		assert.True(t, b.done(t, 11))
		assert.EqualValues(t, 4, most.Load(), "as many at once as it may, and not more")
		b.drained(t)
		assert.InDelta(t, 13, b.m.Value(t, measure.Consumed, "done"), 0)
		assert.InDelta(t, 60, b.m.Points(t, measure.WorkDuration)[0].Value, 1, "a mark of the witness is no work")
	})
}

func TestRun_keepsAMessageHiddenWhileItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		b := newBench(t, func(context.Context, consume.Work) error { calls++; rest(10 * visibility); return nil })
		b.Parallel = 2
		b.q.put(message(1))
		b.start(t)
		pass(11 * visibility)
		b.drained(t)
		assert.Equal(t, 1, calls, "nobody got it a second time")
		assert.GreaterOrEqual(t, b.q.extended, 27)
		assert.Empty(t, b.q.left())
		b.q.put(message(1))
		b.start(t)
		pass(time.Second)
		b.drained(t)
		assert.Equal(t, 1, calls, "the ledger knows that it is done")
		assert.InDelta(t, 1, b.m.Value(t, measure.Consumed, "done before"), 0)
	})
}

func TestRun_theWorkEndsBeforeAnotherGetsTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended time.Duration
		b := newBench(t, func(ctx context.Context, _ consume.Work) error {
			began := clock.Wall{}.Now()
			<-ctx.Done()
			ended = clock.Wall{}.Now().Sub(began)
			assert.ErrorIs(t, context.Cause(ctx), consume.ErrHandedOn)
			return ctx.Err()
		})
		b.q.refuse["ChangeMessageVisibility"] = true
		b.q.put(message(1))
		b.start(t)
		pass(visibility - time.Second)
		assert.Less(t, ended, visibility)
		assert.Positive(t, ended)
		b.end()
		<-b.over
	})
}

func TestRun_poisonGoesToTheDeadLettersWithItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("no such tool")
		calls := map[string]int{}
		b := newBench(t, func(_ context.Context, w consume.Work) error {
			calls[w.Token]++
			switch w.Token {
			case "task-1":
				return consume.Poison(refused)
			case "task-2":
				return refused
			}
			panic("a bug")
		})
		b.q.put(message(1), message(2), message(3), "no document")
		b.q.refuse["SendMessage"] = true
		b.start(t)
		pass(time.Second)
		assert.Len(t, b.q.left(), 4, "what cannot be buried is not lost")
		b.q.refuse["SendMessage"] = false
		pass(2 * time.Minute)
		b.drained(t)
		assert.Empty(t, b.q.left())
		assert.Equal(t, 3, calls["task-2"], "as often as it may be tried")
		assert.Equal(t, 3, calls["task-3"])
		reasons := map[string]string{}
		for _, d := range b.q.dead {
			assert.Equal(t, "work-dlq", aws.ToString(d.QueueUrl))
			reasons[aws.ToString(d.MessageBody)] = aws.ToString(d.MessageAttributes["reason"].StringValue)
		}
		assert.Len(t, reasons, 4)
		assert.Equal(t, "no such tool", reasons[message(1)])
		assert.Equal(t, "the handler panicked: a bug", reasons[message(3)])
		assert.Contains(t, reasons["no document"], "none of the work ledger's")
		for _, item := range b.table.All("work-ledger") {
			assert.Contains(t, item, ledger.DeadKey)
		}
		assert.False(t, b.done(t, 1), "it stays to be done")
		assert.Contains(t, b.q.backs, 4*time.Second, "the rest between two attempts doubles")
	})
}

func TestRun_drainsWithinItsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, w consume.Work) error {
			if w.Token == "task-1" { // it needs longer than the grace
				<-ctx.Done()
				return context.Cause(ctx)
			}
			rest(10 * time.Second)
			return nil
		})
		b.Parallel, b.Grace, b.Wait = 3, 15*time.Second, 20*time.Second
		b.q.put(message(1), message(2))
		b.start(t)
		pass(time.Second)
		b.end()
		pass(time.Second)
		b.q.put(message(3)) // it comes with the poll that is under way
		began := clock.Wall{}.Now()
		require.NoError(t, <-b.over)
		assert.Less(t, clock.Wall{}.Now().Sub(began), 20*time.Second)
		assert.Equal(t, []string{message(1), message(3)}, b.q.left())
		assert.Equal(t, []time.Duration{0, 0}, b.q.backs, "they are given back at once")
		assert.True(t, b.done(t, 2))
		assert.InDelta(t, 2, b.m.Value(t, measure.Consumed, "given back"), 0)
	})
}

func TestRun_stopsWithItsHomeAndWithItsZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var may, off atomic.Bool
		may.Store(true)
		b := newBench(t, func(ctx context.Context, w consume.Work) error {
			if w.Token != "task-1" {
				return nil
			}
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), consume.ErrNotActive)
			return ctx.Err()
		})
		b.MayWrite = func(context.Context) bool { return may.Load() }
		b.ZoneOff = func(context.Context) bool { return off.Load() }
		b.q.put(message(1))
		b.start(t)
		pass(3 * time.Second)
		may.Store(false)
		pass(10 * time.Second)
		assert.Equal(t, []time.Duration{0}, b.q.backs, "the work in hand ended too")
		polled := b.q.polled
		pass(time.Minute)
		assert.Equal(t, polled, b.q.polled, "it asks the queue no more")
		b.q.all[0].deleted = true
		may.Store(true)
		off.Store(true)
		b.q.put(message(2))
		pass(time.Minute)
		assert.Len(t, b.q.left(), 1)
		assert.Positive(t, b.m.Value(t, measure.Paused, "home"))
		assert.Positive(t, b.m.Value(t, measure.Paused, "zone"))
		off.Store(false)
		pass(3 * time.Second)
		assert.Empty(t, b.q.left())
		b.drained(t)
	})
}

func TestRun_goesOnWhenTheQueueDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, consume.Work) error { return nil })
		b.q.refuse["ReceiveMessage"] = true
		b.start(t)
		pass(5 * time.Second)
		b.q.refuse["ReceiveMessage"] = false
		b.q.put(message(1))
		pass(5 * time.Second)
		b.drained(t)
		assert.Empty(t, b.q.left())
		assert.Positive(t, b.m.Value(t, measure.Consumed, "no answer"))
	})
}

func TestRun_refusesSettings(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, (&consume.Consumer{}).Run(t.Context()), "want both queues")
}
