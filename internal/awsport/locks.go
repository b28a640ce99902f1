package awsport

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// Locks is a home's lock table: the leases under their own names, the journals
// under names that begin with "journal/". It is never replicated.
//
// Here the SDK may repeat a request: each write is conditional, and whoever made
// it tells a lost answer from a refusal by reading.
type Locks struct {
	client *dynamodb.Client
	table  string
}

var _ lease.Store = (*Locks)(nil)

// lockAttempts is how often a request to the lock table is made. A throttled
// journal must not stop a recovery.
const lockAttempts = 6

// Locks returns the lock table of a home: Control.LockTable of its inventory.
func (p *Port) Locks(home system.Home, table string) (*Locks, error) {
	region := p.opts.Regions[home]
	if region == "" || table == "" {
		return nil, fmt.Errorf("the lock table of the %s home is %q in region %q, want both", home, table, region)
	}
	client := dynamodb.NewFromConfig(p.cfg, func(o *dynamodb.Options) {
		o.Region = region
		o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), lockAttempts)
	})
	return &Locks{client: client, table: table}, nil
}

// The attributes of a lease.
const (
	generationAttribute = "generation"
	ownerAttribute      = "owner"
	untilAttribute      = "until"
	versionAttribute    = "version"
)

// Get returns the lease, read consistently; the zero Lease when there is none.
func (l *Locks) Get(ctx context.Context, name string) (lease.Lease, error) {
	if err := leaseName(name); err != nil {
		return lease.Lease{}, err
	}
	out, err := l.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &l.table, Key: lockKey(name), ConsistentRead: aws.Bool(true),
	})
	if err != nil || out.Item == nil {
		return lease.Lease{}, err
	}
	var of lease.Lease
	err = errors.Join(
		whole(out.Item, generationAttribute, &of.Generation), whole(out.Item, versionAttribute, &of.Version))
	of.Owner = text(out.Item, ownerAttribute)
	until, timeErr := time.Parse(time.RFC3339Nano, text(out.Item, untilAttribute))
	of.Until = until
	if err := errors.Join(err, timeErr); err != nil {
		return lease.Lease{}, fmt.Errorf("lease %q in table %s: %w", name, l.table, err)
	}
	return of, nil
}

// Swap writes next if the lease's version is still that of old.
func (l *Locks) Swap(ctx context.Context, name string, old, next lease.Lease) error {
	if err := leaseName(name); err != nil {
		return err
	}
	item := lockKey(name)
	item[generationAttribute] = number(next.Generation)
	item[ownerAttribute] = &types.AttributeValueMemberS{Value: next.Owner}
	item[untilAttribute] = &types.AttributeValueMemberS{Value: next.Until.UTC().Format(time.RFC3339Nano)}
	item[versionAttribute] = number(next.Version)
	in := &dynamodb.PutItemInput{TableName: &l.table, Item: item}
	if old.Version == 0 {
		in.ConditionExpression = aws.String("attribute_not_exists(#k)")
		in.ExpressionAttributeNames = map[string]string{"#k": inventory.LocksKey}
	} else {
		in.ConditionExpression = aws.String("#v = :v")
		in.ExpressionAttributeNames = map[string]string{"#v": versionAttribute}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":v": number(old.Version)}
	}
	_, err := l.client.PutItem(ctx, in)
	if refused(err) {
		return lease.ErrChanged
	}
	return err
}

func leaseName(name string) error {
	if name == "" || strings.HasPrefix(name, journalPrefix) {
		return fmt.Errorf("%q is no name of a lease", name)
	}
	return nil
}

func lockKey(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{inventory.LocksKey: &types.AttributeValueMemberS{Value: name}}
}

// refused reports whether the condition of a write did not hold.
func refused(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

func number(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

// text is an attribute of type string, empty when there is none.
func text(item map[string]types.AttributeValue, name string) string {
	if s, ok := item[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// whole reads an attribute that is a whole number.
func whole(item map[string]types.AttributeValue, name string, to *int) error {
	n, ok := item[name].(*types.AttributeValueMemberN)
	if !ok {
		return fmt.Errorf("%s is missing or no number", name)
	}
	var err error
	*to, err = strconv.Atoi(n.Value)
	return err
}
