package consume_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/consume"
	"redoubt/internal/clock"
)

// TestRun_givesBackWhatCameWhenTheHomeMayWriteNoMore loses the home's lease while a poll is under way.
func TestRun_givesBackWhatCameWhenTheHomeMayWriteNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var may atomic.Bool
		may.Store(true)
		calls := 0
		b := newBench(t, func(context.Context, consume.Work) error { calls++; return nil })
		b.MayWrite = func(context.Context) bool { return may.Load() }
		b.q.put("no document") // nor is it buried
		b.q.all[0].visible = clock.Wall{}.Now().Add(3 * time.Second)
		b.Parallel = 2
		b.start(t)
		pass(time.Second)
		may.Store(false)
		b.q.put(message(1))
		pass(10 * time.Second)
		b.drained(t)
		assert.Zero(t, calls)
		assert.Empty(t, b.q.dead)
		assert.Len(t, b.q.left(), 2)
	})
}

// deaf is a queue that answers no poll.
type deaf struct{ *queue }

func (d deaf) ReceiveMessage(ctx context.Context, _ *sqs.ReceiveMessageInput, _ ...func(*sqs.Options),
) (*sqs.ReceiveMessageOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// mute is a ledger that never answers.
type mute struct{}

func (mute) IsDone(ctx context.Context, _ string) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}
func (mute) Done(ctx context.Context, _ string) error       { <-ctx.Done(); return ctx.Err() }
func (mute) Dead(ctx context.Context, _, _, _ string) error { <-ctx.Done(); return ctx.Err() }

// TestRun_endsWhenTheQueueHangs drains a consumer whose poll gets no answer.
func TestRun_endsWhenTheQueueHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, consume.Work) error { return nil })
		b.Queue = deaf{b.q}
		b.start(t)
		pass(time.Second)
		began := clock.Wall{}.Now()
		b.end()
		require.ErrorIs(t, <-b.over, context.DeadlineExceeded)
		assert.Less(t, clock.Wall{}.Now().Sub(began), 30*time.Second)
	})
}

// TestRun_endsWhenTheLedgerHangs does the work though nothing tells whether it is done, while its message is still
// hidden, and gives the message back.
func TestRun_endsWhenTheLedgerHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls, began := 0, clock.Wall{}.Now()
		b := newBench(t, func(context.Context, consume.Work) error {
			calls++
			assert.Less(t, clock.Wall{}.Now().Sub(began), visibility/2)
			return nil
		})
		b.Ledger = mute{}
		b.q.put(message(1))
		b.start(t)
		pass(time.Second)
		b.end()
		require.NoError(t, <-b.over)
		assert.Less(t, clock.Wall{}.Now().Sub(began), time.Minute)
		assert.Equal(t, 1, calls)
		assert.Len(t, b.q.left(), 1)
	})
}
