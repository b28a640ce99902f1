package awsport

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
	"redoubt/recovery/journal"
)

var _ journal.Rows = (*Locks)(nil)

const (
	journalPrefix   = "journal/"
	recordAttribute = "record"
	// batch is how many items one request may ask for
	// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html),
	// askAgain how often one may be asked for what an answer left out.
	batch    = 100
	askAgain = 20
)

func rowName(run string, seq int) string { return fmt.Sprintf("%s%s/%06d", journalPrefix, run, seq) }

// PutNew writes a row, and fails with journal.ErrTaken when there is one already.
func (l *Locks) PutNew(ctx context.Context, run string, seq int, row string) error {
	item := lockKey(rowName(run, seq))
	item[recordAttribute] = &types.AttributeValueMemberS{Value: row}
	_, err := l.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.table, Item: item, ConditionExpression: aws.String("attribute_not_exists(#k)"),
		ExpressionAttributeNames: map[string]string{"#k": inventory.LocksKey},
	})
	if refused(err) {
		return journal.ErrTaken
	}
	return err
}

// List returns the rows of a run, read consistently. The table has no sort key:
// the rows are asked for by their numbers, until a hundred in a row are not there.
func (l *Locks) List(ctx context.Context, run string) ([]string, error) {
	var out []string
	for first := 1; ; first += batch {
		rows, err := l.rows(ctx, run, first)
		if err != nil || len(rows) == 0 {
			return out, err
		}
		out = append(out, rows...)
	}
}

// rows returns the rows of a run from a number on, one batch of them, in order.
func (l *Locks) rows(ctx context.Context, run string, first int) ([]string, error) {
	var keys []map[string]types.AttributeValue
	for seq := first; seq < first+batch; seq++ {
		keys = append(keys, lockKey(rowName(run, seq)))
	}
	found := map[string]string{}
	for range askAgain {
		got, err := l.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			l.table: {Keys: keys, ConsistentRead: aws.Bool(true)}}})
		if err != nil {
			return nil, err
		}
		for _, item := range got.Responses[l.table] {
			found[text(item, inventory.LocksKey)] = text(item, recordAttribute)
		}
		if keys = got.UnprocessedKeys[l.table].Keys; len(keys) == 0 {
			return inOrder(found, run, first), nil
		}
	}
	return nil, errors.New("the table leaves rows out of its answers, however often it is asked")
}

func inOrder(found map[string]string, run string, first int) []string {
	var out []string
	for seq := first; seq < first+batch; seq++ {
		if row, ok := found[rowName(run, seq)]; ok {
			out = append(out, row)
		}
	}
	return out
}
