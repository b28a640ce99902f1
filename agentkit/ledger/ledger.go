package ledger

import (
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
	// Keep is how long an entry stays after its work is done; zero means DefaultKeep.
	Keep time.Duration
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder
}

// DefaultKeep is longer than a message lives in a queue, so that none comes whose entry is forgotten.
const DefaultKeep = 8 * 24 * time.Hour

// Accept accepts work under its token: it writes the entry, then sends the message. Nil means accepted, whether the
// message was sent or not. After an error the work may be accepted or not: Accept it again with the same token.
func (l *Ledger) Accept(ctx context.Context, token, payload string) error {
	if token == "" {
		return errors.New("accept work: the token is empty")
	}
	_, err := l.Table.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.Name, Item: Item(token, payload, l.now()),
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
	l.send(ctx, token, payload, "accepted")
	return nil
}

// again is a token that was accepted before. While it is open its message may have been lost with the producer.
func (l *Ledger) again(ctx context.Context, token string) error {
	item, err := l.read(ctx, token)
	if err != nil {
		return nil //nolint:nilerr // it is accepted: whether a second message is sent does not matter to that
	}
	if value(item, inventory.LedgerDone) == "" && value(item, DeadKey) == "" {
		l.send(ctx, token, value(item, inventory.LedgerPayload), "again")
	}
	return nil
}

// send sends the message of accepted work. What is not sent now is sent by Resend.
func (l *Ledger) send(ctx context.Context, token, payload, did string) {
	body, err := Body(token, payload)
	if err == nil {
		in := &sqs.SendMessageInput{QueueUrl: &l.URL, MessageBody: &body}
		if strings.HasSuffix(l.URL, ".fifo") { // each work is a group of its own: none waits for another
			in.MessageGroupId, in.MessageDeduplicationId = &token, &token
		}
		_, err = l.Queue.SendMessage(ctx, in)
	}
	if err != nil {
		did = "unsent"
	}
	l.tell(ctx, did)
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
	keep := l.Keep
	if keep == 0 {
		keep = DefaultKeep
	}
	if err := l.update(ctx, Done(l.Name, token, l.now(), keep)); err != nil {
		return fmt.Errorf("mark work %q done: %w", token, err)
	}
	l.tell(ctx, "done")
	return nil
}

// Dead notes why work was given up. It stays open.
func (l *Ledger) Dead(ctx context.Context, token, reason string) error {
	err := l.update(ctx, types.Update{
		TableName: &l.Name, Key: key(token), UpdateExpression: aws.String("SET #r = :r"),
		ExpressionAttributeNames:  map[string]string{"#r": DeadKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": text(reason)},
	})
	if err != nil {
		return fmt.Errorf("give up work %q: %w", token, err)
	}
	l.tell(ctx, "dead")
	return nil
}

// Resend sends what was accepted longer ago than age and is neither done nor given up, and returns how many. One agent
// runs it now and then, under a lock: age is longer than work takes with all its attempts.
func (l *Ledger) Resend(ctx context.Context, age time.Duration) (int, error) {
	n := 0
	for _, shard := range inventory.LedgerShards {
		in := &dynamodb.QueryInput{
			TableName: &l.Name, IndexName: aws.String(inventory.LedgerIndex), KeyConditionExpression: aws.String("#o = :o AND #a < :a"),
			ExpressionAttributeNames:  map[string]string{"#o": inventory.LedgerOpen, "#a": inventory.LedgerAccepted},
			ExpressionAttributeValues: map[string]types.AttributeValue{":o": text(shard), ":a": text(l.now().Add(-age).UTC().Format(Stamp))},
		}
		for {
			out, err := l.Table.Query(ctx, in)
			if err != nil {
				return n, fmt.Errorf("read open work: %w", err)
			}
			for _, item := range out.Items {
				if value(item, DeadKey) == "" {
					l.send(ctx, value(item, inventory.LedgerKey), value(item, inventory.LedgerPayload), "resent")
					n++
				}
			}
			if in.ExclusiveStartKey = out.LastEvaluatedKey; len(in.ExclusiveStartKey) == 0 {
				break
			}
		}
	}
	return n, nil
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
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression,
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
