package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/ledger"
	"redoubt/inventory"
)

func (b *bench) pass(t *testing.T, d time.Duration) {
	t.Helper()
	require.NoError(t, b.now.Advance(b.now.Now().Add(d)))
}

// Work of one group waits its turn in the queue, also when it is sent again.
func TestGroup_keepsTheOrderOfItsWork(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.URL += ".fifo"
	b.Group = func(token, _ string) string { return strings.Split(token, "/")[0] }
	b.queue.err = errors.New("no queue")
	for n := range 20 {
		require.NoError(t, b.Accept(t.Context(), fmt.Sprintf("ann/%02d", n), "p"))
		b.pass(t, time.Second)
	}
	b.queue.err = nil
	b.pass(t, time.Hour)
	n, err := b.Resend(t.Context(), time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 20, n)
	for n, in := range b.queue.sent {
		assert.Equal(t, "ann", aws.ToString(in.MessageGroupId))
		assert.Equal(t, fmt.Sprintf("ann/%02d", n), aws.ToString(in.MessageDeduplicationId), "the oldest first, whatever their tokens")
	}
	for _, item := range b.table.All("work-ledger") { // for the plan that sends it again in the other home, shard by shard
		assert.Equal(t, &types.AttributeValueMemberS{Value: "ann"}, item[inventory.LedgerGroup])
		assert.Equal(t, &types.AttributeValueMemberS{Value: inventory.LedgerShard("ann")}, item[inventory.LedgerOpen])
	}
}

// SQS takes ids of 128 characters. A longer token, or one with others, is no reason not to send.
func TestAccept_aLongTokenFitsAnOrderedQueue(t *testing.T) {
	t.Parallel()
	for _, token := range []string{strings.Repeat("t", 129), "a b", "töken"} {
		b := newBench(t)
		b.URL += ".fifo"
		require.NoError(t, b.Accept(t.Context(), token, "p"))
		in := b.queue.sent[0]
		assert.Regexp(t, `^[0-9a-f]{64}$`, aws.ToString(in.MessageDeduplicationId))
		assert.Regexp(t, `^[0-9a-f]{64}$`, aws.ToString(in.MessageGroupId))
		assert.Contains(t, aws.ToString(in.MessageBody), token)
	}
}

// Resend counts what it sent, and says what it could not.
func TestResend_countsWhatItSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.queue.err = errors.New("no queue")
	for n := range 9 {
		require.NoError(t, b.Accept(t.Context(), fmt.Sprint("task-", n), "p"))
	}
	b.pass(t, time.Hour)
	n, err := b.Resend(t.Context(), time.Minute)
	assert.Zero(t, n)
	require.ErrorIs(t, err, b.queue.err)
	require.ErrorContains(t, err, "0 of 9 works are sent again")
	b.queue.err = nil
	n, err = b.Resend(t.Context(), time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 9, n)
}

// Work that is given up before its entry has come over from the other home gets an entry with which a plan can send it
// again; what is done stays done, and what is dead goes in the end.
func TestDead_ofWorkThatTheTableDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.NoError(t, b.Dead(t.Context(), "task-7", "s3://tasks/7", "the tool refuses it"))
	item := b.table.All("work-ledger")[0]
	want := ledger.Item("task-7", "s3://tasks/7", b.now.Now())
	want[ledger.DeadKey] = &types.AttributeValueMemberS{Value: "the tool refuses it"}
	want[inventory.Expires] = ledger.Expiring(b.now.Now().Add(ledger.DefaultKeepDead))
	assert.Equal(t, want, item)

	require.NoError(t, b.Done(t.Context(), "task-8"))
	require.NoError(t, b.Dead(t.Context(), "task-8", "s3://tasks/8", "late"))
	for _, item := range b.table.All("work-ledger") {
		if item[inventory.LedgerDone] != nil {
			assert.NotContains(t, item, inventory.LedgerOpen)
			assert.NotContains(t, item, ledger.DeadKey)
		}
	}
	b2 := newBench(t)
	require.NoError(t, b2.Accept(t.Context(), "task-9", "the first"))
	b2.pass(t, time.Minute)
	require.NoError(t, b2.Dead(t.Context(), "task-9", "another", "why"))
	item = b2.table.All("work-ledger")[0]
	assert.Equal(t, &types.AttributeValueMemberS{Value: "the first"}, item[inventory.LedgerPayload])
}
