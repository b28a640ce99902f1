package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/inventory"
	work "redoubt/recovery/ledger"
)

// Table is what is needed of a client of DynamoDB.
type Table interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// Sender is what is needed of a client of SQS.
type Sender interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

var (
	_ Table  = (*dynamodb.Client)(nil)
	_ Sender = (*sqs.Client)(nil)
)

// Ledger is one queue with its work ledger. It is safe for concurrent use.
type Ledger struct {
	Table Table
	Queue Sender
	// Name is the ledger table's, URL the queue's.
	Name, URL string
	// Keep is how long an entry stays after its work is done; zero means DefaultKeep. KeepDead is how long after it was
	// given up; zero means DefaultKeepDead.
	Keep, KeepDead time.Duration
	// Group tells in which group of an ordered queue work waits its turn; nil makes each work a group of its own, so
	// that none waits. Work of a group comes in the order in which it was accepted, save what was not sent at once.
	Group func(token, payload string) string
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder
}

const (
	// DefaultKeep is longer than a message lives in a queue, so that none comes whose entry is forgotten.
	DefaultKeep = 8 * 24 * time.Hour
	// DefaultKeepDead is longer than a message lives in a dead-letter queue, which is 14 days at most.
	DefaultKeepDead = 30 * 24 * time.Hour
)

// Accept accepts work under its token: it writes the entry, then sends the message. Nil means accepted, whether the
// message was sent or not. After an error the work may be accepted or not: Accept it again with the same token.
func (l *Ledger) Accept(ctx context.Context, token, payload string) error {
	if token == "" {
		return errors.New("accept work: the token is empty")
	}
	item := Item(token, payload, l.now())
	if l.Group != nil {
		group := l.Group(token, payload) // all of it in one shard, whose order is that of acceptance
		item[inventory.LedgerGroup], item[inventory.LedgerOpen] = text(group), text(inventory.LedgerShard(group))
	}
	_, err := l.Table.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.Name, Item: item,
		ConditionExpression:      aws.String("attribute_not_exists(#k)"),
		ExpressionAttributeNames: map[string]string{"#k": inventory.LedgerKey},
	})
	var there *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &there):
		return l.again(ctx, token)
	case err != nil:
		l.tell(ctx, "refused")
		return fmt.Errorf("accept work %q: %w", token, err)
	}
	_ = l.send(ctx, item, "accepted") // else Resend does
	return nil
}

// again is a token that was accepted before. While it is open its message may have been lost with the producer.
func (l *Ledger) again(ctx context.Context, token string) error {
	item, err := l.read(ctx, token)
	if err != nil {
		return nil //nolint:nilerr // it is accepted: whether a second message is sent does not matter to that
	}
	if value(item, inventory.LedgerDone) == "" && value(item, DeadKey) == "" {
		_ = l.send(ctx, item, "again") // else Resend does
	}
	return nil
}

// send sends the message of accepted work. What is not sent now is sent by Resend.
func (l *Ledger) send(ctx context.Context, item map[string]types.AttributeValue, did string) error {
	token := value(item, inventory.LedgerKey)
	body, err := Body(token, value(item, inventory.LedgerPayload))
	if err == nil {
		in := &sqs.SendMessageInput{QueueUrl: &l.URL, MessageBody: &body}
		if strings.HasSuffix(l.URL, ".fifo") {
			group := cmp.Or(value(item, inventory.LedgerGroup), token)
			in.MessageGroupId, in.MessageDeduplicationId = aws.String(work.ID(group)), aws.String(work.ID(token))
		}
		_, err = l.Queue.SendMessage(ctx, in)
	}
	if err != nil {
		l.tell(ctx, "unsent")
		return fmt.Errorf("send work %q: %w", token, err)
	}
	l.tell(ctx, did)
	return nil
}

// IsDone tells whether the work is done: a message that comes again need not be looked at.
func (l *Ledger) IsDone(ctx context.Context, token string) (bool, error) {
	item, err := l.read(ctx, token)
	if err != nil {
		return false, fmt.Errorf("read work %q: %w", token, err)
	}
	return value(item, inventory.LedgerDone) != "", nil
}

// Done marks work as done, after its effect and before its message is deleted.
func (l *Ledger) Done(ctx context.Context, token string) error {
	if err := l.update(ctx, Done(l.Name, token, l.now(), cmp.Or(l.Keep, DefaultKeep))); err != nil {
		return fmt.Errorf("mark work %q done: %w", token, err)
	}
	l.tell(ctx, "done")
	return nil
}

// Dead notes why work was given up, with the payload of its message. It stays open for KeepDead. Work that is done stays done.
func (l *Ledger) Dead(ctx context.Context, token, payload, reason string) error {
	err := l.update(ctx, GiveUp(l.Name, token, payload, reason, l.now(), cmp.Or(l.KeepDead, DefaultKeepDead)))
	var done *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &done):
		return nil
	case err != nil:
		return fmt.Errorf("give up work %q: %w", token, err)
	}
	l.tell(ctx, "dead")
	return nil
}

// Resend sends what was accepted longer ago than age and is neither done nor given up, of each group in the order in
// which it was accepted, and returns how many it sent, also with an error. One agent runs it now and then, under a lock: age is longer
// than work takes with all its attempts.
func (l *Ledger) Resend(ctx context.Context, age time.Duration) (int, error) {
	open, err := l.open(ctx, age)
	n, faults := 0, []error{err}
	for _, item := range open {
		err := l.send(ctx, item, "resent")
		if err == nil {
			n++
		} else if faults = append(faults, err); len(faults) > mostFaults {
			break // the queue is gone, and the rest is sent the next time
		}
	}
	if err := errors.Join(faults...); err != nil {
		return n, fmt.Errorf("%d of %d works are sent again: %w", n, len(open), err)
	}
	return n, nil
}

// mostFaults is after how many failures Resend gives up.
const mostFaults = 3

// open is the open work that was accepted longer ago than age and was not given up, shard by shard. What was read
// before an error is returned with it.
func (l *Ledger) open(ctx context.Context, age time.Duration) ([]map[string]types.AttributeValue, error) {
	var all []map[string]types.AttributeValue
	for _, shard := range inventory.LedgerShards {
		in := &dynamodb.QueryInput{
			TableName: &l.Name, IndexName: aws.String(inventory.LedgerIndex), KeyConditionExpression: aws.String("#o = :o AND #a < :a"),
			ExpressionAttributeNames:  map[string]string{"#o": inventory.LedgerOpen, "#a": inventory.LedgerAccepted},
			ExpressionAttributeValues: map[string]types.AttributeValue{":o": text(shard), ":a": text(l.now().Add(-age).UTC().Format(Stamp))},
		}
		for {
			out, err := l.Table.Query(ctx, in)
			if err != nil {
				return all, fmt.Errorf("read open work: %w", err)
			}
			for _, item := range out.Items {
				if value(item, DeadKey) == "" {
					all = append(all, item)
				}
			}
			if in.ExclusiveStartKey = out.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 {
				break
			}
		}
	}
	return all, nil
}

func (l *Ledger) read(ctx context.Context, token string) (map[string]types.AttributeValue, error) {
	out, err := l.Table.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.Name, Key: key(token), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

func (l *Ledger) update(ctx context.Context, u types.Update) error {
	_, err := l.Table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression, ConditionExpression: u.ConditionExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	return err
}

func (l *Ledger) now() time.Time {
	if l.Clock == nil {
		return clock.Wall{}.Now()
	}
	return l.Clock.Now()
}

func (l *Ledger) tell(ctx context.Context, did string) { l.Meter.Record(ctx, measure.Work, 1, did) }
