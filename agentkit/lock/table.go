package lock

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/recovery/arbiter"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
)

// Client is what is needed of a client of DynamoDB.
type Client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

var _ Client = (*dynamodb.Client)(nil)

// Table is a lock table reached with an agent's own client: the items are those that lease.Table writes, so
// that plans and agents see the same leases.
func Table(client Client, name string) lease.Store {
	return lease.Table{Port: port{client}, Name: name}
}

// Words is the same table for the word of which home is to be the active one, and for what observers have seen.
func Words(client Client, name string) arbiter.Table {
	return arbiter.Table{Port: port{client}, Name: name}
}

// port makes the two calls of a lease.
type port struct{ client Client }

var _ plan.Port = port{}

// Call makes one call.
func (p port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	table, _ := c.Input["TableName"].(string)
	switch c.Operation {
	case "GetItem":
		consistent, _ := c.Input["ConsistentRead"].(bool)
		out, err := p.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: &table, Key: attributes(c.Input["Key"]), ConsistentRead: &consistent})
		if err != nil || len(out.Item) == 0 {
			return nil, err
		}
		return plan.Document{"Item": document(out.Item)}, nil
	case "PutItem":
		condition, _ := c.Input["ConditionExpression"].(string)
		in := &dynamodb.PutItemInput{TableName: &table, Item: attributes(c.Input["Item"]),
			ConditionExpression: aws.String(condition), ExpressionAttributeNames: map[string]string{}}
		names, _ := c.Input["ExpressionAttributeNames"].(plan.Document)
		for short, long := range names {
			in.ExpressionAttributeNames[short] = fmt.Sprint(long)
		}
		if values, has := c.Input["ExpressionAttributeValues"]; has {
			in.ExpressionAttributeValues = attributes(values)
		}
		_, err := p.client.PutItem(ctx, in)
		return nil, err
	default:
		return nil, fmt.Errorf("%s: a lease makes GetItem and PutItem only: this is a bug", c)
	}
}

// attributes are a document's texts and numbers as the client wants them.
func attributes(in any) map[string]types.AttributeValue {
	doc, _ := in.(plan.Document)
	out := map[string]types.AttributeValue{}
	for name, value := range doc {
		typed, _ := value.(plan.Document)
		if s, is := typed["S"].(string); is {
			out[name] = &types.AttributeValueMemberS{Value: s}
		}
		if n, is := typed["N"].(string); is {
			out[name] = &types.AttributeValueMemberN{Value: n}
		}
	}
	return out
}

func document(in map[string]types.AttributeValue) plan.Document {
	out := plan.Document{}
	for name, value := range in {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			out[name] = plan.Document{"S": v.Value}
		case *types.AttributeValueMemberN:
			out[name] = plan.Document{"N": v.Value}
		}
	}
	return out
}
