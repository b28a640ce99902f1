package marks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"redoubt/agentkit/ledger"
	"redoubt/inventory"
	"redoubt/witness"
)

// Ledger is what a queue's marks need of a client of DynamoDB.
type Ledger interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Messages is what a queue's marks need of a client of SQS.
type Messages interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options),
	) (*sqs.ChangeMessageVisibilityOutput, error)
}

// Queue sends marks as work is sent: first into the work ledger, then into the
// queue.
//
// A mark is acknowledged when its ledger entry is, whether the message is sent or
// not: a plan sends what stands in the ledger again, so it may come twice.
type Queue struct {
	Witness
	Ledger   Ledger
	Messages Messages
	// URL is the queue's, Table its work ledger.
	URL, Table string
	// Quiet is how long a queue that gives nothing is asked on, because SQS may
	// pass over messages that are there:
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
	// Zero asks twice with the longest wait that SQS has.
	Quiet time.Duration
}

var _ Place = (*Queue)(nil)

// QueuePayload is the payload of a mark. A consumer that meets it has no work to
// do: it marks the entry done and deletes the message.
const QueuePayload = ledger.WitnessPayload

// Write writes the ledger entry, which is the acknowledgement, and sends the message.
func (q *Queue) Write(ctx context.Context, seq int64) error {
	token := witness.QueueToken(q.Name) + digits(seq)
	item := ledger.Item(token, QueuePayload, q.now())
	item[inventory.Expires] = ledger.Expiring(q.now().Add(q.keep())) // a mark that nobody reads is no work
	if _, err := q.Ledger.PutItem(ctx, &dynamodb.PutItemInput{TableName: &q.Table, Item: item}); err != nil {
		return err
	}
	body, err := ledger.Body(token, QueuePayload)
	if err != nil {
		return err
	}
	// The work is accepted by now: a message that is not sent is sent again from the ledger.
	_, _ = q.Messages.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(q.URL), MessageBody: &body})
	return nil
}

// Read empties the queue of the witness's marks, as its consumer: each is marked
// done and deleted. What belongs to others is given back unchanged; its count of
// receives has grown by one, so Read is for a drill and not for every day.
func (q *Queue) Read(ctx context.Context) ([]int64, error) {
	var out []int64
	var others []sqstypes.Message
	for empty := 0; empty < 2; {
		in := &sqs.ReceiveMessageInput{QueueUrl: aws.String(q.URL), MaxNumberOfMessages: 10,
			WaitTimeSeconds: int32(q.quiet().Seconds()), VisibilityTimeout: 120}
		answer, err := q.Messages.ReceiveMessage(ctx, in)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("read marks: %w", err), q.giveBack(ctx, others))
		}
		empty++
		for _, m := range answer.Messages {
			empty = 0
			seq, token, ours := q.ours(m)
			if !ours {
				others = append(others, m)
				continue
			}
			out = append(out, seq)
			if err := q.done(ctx, token, m); err != nil {
				return nil, errors.Join(fmt.Errorf("mark %d: %w", seq, err), q.giveBack(ctx, others))
			}
		}
	}
	return out, q.giveBack(ctx, others)
}

func (q *Queue) quiet() time.Duration {
	if q.Quiet > 0 {
		return q.Quiet
	}
	return 20 * time.Second
}

func (q *Queue) ours(m sqstypes.Message) (seq int64, token string, ok bool) {
	token, _, err := ledger.Read(aws.ToString(m.Body))
	if err != nil {
		return 0, "", false
	}
	seq, ok = Number(token, witness.QueueToken(q.Name))
	return seq, token, ok
}

// done takes the work out of the ledger's open entries and out of the queue.
func (q *Queue) done(ctx context.Context, token string, m sqstypes.Message) error {
	u := ledger.Done(q.Table, token, q.now(), q.keep())
	_, err := q.Ledger.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	if err != nil {
		return err
	}
	_, err = q.Messages.DeleteMessage(ctx, &sqs.DeleteMessageInput{
		QueueUrl: aws.String(q.URL), ReceiptHandle: m.ReceiptHandle})
	return err
}

func (q *Queue) giveBack(ctx context.Context, others []sqstypes.Message) error {
	var errs []error
	for _, m := range others {
		_, err := q.Messages.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
			QueueUrl: aws.String(q.URL), ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 0})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Close does nothing: the clients are the caller's.
func (q *Queue) Close() error { return nil }
