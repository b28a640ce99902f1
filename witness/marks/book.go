package marks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/agentkit/ledger"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/witness"
)

// Entries is what the marks of a ledger need of a client of DynamoDB.
type Entries interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
}

// Book writes the marks of a queue into its work ledger alone, as entries that are not open: no plan sends them, no
// consumer meets them, and they expire. So they can be written for ever; a queue's own marks (Queue) are work for its consumers.
//
// Accepted work is what the ledger has acknowledged, and what a home has lost is what its ledger lacks. Marks that come twice or
// out of order cannot be told.
type Book struct {
	Witness
	Client Entries
	// Table is the work ledger's name.
	Table string
}

var (
	_ Place = (*Book)(nil)
	_ Asked = (*Book)(nil)
)

// Asked is a place that is asked for each mark by its number, because it lists none.
type Asked interface {
	// Find returns those of the numbers that are there.
	Find(ctx context.Context, seqs []int64) ([]int64, error)
}

// ReadBack returns the marks of a place: all that it lists, or those of the numbers that it is asked for.
func ReadBack(ctx context.Context, p interface {
	Read(ctx context.Context) ([]int64, error)
}, seqs []int64) ([]int64, error) {
	if asked, is := p.(Asked); is {
		return asked.Find(ctx, seqs)
	}
	return p.Read(ctx)
}

// Write puts one entry.
func (b *Book) Write(ctx context.Context, seq int64) error {
	item := ledger.Item(witness.QueueToken(b.Name)+digits(seq), QueuePayload, b.now())
	delete(item, inventory.LedgerOpen)
	item[inventory.Expires] = ledger.Expiring(b.now().Add(b.keep()))
	_, err := b.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(b.Table), Item: item})
	return err
}

// Read lists nothing: the keys of a ledger have no order.
func (b *Book) Read(context.Context) ([]int64, error) {
	return nil, errors.New("read marks: a ledger is asked for each number")
}

const (
	// batch is the most that DynamoDB gives at once:
	// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
	batch = 100
	// tries is how often keys are asked for again that DynamoDB has left out, again how long lies between.
	tries = 10
	again = 200 * time.Millisecond
)

// Find asks for each number.
func (b *Book) Find(ctx context.Context, seqs []int64) ([]int64, error) {
	var out []int64
	for len(seqs) > 0 {
		n := min(batch, len(seqs))
		found, err := b.some(ctx, seqs[:n])
		if err != nil {
			return nil, fmt.Errorf("read marks: %w", err)
		}
		out, seqs = append(out, found...), seqs[n:]
	}
	return out, nil
}

// some asks for a batch until every key of it was answered.
func (b *Book) some(ctx context.Context, seqs []int64) ([]int64, error) {
	asked := types.KeysAndAttributes{ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("#k"),
		ExpressionAttributeNames: map[string]string{"#k": inventory.LedgerKey}}
	for _, seq := range seqs {
		asked.Keys = append(asked.Keys, map[string]types.AttributeValue{
			inventory.LedgerKey: &types.AttributeValueMemberS{Value: witness.QueueToken(b.Name) + digits(seq)}})
	}
	var out []int64
	for range tries {
		answer, err := b.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{b.Table: asked}})
		if err != nil {
			return nil, err
		}
		for _, item := range answer.Responses[b.Table] {
			key, _ := item[inventory.LedgerKey].(*types.AttributeValueMemberS)
			if key == nil {
				return nil, errors.New("an entry has no token")
			}
			seq, ok := Number(key.Value, witness.QueueToken(b.Name))
			if !ok {
				return nil, fmt.Errorf("the entry %q is no mark", key.Value)
			}
			out = append(out, seq)
		}
		left, more := answer.UnprocessedKeys[b.Table]
		if !more || len(left.Keys) == 0 {
			return out, nil
		}
		asked = left
		if err := (clock.Wall{}).Sleep(ctx, again); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d keys were left out %d times", len(asked.Keys), tries)
}

// Close does nothing: the client is the caller's.
func (b *Book) Close() error { return nil }
