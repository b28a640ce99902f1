package lease

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Table is a Store in a home's lock table, reached by the calls that plans
// make: on AWS and in the simulator alike.
type Table struct {
	Port plan.Port
	// Home is whose table it is, Name the table's name.
	Home system.Home
	Name string
}

var _ Store = Table{}

// The attributes of a lease beside its key.
const (
	generationKey = "generation"
	// OwnerKey is the attribute of who has the lease.
	OwnerKey   = "owner"
	untilKey   = "until"
	versionKey = "version"
)

// Get reads the lease consistently.
func (t Table) Get(ctx context.Context, name string) (Lease, error) {
	out, err := t.call(ctx, "GetItem", plan.Document{
		"Key": plan.Document{inventory.LocksKey: text(name)}, "ConsistentRead": true,
	})
	if err != nil {
		return Lease{}, err
	}
	item, there := out["Item"].(plan.Document)
	if !there || len(item) == 0 {
		return Lease{}, nil
	}
	return leaseOf(item)
}

// Swap writes next unless somebody has written since old was read. An answer
// that was lost is no failure when what stands there is next itself: its
// generation and version are written once.
func (t Table) Swap(ctx context.Context, name string, old, next Lease) error {
	in := plan.Document{
		"Item": plan.Document{
			inventory.LocksKey: text(name), OwnerKey: text(next.Owner), untilKey: text(next.Until.UTC().Format(time.RFC3339Nano)),
			generationKey: number(next.Generation), versionKey: number(next.Version),
		},
		"ConditionExpression":      "attribute_not_exists(#v)",
		"ExpressionAttributeNames": plan.Document{"#v": versionKey},
	}
	if old.Version > 0 {
		in["ConditionExpression"] = "#v = :v"
		in["ExpressionAttributeValues"] = plan.Document{":v": number(old.Version)}
	}
	_, err := t.call(ctx, "PutItem", in)
	if err == nil {
		return nil
	}
	now, readErr := t.Get(ctx, name)
	switch {
	case readErr != nil:
		return errors.Join(err, readErr)
	case same(now, next):
		return nil
	case now.Version != old.Version:
		return ErrChanged
	}
	return err
}

func (t Table) call(ctx context.Context, operation string, in plan.Document) (plan.Document, error) {
	in["TableName"] = t.Name
	return t.Port.Call(ctx, plan.Call{Kind: plan.AWS, Home: t.Home, Service: "dynamodb", Operation: operation, Input: in})
}

func same(a, b Lease) bool {
	return a.Generation == b.Generation && a.Version == b.Version && a.Owner == b.Owner && a.Until.Equal(b.Until)
}

func text(s string) plan.Document { return plan.Document{"S": s} }

func number(n int) plan.Document { return plan.Document{"N": strconv.Itoa(n)} }

func leaseOf(item plan.Document) (Lease, error) {
	var l Lease
	var errs []error
	field := func(key, typ string) string {
		v, _ := item[key].(plan.Document)
		s, is := v[typ].(string)
		if !is {
			errs = append(errs, fmt.Errorf("%s is missing", key))
		}
		return s
	}
	count := func(key string) int {
		n, err := strconv.Atoi(field(key, "N"))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		return n
	}
	l.Generation, l.Version, l.Owner = count(generationKey), count(versionKey), field(OwnerKey, "S")
	until, err := time.Parse(time.RFC3339Nano, field(untilKey, "S"))
	if err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", untilKey, err))
	}
	l.Until = until.UTC()
	if err := errors.Join(errs...); err != nil {
		return Lease{}, fmt.Errorf("the lease in the table: %w", err)
	}
	return l, nil
}
