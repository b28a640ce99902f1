package marks

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
	"redoubt/witness"
)

// Items is what a table's marks need of a client of DynamoDB.
type Items interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// Table writes each mark as an item of one partition, which DynamoDB deletes when
// it is too old. A mark that came twice is there once: a table cannot tell.
//
// A mark is acknowledged when PutItem has answered: it is in two of the three
// copies of its region, and goes to the other region later:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
type Table struct {
	Witness
	Client Items
	// Table is the table's name.
	Table string
}

var _ Place = (*Table)(nil)

// Write puts one item.
func (t *Table) Write(ctx context.Context, seq int64) error {
	expires := strconv.FormatInt(t.now().Add(t.keep()).Unix(), 10)
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(t.Table),
		Item: map[string]types.AttributeValue{
			inventory.RecordsKey:  &types.AttributeValueMemberS{Value: witness.TableKey(t.Name)},
			inventory.RecordsSort: &types.AttributeValueMemberS{Value: digits(seq)},
			inventory.Expires:     &types.AttributeValueMemberN{Value: expires},
		},
	})
	return err
}

// Read returns the marks in the order of their numbers.
func (t *Table) Read(ctx context.Context) ([]int64, error) {
	var out []int64
	in := &dynamodb.QueryInput{
		TableName: aws.String(t.Table), ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#k = :k"),
		ExpressionAttributeNames:  map[string]string{"#k": inventory.RecordsKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":k": &types.AttributeValueMemberS{Value: witness.TableKey(t.Name)}},
	}
	for {
		answer, err := t.Client.Query(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read marks: %w", err)
		}
		for _, item := range answer.Items {
			text, _ := item[inventory.RecordsSort].(*types.AttributeValueMemberS)
			if text == nil {
				return nil, fmt.Errorf("read marks: an item of %s has no %s", witness.TableKey(t.Name), inventory.RecordsSort)
			}
			seq, ok := Number(text.Value, "")
			if !ok {
				return nil, fmt.Errorf("read marks: an item has the number %q", text.Value)
			}
			out = append(out, seq)
		}
		if in.ExclusiveStartKey = answer.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 {
			return out, nil
		}
	}
}

// Close does nothing: the client is the caller's.
func (t *Table) Close() error { return nil }
