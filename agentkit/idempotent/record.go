package idempotent

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/inventory"
)

// The attributes of a record beside its key and inventory.Expires.
const (
	claimKey  = "claim"
	ownerKey  = "owner"
	untilKey  = "until" // milliseconds since 1970; missing in a record that is finished or was let go
	resultKey = "result"
)

// settings are a Once with its defaults, about one token.
type settings struct {
	Once  *Once
	token string

	Table            Table
	Term, Skew, Keep time.Duration
	Clock            clock.Clock
	Meter            *measure.Recorder
}

func (o *Once) settings(token string) (settings, error) {
	s := settings{Once: o, token: token, Table: o.Table, Clock: o.Clock, Meter: o.Meter,
		Term: or(o.Term, DefaultTerm), Skew: or(o.Skew, DefaultSkew), Keep: or(o.Keep, DefaultKeep)}
	if s.Clock == nil {
		s.Clock = clock.Wall{}
	}
	if token == "" || o.Owner == "" || o.Name == "" || s.Skew < 0 || 2*s.Skew >= s.Term || s.Keep < s.Term {
		return s, fmt.Errorf("token %q of owner %q in table %q, term %s, skew %s, keep %s: want all three names, a skew below half "+
			"of the term, and records that are kept longer", token, o.Owner, o.Name, s.Term, s.Skew, s.Keep)
	}
	return s, nil
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// record is what stands in the table.
type record struct {
	claim  int
	owner  string
	until  time.Time
	result []byte
	done   bool
}

// begin claims the token, or returns the result that is stored. A new token costs one write; what stands in the way of
// it is read, and taken over when it has ended.
func (s settings) begin(ctx context.Context) (c Claim, stored []byte, err error) {
	now := s.Clock.Now()
	until := now.Add(s.Term).Truncate(time.Millisecond)
	c = Claim{Token: s.token, Number: 1, owner: fmt.Sprintf("%s/%d", s.Once.Owner, s.Once.claims.Add(1)),
		until: until.Add(-s.Skew), clock: s.Clock}
	var was record
	for range 2 {
		if err = s.claim(ctx, c, until); err == nil {
			return c, nil, nil
		}
		var readErr error
		was, readErr = s.read(ctx)
		switch {
		case readErr != nil:
			return Claim{}, nil, fmt.Errorf("claim token %q: %w", s.token, errors.Join(err, readErr))
		case was.done:
			return Claim{}, was.result, nil
		case was.owner == c.owner && was.claim == c.Number && was.until.Equal(until):
			return c, nil, nil // the answer was lost
		case was.claim == 0:
			return Claim{}, nil, fmt.Errorf("claim token %q: %w", s.token, err)
		case now.Before(was.until.Add(s.Skew)):
			return Claim{}, nil, &BusyError{Token: s.token, Until: was.until}
		}
		c.Number = was.claim + 1
	}
	if refused(err) { // somebody else was faster
		return Claim{}, nil, &BusyError{Token: s.token, Until: was.until}
	}
	return Claim{}, nil, fmt.Errorf("claim token %q: %w", s.token, err)
}

// claim writes a claim: the first when there is no record, a later one when the record is still the one before.
func (s settings) claim(ctx context.Context, c Claim, until time.Time) error {
	in := &dynamodb.PutItemInput{TableName: &s.Once.Name, Item: map[string]types.AttributeValue{
		inventory.IdempotencyKey: text(s.token), claimKey: number(int64(c.Number)), ownerKey: text(c.owner),
		untilKey: number(until.UnixMilli()), inventory.Expires: s.expires(),
	}}
	if c.Number > 1 {
		in.ConditionExpression = aws.String("#c = :c AND attribute_not_exists(#r)")
		in.ExpressionAttributeNames = map[string]string{"#c": claimKey, "#r": resultKey}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":c": number(int64(c.Number - 1))}
	} else {
		in.ConditionExpression = aws.String("attribute_not_exists(#k)")
		in.ExpressionAttributeNames = map[string]string{"#k": inventory.IdempotencyKey}
	}
	_, err := s.Table.PutItem(ctx, in)
	return err
}

// finish stores the result if the claim is still the caller's, together with the effect's own writes.
func (s settings) finish(ctx context.Context, c Claim, out Outcome) ([]byte, error) {
	result := out.Result
	if result == nil {
		result = []byte{}
	}
	err := s.write(ctx, c, result, out.Writes)
	if err == nil {
		return result, nil
	}
	now, readErr := s.read(ctx)
	switch {
	case readErr != nil:
		return nil, fmt.Errorf("finish token %q: %w", s.token, errors.Join(err, readErr))
	case now.done: // the answer was lost, or another was faster: what is stored is everybody's result
		return now.result, nil
	case now.owner != c.owner:
		return nil, fmt.Errorf("finish token %q: claim %d: %w", s.token, c.Number, ErrSuperseded)
	}
	return nil, fmt.Errorf("finish token %q: %w", s.token, err)
}

func (s settings) write(ctx context.Context, c Claim, result []byte, writes []types.TransactWriteItem) error {
	u := types.Update{
		TableName: &s.Once.Name, Key: s.key(),
		UpdateExpression:         aws.String("SET #r = :r, #e = :e REMOVE #u"),
		ConditionExpression:      aws.String("#c = :c AND #o = :o AND attribute_not_exists(#r)"),
		ExpressionAttributeNames: map[string]string{"#r": resultKey, "#e": inventory.Expires, "#u": untilKey, "#c": claimKey, "#o": ownerKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": &types.AttributeValueMemberB{Value: result},
			":e": s.expires(), ":c": number(int64(c.Number)), ":o": text(c.owner)},
	}
	if len(writes) > 0 {
		_, err := s.Table.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: append([]types.TransactWriteItem{{Update: &u}}, writes...)})
		return err
	}
	_, err := s.Table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression, ConditionExpression: u.ConditionExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	return err
}

// letGo ends the claim at once, so that the next caller need not wait for its end. The number stays.
func (s settings) letGo(ctx context.Context, c Claim) error {
	_, err := s.Table.UpdateItem(context.WithoutCancel(ctx), &dynamodb.UpdateItemInput{
		TableName: &s.Once.Name, Key: s.key(), UpdateExpression: aws.String("REMOVE #u"),
		ConditionExpression:      aws.String("#c = :c AND #o = :o AND attribute_not_exists(#r)"),
		ExpressionAttributeNames: map[string]string{"#u": untilKey, "#c": claimKey, "#o": ownerKey, "#r": resultKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":c": number(int64(c.Number)), ":o": text(c.owner)},
	})
	if err == nil || refused(err) { // or it is another's by now
		return nil
	}
	return fmt.Errorf("let token %q go: %w", s.token, err)
}

// read returns what stands in the table now; the zero record when there is none.
func (s settings) read(ctx context.Context) (record, error) {
	out, err := s.Table.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.Once.Name, Key: s.key(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return record{}, err
	}
	if len(out.Item) == 0 {
		return record{}, nil
	}
	var r record
	claim, err := integer(out.Item, claimKey)
	r.claim = int(claim)
	if v, is := out.Item[ownerKey].(*types.AttributeValueMemberS); is {
		r.owner = v.Value
	}
	if v, is := out.Item[resultKey].(*types.AttributeValueMemberB); is {
		r.result, r.done = append([]byte{}, v.Value...), true
	}
	if _, has := out.Item[untilKey]; has && err == nil {
		var until int64
		until, err = integer(out.Item, untilKey)
		r.until = time.UnixMilli(until).UTC()
	}
	return r, err
}

func (s settings) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{inventory.IdempotencyKey: text(s.token)}
}

func (s settings) expires() types.AttributeValue { return number(s.Clock.Now().Add(s.Keep).Unix()) }

// refused tells whether a write's condition did not hold.
func refused(err error) bool {
	var one *types.ConditionalCheckFailedException
	return errors.As(err, &one)
}

func integer(item map[string]types.AttributeValue, key string) (int64, error) {
	v, is := item[key].(*types.AttributeValueMemberN)
	if !is {
		return 0, fmt.Errorf("the record's %s is missing or no number", key)
	}
	return strconv.ParseInt(v.Value, 10, 64)
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
