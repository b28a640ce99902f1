package cells

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch/prober"
)

// Items is what a table's cell needs of a client of DynamoDB.
type Items interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// Table keeps the mark as an item of a global table: a store of kind table, or the work ledger of a queue, where an item
// that is not open is no work. Each home writes its own replica:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
type Table struct {
	Home system.Home
	// Clients are those of each home's region, Names the table's name there.
	Clients map[system.Home]Items
	Names   map[system.Home]string
	// Ledger says that it is a work ledger, which has keys of its own.
	Ledger bool
}

var _ Cell = (*Table)(nil)

const (
	// tableSort is the sort key of a cell in a store of kind table.
	tableSort = "mark"
	// written holds the time.
	written = "written"
)

func (t *Table) key() map[string]types.AttributeValue {
	key := &types.AttributeValueMemberS{Value: prober.TableKey(t.Home)}
	if t.Ledger {
		return map[string]types.AttributeValue{inventory.LedgerKey: key}
	}
	return map[string]types.AttributeValue{inventory.RecordsKey: key, inventory.RecordsSort: &types.AttributeValueMemberS{Value: tableSort}}
}

// Write puts the item into the replica of the home that serves.
func (t *Table) Write(ctx context.Context, serves system.Home, at time.Time) error {
	client, there := t.Clients[serves]
	if !there {
		return fmt.Errorf("the inventory knows no such table in the %s home", serves)
	}
	item := t.key()
	item[written] = &types.AttributeValueMemberS{Value: encode(at)}
	item[inventory.Expires] = &types.AttributeValueMemberN{Value: strconv.FormatInt(at.Add(keep).Unix(), 10)}
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.Names[serves]), Item: item})
	return err
}

// Read gets the item from the home's own replica.
func (t *Table) Read(ctx context.Context) (time.Time, error) {
	out, err := t.Clients[t.Home].GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(t.Names[t.Home]), Key: t.key(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return time.Time{}, err
	}
	text, is := out.Item[written].(*types.AttributeValueMemberS)
	if !is {
		return time.Time{}, ErrNone
	}
	return decode(text.Value)
}

// Close does nothing: the clients are the caller's.
func (t *Table) Close() {}
