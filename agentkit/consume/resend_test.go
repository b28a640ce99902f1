package consume_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/consume"
	"redoubt/agentkit/idempotent"
	"redoubt/agentkit/ledger"
	"redoubt/agentkit/lock"
	"redoubt/agentkit/measure"
	"redoubt/internal/memtable"
	"redoubt/inventory"
)

const overdue = 5 * time.Minute

// sending is the side of the queue on which work is sent, and what was sent.
type sending struct {
	q  *queue
	mu sync.Mutex
	// sent counts the messages by body.
	sent map[string]int
}

func (s *sending) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent[aws.ToString(in.MessageBody)]++
	s.q.put(aws.ToString(in.MessageBody))
	return &sqs.SendMessageOutput{}, nil
}

// TestRun_leavesWorkForLater: work that its handler leaves is no failure, however often, and is done once the handler takes it.
func TestRun_leavesWorkForLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, calls := true, 0
		b := newBench(t, func(context.Context, consume.Work) error {
			if calls++; busy {
				return fmt.Errorf("at this level: %w", consume.ErrLater)
			}
			return nil
		})
		s := &schedulers{locks: memtable.New(inventory.LocksKey), cut: map[string]bool{}}
		to := &sending{q: b.q, sent: map[string]int{}}
		b.ledger.Queue = to
		require.NoError(t, b.ledger.Accept(t.Context(), "task-1", "p"))
		b.start(t)
		ctx, end := context.WithCancel(t.Context())
		s.start(ctx, b, to, "ann", nil)
		pass(time.Hour + time.Minute)
		assert.Greater(t, calls, b.MostReceives+1, "more often than it may fail")
		assert.Empty(t, b.q.left())
		assert.Empty(t, b.q.dead)
		assert.False(t, b.done(t, 1))
		busy = false
		pass(3 * overdue)
		assert.True(t, b.done(t, 1))
		assert.InDelta(t, calls-1, b.m.Value(t, measure.Consumed, "left"), 0)
		end()
		b.drained(t)
		synctest.Wait()
	})
}

// schedulers are processes that send again, each with a way of its own to the tables, which may be cut.
type schedulers struct {
	locks *memtable.Table
	mu    sync.Mutex
	cut   map[string]bool
	// leads is who took the lock last.
	leads string
}

var errCut = errors.New("the process is gone")

// start starts one that runs until the context ends.
func (s *schedulers) start(ctx context.Context, b *bench, to *sending, name string, mayWrite func(context.Context) bool) {
	way := func(operation string, act func() error) error {
		s.mu.Lock()
		cut := s.cut[name]
		s.mu.Unlock()
		if cut {
			return errCut
		}
		err := act()
		if operation == "PutItem" && err == nil {
			s.mu.Lock()
			s.leads = name
			s.mu.Unlock()
		}
		return err
	}
	r := &ledger.Resender{Age: overdue, MayWrite: mayWrite,
		Ledger: &ledger.Ledger{Table: b.table.Via(way), Queue: to, Name: "work-ledger", URL: "work", Meter: b.m.Recorder},
		Locks:  &lock.Locks{Store: lock.Table(s.locks.Via(way), "locks"), Owner: name}}
	go func() { _ = r.Run(ctx) }()
}

// crash cuts off who leads: it neither sends nor lets the lock go.
func (s *schedulers) crash() (who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut[s.leads] = true
	return s.leads
}

// TestResender_whatTheQueueLostIsDoneOnce loses all messages twice, those in hand too, and kills the process that sends
// again in between. Each task ends, with one effect.
func TestResender_whatTheQueueLostIsDoneOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		effects := map[string]int{}
		once := &idempotent.Once{Table: memtable.New(inventory.IdempotencyKey).Via(nil), Name: "idempotency", Owner: "worker"}
		b := newBench(t, func(ctx context.Context, w consume.Work) error {
			_, err := once.Do(ctx, w.Token, func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
				rest(7 * time.Second)
				mu.Lock()
				defer mu.Unlock()
				effects[w.Token]++
				return idempotent.Outcome{}, nil
			})
			return err
		})
		b.Parallel = 2
		to := &sending{q: b.q, sent: map[string]int{}}
		b.ledger.Queue = to
		s := &schedulers{locks: memtable.New(inventory.LocksKey), cut: map[string]bool{}}
		for _, name := range []string{"ann", "bob", "cid"} {
			s.start(t.Context(), b, to, name, nil)
		}
		b.start(t)
		for n := range 60 { // more than two at a time can do: a backlog
			require.NoError(t, b.ledger.Accept(t.Context(), fmt.Sprint("task-", n), "p"))
			rest(2 * time.Second)
		}
		first := b.q.wipe()
		assert.Positive(t, first, "messages are lost on purpose")
		for range 2 * overdue / time.Second {
			if len(b.q.left()) == 0 {
				rest(time.Second)
			}
		}
		pass(10 * time.Second)
		assert.Positive(t, b.q.wipe(), "and some of those that were sent again")
		was := s.crash()
		rest(3 * overdue)
		assert.NotEqual(t, was, s.leads, "another sends now")
		for n := range 60 {
			assert.True(t, b.done(t, n), "task %d is done", n)
			assert.Equal(t, 1, effects[fmt.Sprint("task-", n)], "effects of task %d", n)
		}
		assert.Len(t, effects, 60)
		b.drained(t)
	})
}

// wipe loses every message, also those that somebody works on, and says how many.
func (q *queue) wipe() (lost int) {
	lost = len(q.left())
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = nil
	return lost
}

// TestResender_oneOfThreeSendsOnceInEachAge has three that would send, and nobody who does the work.
func TestResender_oneOfThreeSendsOnceInEachAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		to := &sending{q: b.q, sent: map[string]int{}}
		s := &schedulers{locks: memtable.New(inventory.LocksKey), cut: map[string]bool{}}
		active := false
		for _, name := range []string{"ann", "bob", "cid"} {
			s.start(t.Context(), b, to, name, func(context.Context) bool { return active })
		}
		b.ledger.Queue = to
		require.NoError(t, b.ledger.Accept(t.Context(), "task-1", "p"))
		pass(3 * overdue)
		assert.Equal(t, 1, to.sent[message(1)], "the other home is the active one: this is its work")
		active = true
		pass(10 * overdue)
		assert.Equal(t, 11, to.sent[message(1)], "once by Accept, and once in each age by one of them")
	})
}
