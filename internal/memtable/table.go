// Package memtable is one DynamoDB table in memory, for tests and for agents that run
// without a cloud. It has what conditional protocols stand on: an item is written
// only when its condition holds, one write at a time, all writes of a transaction or
// none, and a read sees what was written. Only what the kit uses is there.
//
// It is no emulator: conditions are comparisons joined by AND and OR without
// parentheses, updates SET and REMOVE. What it does not know it refuses.
package memtable

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item of a table.
type Item = map[string]types.AttributeValue

// Table is a table with the given key attributes. It answers for every table name, and keeps them apart.
type Table struct {
	// Keys are the attributes of the primary key, alike in all tables that one Table serves.
	Keys []string

	mu    sync.Mutex
	items map[string]Item
}

// New is an empty table.
func New(keys ...string) *Table { return &Table{Keys: keys, items: map[string]Item{}} }

// Via is the table as one client sees it. When around is not nil it is called around every call with its name: a test's
// place for delays and faults. It calls act once, or not at all.
func (t *Table) Via(around func(operation string, act func() error) error) *View {
	return &View{table: t, around: around}
}

// View is a client's view of a table.
type View struct {
	table  *Table
	around func(string, func() error) error
}

func (v *View) call(ctx context.Context, operation string, act func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	locked := func() error {
		v.table.mu.Lock()
		defer v.table.mu.Unlock()
		return act()
	}
	if v.around == nil {
		return locked()
	}
	return v.around(operation, locked)
}

// GetItem reads one item.
func (v *View) GetItem(ctx context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.GetItemOutput, error) {
	out := &dynamodb.GetItemOutput{}
	return out, v.call(ctx, "GetItem", func() error {
		id, err := v.table.id(in.TableName, in.Key)
		out.Item = maps.Clone(v.table.items[id])
		return err
	})
}

// PutItem writes one item whole when its condition holds.
func (v *View) PutItem(ctx context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.PutItemOutput, error) {
	return &dynamodb.PutItemOutput{}, v.call(ctx, "PutItem", func() error {
		w, err := v.table.put(in.TableName, in.Item, in.ConditionExpression,
			names{in.ExpressionAttributeNames, in.ExpressionAttributeValues})
		return v.table.commit(err, w)
	})
}

// UpdateItem changes attributes of one item, which it makes when there is none, when its condition holds.
func (v *View) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.UpdateItemOutput, error) {
	return &dynamodb.UpdateItemOutput{}, v.call(ctx, "UpdateItem", func() error {
		w, err := v.table.update(in.TableName, in.Key, in.UpdateExpression, in.ConditionExpression,
			names{in.ExpressionAttributeNames, in.ExpressionAttributeValues})
		return v.table.commit(err, w)
	})
}

// TransactWriteItems makes all writes or none. A write whose condition fails cancels all.
func (v *View) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	return &dynamodb.TransactWriteItemsOutput{}, v.call(ctx, "TransactWriteItems", func() error {
		var all []write
		failed := false
		reasons := make([]types.CancellationReason, len(in.TransactItems))
		for n, one := range in.TransactItems {
			w, err := v.table.transact(one)
			var refused *types.ConditionalCheckFailedException
			reasons[n].Code = aws.String("None")
			switch {
			case errors.As(err, &refused):
				failed, reasons[n].Code = true, aws.String("ConditionalCheckFailed")
			case err != nil:
				return err
			}
			all = append(all, w)
		}
		if failed {
			return &types.TransactionCanceledException{Message: aws.String("a condition failed"), CancellationReasons: reasons}
		}
		return v.table.commit(nil, all...)
	})
}

// Query reads the items for which the key condition holds, in the order of their keys, on one page. It takes any attribute
// for a key, and so stands for every index.
func (v *View) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	return out, v.call(ctx, "Query", func() error {
		n := names{in.ExpressionAttributeNames, in.ExpressionAttributeValues}
		for _, item := range v.table.all(aws.ToString(in.TableName)) {
			var refused *types.ConditionalCheckFailedException
			switch err := n.check(in.KeyConditionExpression, item); {
			case err == nil:
				out.Items = append(out.Items, item)
			case !errors.As(err, &refused):
				return err
			}
		}
		return nil
	})
}

// All are the items of a table, in the order of their keys.
func (t *Table) All(table string) []Item {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all(table)
}

func (t *Table) all(table string) []Item {
	var out []Item
	for _, id := range slices.Sorted(maps.Keys(t.items)) {
		if strings.HasPrefix(id, table+"\x00") {
			out = append(out, maps.Clone(t.items[id]))
		}
	}
	return out
}

// write is a write that may be made.
type write struct {
	id   string
	item Item
}

func (t *Table) commit(err error, all ...write) error {
	if err != nil {
		return err
	}
	for _, w := range all {
		t.items[w.id] = w.item
	}
	return nil
}

// id is where an item stands.
func (t *Table) id(table *string, from Item) (string, error) {
	out := aws.ToString(table)
	for _, key := range t.Keys {
		v, ok := from[key].(*types.AttributeValueMemberS)
		if !ok || v.Value == "" {
			return "", fmt.Errorf("the key %q is missing or no text", key)
		}
		out += "\x00" + v.Value
	}
	return out, nil
}

func (t *Table) put(table *string, item Item, condition *string, n names) (write, error) {
	id, err := t.id(table, item)
	if err != nil {
		return write{}, err
	}
	return write{id, maps.Clone(item)}, n.check(condition, t.items[id])
}

func (t *Table) update(table *string, key Item, change, condition *string, n names) (write, error) {
	id, err := t.id(table, key)
	if err != nil {
		return write{}, err
	}
	if err := n.check(condition, t.items[id]); err != nil {
		return write{}, err
	}
	item := maps.Clone(t.items[id])
	if item == nil {
		item = maps.Clone(key)
	}
	return write{id, item}, n.change(change, item)
}

func (t *Table) transact(one types.TransactWriteItem) (write, error) {
	switch {
	case one.Put != nil:
		p := one.Put
		return t.put(p.TableName, p.Item, p.ConditionExpression, names{p.ExpressionAttributeNames, p.ExpressionAttributeValues})
	case one.Update != nil:
		u := one.Update
		return t.update(u.TableName, u.Key, u.UpdateExpression, u.ConditionExpression,
			names{u.ExpressionAttributeNames, u.ExpressionAttributeValues})
	default:
		return write{}, errors.New("a transaction has writes other than Put and Update, which this table does not know")
	}
}
