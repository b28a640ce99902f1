package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/ledger"
	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/internal/interleave"
	"redoubt/internal/memtable"
	"redoubt/internal/metrictest"
	"redoubt/inventory"
)

// sender is a queue that may be gone.
type sender struct {
	sent []*sqs.SendMessageInput
	err  error
}

func (s *sender) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	if s.err == nil {
		s.sent = append(s.sent, in)
	}
	return &sqs.SendMessageOutput{}, s.err
}

type bench struct {
	*ledger.Ledger
	table *memtable.Table
	queue *sender
	now   *clock.Virtual
	m     *metrictest.Metrics
	// gone is what the table answers with, when it is not nil.
	gone error
}

func newBench(t *testing.T) *bench {
	b := &bench{table: memtable.New(inventory.LedgerKey), queue: &sender{}, now: clock.NewVirtual(interleave.Start), m: metrictest.New(t)}
	road := b.table.Via(func(_ string, act func() error) error {
		if b.gone != nil {
			return b.gone
		}
		return act()
	})
	b.Ledger = &ledger.Ledger{Table: road, Queue: b.queue, Name: "work-ledger", URL: "https://queue/work", Clock: b.now, Meter: b.m.Recorder}
	return b
}

func (b *bench) bodies() []string {
	var out []string
	for _, in := range b.queue.sent {
		out = append(out, aws.ToString(in.MessageBody))
	}
	return out
}

const message = `{"token":"task-7","payload":"s3://tasks/7"}`

func TestAccept_isTheWriteAndNotTheSending(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gone = errors.New("no table")
	require.ErrorIs(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"), b.gone)
	assert.Empty(t, b.queue.sent, "nothing is sent that is not accepted")
	b.gone, b.queue.err = nil, errors.New("no queue")
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"))
	item := b.table.All("work-ledger")[0]
	assert.NotContains(t, item, inventory.Expires, "what is not done never vanishes")
	assert.InDelta(t, 1, b.m.Value(t, measure.Work, "unsent"), 0)

	b.queue.err = nil
	require.NoError(t, b.now.Advance(b.now.Now().Add(10*time.Minute)))
	n, err := b.Resend(t.Context(), 15*time.Minute)
	require.NoError(t, err)
	assert.Zero(t, n, "it may still be on its way")
	n, err = b.Resend(t.Context(), 5*time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.Equal(t, []string{message}, b.bodies())
}

func TestAccept_twiceIsOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"))
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://another"))
	assert.Equal(t, []string{message, message}, b.bodies(), "the first payload, and a message more: the first may have been lost")
	require.NoError(t, b.Done(t.Context(), "task-7"))
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"))
	assert.Len(t, b.queue.sent, 2, "what is done is not opened again")
	item := b.table.All("work-ledger")[0]
	assert.NotContains(t, item, inventory.LedgerOpen)
	assert.Contains(t, item, inventory.Expires)
	done, err := b.IsDone(t.Context(), "task-7")
	require.NoError(t, err)
	assert.True(t, done)
	require.ErrorContains(t, b.Accept(t.Context(), "", "x"), "the token is empty")
}

func TestDead_staysOpenAndIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"))
	require.NoError(t, b.Dead(t.Context(), "task-7", "s3://tasks/7", "the tool refuses it"))
	require.NoError(t, b.Accept(t.Context(), "task-7", "s3://tasks/7"))
	require.NoError(t, b.now.Advance(b.now.Now().Add(time.Hour)))
	n, err := b.Resend(t.Context(), time.Minute)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Len(t, b.queue.sent, 1)
	assert.Contains(t, b.table.All("work-ledger")[0], inventory.LedgerOpen)
}

func TestAccept_aFIFOQueueGetsAGroupForEachWork(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.URL += ".fifo"
	require.NoError(t, b.Accept(t.Context(), "task-7", ""))
	assert.Equal(t, "task-7", aws.ToString(b.queue.sent[0].MessageGroupId))
	assert.Equal(t, "task-7", aws.ToString(b.queue.sent[0].MessageDeduplicationId))
}

func TestRead_refusesWhatIsNoWork(t *testing.T) {
	t.Parallel()
	token, payload, err := ledger.Read(message)
	require.NoError(t, err)
	assert.Equal(t, "task-7 s3://tasks/7", token+" "+payload)
	for _, body := range []string{"no document", `{}`, `{"payload":"x"}`} {
		_, _, err := ledger.Read(body)
		require.ErrorContains(t, err, "none of the work ledger's", body)
	}
}
