package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/internal/clock"
	"redoubt/inventory"
)

// Client is what is needed of a client of DynamoDB.
type Client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

var _ Client = (*dynamodb.Client)(nil)

// Table is a Store in a store of kind table: a job is a partition, a record an item of at most 400 KB.
type Table struct {
	Client Client
	// Name is the table's.
	Name string
	// Keep is how long a record stays; zero means for ever. It is longer than any job takes.
	Keep time.Duration
	// Clock is nil for the machine's.
	Clock clock.Clock
}

var _ Store = Table{}

// The sort keys of a job's items: its definition, and a step's record.
const (
	definitionSort = "definition"
	stepSort       = "step#"
	resultKey      = "result"
)

// Begin records the definition.
func (t Table) Begin(ctx context.Context, job, definition string) (string, error) {
	stands, err := t.put(ctx, job, definitionSort, []byte(definition))
	return string(stands), err
}

// Record writes the item unless there is one.
func (t Table) Record(ctx context.Context, job, step string, result []byte) ([]byte, error) {
	return t.put(ctx, job, stepSort+step, result)
}

// Results reads all records of the job, consistently.
func (t Table) Results(ctx context.Context, job string) (map[string][]byte, error) {
	out := map[string][]byte{}
	in := &dynamodb.QueryInput{
		TableName: &t.Name, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("#j = :j"),
		ExpressionAttributeNames:  map[string]string{"#j": inventory.RecordsKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":j": partition(job)},
	}
	for {
		page, err := t.Client.Query(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			sort, _ := item[inventory.RecordsSort].(*types.AttributeValueMemberS)
			if sort == nil || !strings.HasPrefix(sort.Value, stepSort) {
				continue
			}
			if out[strings.TrimPrefix(sort.Value, stepSort)], err = resultOf(item); err != nil {
				return nil, err
			}
		}
		if in.ExclusiveStartKey = page.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 {
			return out, nil
		}
	}
}

// put writes an item unless there is one, and returns what stands there, also after an answer that was lost.
func (t Table) put(ctx context.Context, job, sort string, value []byte) ([]byte, error) {
	key := map[string]types.AttributeValue{
		inventory.RecordsKey: partition(job), inventory.RecordsSort: &types.AttributeValueMemberS{Value: sort}}
	item := map[string]types.AttributeValue{resultKey: &types.AttributeValueMemberB{Value: value}}
	for name, v := range key {
		item[name] = v
	}
	if t.Keep > 0 {
		item[inventory.Expires] = &types.AttributeValueMemberN{Value: strconv.FormatInt(t.now().Add(t.Keep).Unix(), 10)}
	}
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.Name, Item: item, ConditionExpression: aws.String("attribute_not_exists(#k)"),
		ExpressionAttributeNames: map[string]string{"#k": inventory.RecordsKey},
	})
	if err == nil {
		return value, nil
	}
	got, readErr := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key, ConsistentRead: aws.Bool(true)})
	switch {
	case readErr != nil:
		return nil, errors.Join(err, readErr)
	case len(got.Item) == 0:
		return nil, err
	}
	return resultOf(got.Item)
}

func (t Table) now() time.Time {
	if t.Clock == nil {
		return clock.Wall{}.Now()
	}
	return t.Clock.Now()
}

func partition(job string) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: "redoubt#checkpoint#" + job}
}

func resultOf(item map[string]types.AttributeValue) ([]byte, error) {
	v, is := item[resultKey].(*types.AttributeValueMemberB)
	if !is {
		return nil, fmt.Errorf("the record has no %s", resultKey)
	}
	return append([]byte{}, v.Value...), nil
}
