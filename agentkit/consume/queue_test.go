package consume_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"redoubt/internal/clock"
)

// queue is an SQS queue with its dead-letter queue, in the time of a bubble.
type queue struct {
	mu      sync.Mutex
	all     []*held
	dead    []*sqs.SendMessageInput
	handles int
	// extended counts the extensions, backs are the times after which messages were given back.
	extended int
	backs    []time.Duration
	// refuse answers an operation with an error.
	refuse map[string]bool
	// polled counts the polls.
	polled int
}

type held struct {
	id, body, handle string
	receives         int
	visible          time.Time
	deleted          bool
}

var errGone = errors.New("no queue")

func (q *queue) fails(operation string) error {
	if q.refuse[operation] {
		return fmt.Errorf("%s: %w", operation, errGone)
	}
	return nil
}

func (q *queue) put(bodies ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, body := range bodies {
		q.all = append(q.all, &held{id: "m" + strconv.Itoa(len(q.all)), body: body})
	}
}

func (q *queue) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options),
) (*sqs.ReceiveMessageOutput, error) {
	end := clock.Wall{}.Now().Add(time.Duration(in.WaitTimeSeconds) * time.Second)
	for {
		out, err := q.receive(in)
		if err != nil || len(out.Messages) > 0 || !(clock.Wall{}).Now().Before(end) {
			return out, err
		}
		if err := (clock.Wall{}).Sleep(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (q *queue) receive(in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.polled++
	out := &sqs.ReceiveMessageOutput{}
	now := clock.Wall{}.Now()
	for _, m := range q.all {
		if m.deleted || now.Before(m.visible) || len(out.Messages) == int(in.MaxNumberOfMessages) {
			continue
		}
		q.handles++
		m.handle, m.visible = strconv.Itoa(q.handles), now.Add(time.Duration(in.VisibilityTimeout)*time.Second)
		m.receives++
		out.Messages = append(out.Messages, types.Message{MessageId: aws.String(m.id), Body: aws.String(m.body),
			ReceiptHandle: aws.String(m.handle), Attributes: map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.receives)}})
	}
	return out, q.fails("ReceiveMessage")
}

func (q *queue) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	return &sqs.DeleteMessageOutput{}, q.with("DeleteMessage", in.ReceiptHandle, func(m *held) { m.deleted = true })
}

func (q *queue) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options),
) (*sqs.ChangeMessageVisibilityOutput, error) {
	d := time.Duration(in.VisibilityTimeout) * time.Second
	return &sqs.ChangeMessageVisibilityOutput{}, q.with("ChangeMessageVisibility", in.ReceiptHandle, func(m *held) {
		m.visible = clock.Wall{}.Now().Add(d)
		if d == visibility {
			q.extended++
		} else {
			q.backs = append(q.backs, d)
		}
	})
}

func (q *queue) with(operation string, handle *string, do func(*held)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.fails(operation); err != nil {
		return err
	}
	for _, m := range q.all {
		if m.handle == aws.ToString(handle) {
			do(m)
		}
	}
	return nil
}

func (q *queue) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	err := q.fails("SendMessage")
	if err == nil {
		q.dead = append(q.dead, in)
	}
	return &sqs.SendMessageOutput{}, err
}

// left are the messages that are in the queue.
func (q *queue) left() (out []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range q.all {
		if !m.deleted {
			out = append(out, m.body)
		}
	}
	return out
}
