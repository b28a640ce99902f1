package marks_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/witness/marks"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func witness() marks.Witness {
	return marks.Witness{Name: "east", Keep: time.Hour, Clock: clock.NewVirtual(start)}
}

var errGone = errors.New("gone")

// items is a table of two items a page.
type items struct {
	held []map[string]types.AttributeValue
	err  error
	done []string
}

func (i *items) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.PutItemOutput, error) {
	if i.err == nil {
		i.held = append(i.held, in.Item)
	}
	return &dynamodb.PutItemOutput{}, i.err
}

func (i *items) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.UpdateItemOutput, error) {
	i.done = append(i.done, text(in.Key[inventory.LedgerKey])+" "+aws.ToString(in.UpdateExpression))
	return &dynamodb.UpdateItemOutput{}, i.err
}

func (i *items) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options),
) (*dynamodb.QueryOutput, error) {
	from := 0
	if after := in.ExclusiveStartKey; after != nil {
		_, _ = fmt.Sscan(text(after["at"]), &from)
	}
	out := &dynamodb.QueryOutput{Items: i.held[from:min(from+2, len(i.held))]}
	if from+2 < len(i.held) {
		out.LastEvaluatedKey = map[string]types.AttributeValue{"at": &types.AttributeValueMemberS{Value: fmt.Sprint(from + 2)}}
	}
	return out, i.err
}

func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

func write(t *testing.T, p marks.Place, seqs ...int64) {
	t.Helper()
	for _, seq := range seqs {
		require.NoError(t, p.Write(t.Context(), seq))
	}
}

func TestTable_writesItemsThatExpireAndReadsAllPages(t *testing.T) {
	t.Parallel()
	held := &items{}
	p := &marks.Table{Witness: witness(), Client: held, Table: "sessions"}
	write(t, p, 1, 2, 3, 4, 5)
	got, err := p.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 2, 3, 4, 5}, got)
	assert.Equal(t, "redoubt#witness#east", text(held.held[0][inventory.RecordsKey]))
	assert.Equal(t, fmt.Sprint(start.Add(time.Hour).Unix()), text(held.held[0][inventory.Expires]))
	held.err = errGone
	require.ErrorIs(t, p.Write(t.Context(), 6), errGone)
	_, err = p.Read(t.Context())
	require.ErrorIs(t, err, errGone)
}

func TestTable_refusesWhatIsNoMark(t *testing.T) {
	t.Parallel()
	held := &items{held: []map[string]types.AttributeValue{{inventory.RecordsSort: &types.AttributeValueMemberS{Value: "x"}}}}
	_, err := (&marks.Table{Witness: witness(), Client: held}).Read(t.Context())
	require.ErrorContains(t, err, `has the number "x"`)
}

// objects is a bucket of two keys a page.
type objects struct {
	keys []string
	err  error
}

func (o *objects) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if o.err == nil {
		o.keys = append(o.keys, aws.ToString(in.Key))
	}
	return &s3.PutObjectOutput{}, o.err
}

func (o *objects) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options),
) (*s3.ListObjectsV2Output, error) {
	from := 0
	_, _ = fmt.Sscan(aws.ToString(in.ContinuationToken), &from)
	slices.Sort(o.keys)
	out := &s3.ListObjectsV2Output{}
	for _, key := range o.keys[from:min(from+2, len(o.keys))] {
		out.Contents = append(out.Contents, s3types.Object{Key: aws.String(key)})
	}
	if from+2 < len(o.keys) {
		out.NextContinuationToken = aws.String(fmt.Sprint(from + 2))
	}
	return out, o.err
}

func TestBucket_keysKeepTheOrderOfNumbers(t *testing.T) {
	t.Parallel()
	held := &objects{}
	p := &marks.Bucket{Witness: witness(), Client: held, Bucket: "artifacts"}
	write(t, p, 9, 10, 100, 2, 1)
	got, err := p.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 2, 9, 10, 100}, got)
	assert.Equal(t, "redoubt/witness/east/000000000001", held.keys[0])
	held.err = errGone
	require.ErrorIs(t, p.Write(t.Context(), 6), errGone)
}

// messages is a queue that hands out two messages at a time.
type messages struct {
	bodies  []string
	hidden  map[string]string
	back    []string
	err     error
	receive int
	given   int
}

func (m *messages) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options),
) (*sqs.SendMessageOutput, error) {
	if m.err == nil {
		m.bodies = append(m.bodies, aws.ToString(in.MessageBody))
	}
	return &sqs.SendMessageOutput{}, m.err
}

func (m *messages) ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options),
) (*sqs.ReceiveMessageOutput, error) {
	if m.receive++; m.receive%2 == 0 { // now and then it gives nothing although there is something
		return &sqs.ReceiveMessageOutput{}, nil
	}
	out := &sqs.ReceiveMessageOutput{}
	for len(out.Messages) < 2 && len(m.bodies) > 0 {
		handle := fmt.Sprint("handle-", m.given)
		m.given++
		m.hidden[handle] = m.bodies[0]
		out.Messages = append(out.Messages, sqstypes.Message{Body: aws.String(m.bodies[0]), ReceiptHandle: aws.String(handle)})
		m.bodies = m.bodies[1:]
	}
	return out, nil
}

func (m *messages) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options),
) (*sqs.DeleteMessageOutput, error) {
	delete(m.hidden, aws.ToString(in.ReceiptHandle))
	return &sqs.DeleteMessageOutput{}, nil
}

func (m *messages) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput,
	_ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	m.back = append(m.back, m.hidden[aws.ToString(in.ReceiptHandle)])
	return &sqs.ChangeMessageVisibilityOutput{}, nil
}

func TestQueue_isAcknowledgedByTheLedgerAlone(t *testing.T) {
	t.Parallel()
	ledger, queue := &items{}, &messages{hidden: map[string]string{}, err: errGone}
	p := &marks.Queue{Witness: witness(), Ledger: ledger, Messages: queue, URL: "url", Table: "work-ledger"}
	require.NoError(t, p.Write(t.Context(), 1), "the ledger has it; the message is sent again from there")
	item := ledger.held[0]
	assert.Equal(t, "redoubt-witness-east-000000000001", text(item[inventory.LedgerKey]))
	assert.Equal(t, inventory.LedgerShard("redoubt-witness-east-000000000001"), text(item[inventory.LedgerOpen]))
	assert.Equal(t, "2026-03-01T12:00:00.000000000Z", text(item[inventory.LedgerAccepted]), "all digits, so that texts sort as times")
	ledger.err, queue.err = errGone, nil
	require.ErrorIs(t, p.Write(t.Context(), 2), errGone)
	assert.Empty(t, queue.bodies, "nothing is sent that was not accepted")
}

func TestQueue_readTellsOrderAndDuplicatesAndLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	ledger, queue := &items{}, &messages{hidden: map[string]string{}}
	p := &marks.Queue{Witness: witness(), Ledger: ledger, Messages: queue, Quiet: time.Millisecond}
	write(t, p, 1, 3, 2)
	queue.bodies = slices.Insert(queue.bodies, 1, `{"token":"task-7","payload":"s3://x"}`, "no document")
	write(t, p, 3)
	got, err := p.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 3, 2, 3}, got)
	assert.Equal(t, []string{`{"token":"task-7","payload":"s3://x"}`, "no document"}, queue.back)
	assert.Len(t, queue.hidden, 2, "the marks are deleted, the others are not")
	require.Len(t, ledger.done, 4)
	assert.True(t, strings.HasPrefix(ledger.done[0], "redoubt-witness-east-000000000001 SET"))
}
