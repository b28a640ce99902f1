package lock

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// GuardKey is the attribute in which a guarded item keeps the greatest generation that wrote it.
const GuardKey = "fence"

// Fence makes an item refuse the writes of older generations.
type Fence int

// Guard is the fence of a holder's generation.
func Guard(generation int) Fence { return Fence(generation) }

const (
	fenceName  = "#fence"
	fenceValue = ":fence"
	condition  = "attribute_not_exists(" + fenceName + ") OR " + fenceName + " <= " + fenceValue
)

// Put lets a PutItem through only when the item has seen no younger generation, and leaves this one in it. The
// input has no condition of its own.
func (f Fence) Put(in *dynamodb.PutItemInput) {
	in.Item[GuardKey] = f.value()
	in.ConditionExpression = aws.String(condition)
	in.ExpressionAttributeNames = with(in.ExpressionAttributeNames, fenceName, GuardKey)
	in.ExpressionAttributeValues = with(in.ExpressionAttributeValues, fenceValue, f.value())
}

// Updater is what Raise needs of a client of DynamoDB.
type Updater interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Raise shows the item this generation before the holder reads it: from then on no older one's write is taken.
func (f Fence) Raise(ctx context.Context, client Updater, table string, key map[string]types.AttributeValue) error {
	_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &table, Key: key,
		UpdateExpression:          aws.String("SET " + fenceName + " = " + fenceValue),
		ConditionExpression:       aws.String(condition),
		ExpressionAttributeNames:  map[string]string{fenceName: GuardKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{fenceValue: f.value()},
	})
	return err
}

func (f Fence) value() types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(int(f))}
}

func with[V any](in map[string]V, name string, value V) map[string]V {
	if in == nil {
		in = map[string]V{}
	}
	in[name] = value
	return in
}

// Refused tells whether a guarded write was refused: a younger generation has written.
func Refused(err error) bool {
	var one *types.ConditionalCheckFailedException
	return errors.As(err, &one)
}
