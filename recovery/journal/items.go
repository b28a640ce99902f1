package journal

import (
	"context"
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Items are Rows in a home's lock table, beside its leases, reached by the
// calls that plans make: on AWS and in the simulator alike. A row's key is
// "journal/", the run and the number of the record.
type Items struct {
	Port plan.Port
	// Home is whose table it is, Name the table's name.
	Home system.Home
	Name string
}

var _ Rows = Items{}

const (
	recordKey = "record"
	// beyond is how many numbers after the last row are looked at: a row that
	// somebody took away must not look like the end of the journal.
	beyond = 8
)

// PutNew writes the row unless there is one. When the write failed, what
// stands there tells why.
func (i Items) PutNew(ctx context.Context, run string, seq int, row string) error {
	_, err := i.call(ctx, "PutItem", plan.Document{
		"Item":                     plan.Document{inventory.LocksKey: i.key(run, seq), recordKey: plan.Document{"S": row}},
		"ConditionExpression":      "attribute_not_exists(#k)",
		"ExpressionAttributeNames": plan.Document{"#k": inventory.LocksKey},
	})
	if err == nil {
		return nil
	}
	if now, there, readErr := i.get(ctx, run, seq); readErr == nil && there && now != row {
		return ErrTaken
	}
	return err
}

// List returns the rows of a run, each read consistently by its number.
func (i Items) List(ctx context.Context, run string) ([]string, error) {
	var out []string
	for seq, missing := 1, 0; missing < beyond; seq++ {
		row, there, err := i.get(ctx, run, seq)
		switch {
		case err != nil:
			return nil, err
		case there:
			out, missing = append(out, row), 0
		default:
			missing++
		}
	}
	return out, nil
}

func (i Items) get(ctx context.Context, run string, seq int) (row string, there bool, err error) {
	out, err := i.call(ctx, "GetItem", plan.Document{
		"Key": plan.Document{inventory.LocksKey: i.key(run, seq)}, "ConsistentRead": true,
	})
	if err != nil {
		return "", false, err
	}
	item, _ := out["Item"].(plan.Document)
	value, _ := item[recordKey].(plan.Document)
	row, there = value["S"].(string)
	return row, there, nil
}

func (i Items) key(run string, seq int) plan.Document {
	return plan.Document{"S": fmt.Sprintf("journal/%s/%06d", run, seq)}
}

func (i Items) call(ctx context.Context, operation string, in plan.Document) (plan.Document, error) {
	in["TableName"] = i.Name
	return i.Port.Call(ctx, plan.Call{Kind: plan.AWS, Home: i.Home, Service: "dynamodb", Operation: operation, Input: in})
}
