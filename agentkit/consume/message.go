package consume

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"redoubt/agentkit/ledger"
	"redoubt/agentkit/measure"
)

// one takes care of one message, received at about then. A message that came after the end was called, or when the home
// may write no more, is given back untouched.
func (r *running) one(m types.Message, then time.Time, late bool) {
	ctx := r.work
	receives, _ := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	token, payload, err := ledger.Read(aws.ToString(m.Body))
	switch {
	case late, !r.MayWrite(ctx): // a poll is long
		r.giveBack(m, 0, "given back")
		return
	case err != nil:
		r.bury(m, receives, err)
		return
	}
	if r.isDone(ctx, token) {
		r.remove(m, "done before")
		return
	}
	if payload == ledger.WitnessPayload {
		r.settle(m, token, receives, nil)
		return
	}
	began := r.Clock.Now()
	err = r.handle(ctx, m, then, Work{Token: token, Payload: payload, Receives: receives})
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	r.Meter.Record(ctx, measure.WorkDuration, r.Clock.Now().Sub(began).Seconds(), outcome)
	r.settle(m, token, receives, err)
}

// isDone asks the ledger, for no longer than the message is hidden without an extension. Work that may be done is done again.
func (r *running) isDone(ctx context.Context, token string) bool {
	ctx, cancel := context.WithTimeout(ctx, r.Visibility/6)
	defer cancel()
	done, err := r.Ledger.IsDone(ctx, token)
	return err == nil && done
}

// settle does with the message what the end of its work asks for.
func (r *running) settle(m types.Message, token string, receives int, err error) {
	var bad *poison
	switch {
	case err == nil:
		ctx, cancel := r.last()
		defer cancel()
		if err := r.Ledger.Done(ctx, token); err != nil {
			r.giveBack(m, backoff(receives), "unmarked") // it comes again, and its token tells that it is done
			return
		}
		r.remove(m, "done")
	case errors.Is(err, ErrHandedOn):
		r.tell(r.work, "handed on")
	case errors.Is(err, ErrDrained), errors.Is(err, ErrNotActive):
		r.giveBack(m, 0, "given back")
	case errors.Is(err, ErrLater):
		r.remove(m, "left")
	case errors.As(err, &bad), receives >= r.MostReceives:
		r.bury(m, receives, err)
	default:
		r.giveBack(m, backoff(receives), "failed")
	}
}

// backoff is how long a message rests that has failed so often: 2, 4, 8 seconds, at most 5 minutes.
func backoff(receives int) time.Duration {
	return min(time.Second<<min(max(receives, 1), 10), 5*time.Minute)
}

// handle runs the handler, keeps its message hidden meanwhile, and ends its context when it may not go on. A handler that
// fails because its context has ended fails for the reason of that.
func (r *running) handle(ctx context.Context, m types.Message, then time.Time, w Work) error {
	ctx, end := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.keep(ctx, m, then, end)
	}()
	err := safely(ctx, r.Handle, w)
	cause := context.Cause(ctx)
	end(nil)
	<-over
	if err != nil && cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// safely makes an error of a panic: one bad message must not end the others' work.
func safely(ctx context.Context, handle func(context.Context, Work) error, w Work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the handler panicked: %v", p)
		}
	}()
	return handle(ctx, w)
}

// keep extends the time that a message is hidden since then, and watches whether the home may still write.
func (r *running) keep(ctx context.Context, m types.Message, then time.Time, end context.CancelCauseFunc) {
	hidden, next := then.Add(r.Visibility), then.Add(r.Visibility/3)
	for r.Clock.Sleep(ctx, min(time.Second, r.Visibility/3)) == nil {
		now := r.Clock.Now()
		if !r.MayWrite(ctx) {
			end(ErrNotActive)
			return
		}
		if now.Before(next) {
			continue
		}
		attempt, cancel := context.WithTimeout(ctx, r.Visibility/6)
		err := r.hide(attempt, m, r.Visibility)
		cancel()
		switch {
		case err == nil:
			hidden, next = now.Add(r.Visibility), now.Add(r.Visibility/3)
		case !r.Clock.Now().Before(hidden.Add(-r.Visibility / 6)):
			end(ErrHandedOn)
			return
		}
	}
}

// last bounds what is still done about a message when its work has ended, also while the consumer ends: a call that
// hangs must not keep a place, or the end of Run.
func (r *running) last() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.work), settling)
}

// settling is as long as a client of AWS takes with its three attempts; what is not done by then comes again.
const settling = 15 * time.Second

func (r *running) hide(ctx context.Context, m types.Message, d time.Duration) error {
	_, err := r.Queue.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &r.URL, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: int32(d.Seconds())}) //nolint:gosec // at most 43200
	return err
}

// giveBack lets others have the message after a while. When that does not reach SQS it comes back by itself, later.
func (r *running) giveBack(m types.Message, after time.Duration, outcome string) {
	ctx, cancel := r.last()
	defer cancel()
	if err := r.hide(ctx, m, after); err != nil {
		r.fault(fmt.Errorf("give message %s back, which comes by itself after %s: %w", aws.ToString(m.MessageId), r.Visibility, err))
	}
	r.tell(ctx, outcome)
}

// remove deletes the message. When that does not reach SQS it comes again, and the ledger knows that it is done.
func (r *running) remove(m types.Message, outcome string) {
	ctx, cancel := r.last()
	defer cancel()
	_, err := r.Queue.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &r.URL, ReceiptHandle: m.ReceiptHandle})
	if err != nil {
		r.fault(fmt.Errorf("delete message %s, which comes again: %w", aws.ToString(m.MessageId), err))
	}
	r.tell(ctx, outcome)
}

// bury sends the message to the dead-letter queue with its reason, and deletes it only after that: a crash in between
// buries it twice, and never loses it.
func (r *running) bury(m types.Message, receives int, reason error) {
	ctx, cancel := r.last()
	defer cancel()
	attribute := func(typ, s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: &typ, StringValue: &s}
	}
	in := &sqs.SendMessageInput{QueueUrl: &r.DeadURL, MessageBody: m.Body, MessageAttributes: map[string]types.MessageAttributeValue{
		"reason": attribute("String", short(reason)), "receives": attribute("Number", strconv.Itoa(receives)),
		"queue": attribute("String", r.URL),
	}}
	if strings.HasSuffix(r.DeadURL, ".fifo") {
		in.MessageGroupId, in.MessageDeduplicationId = m.MessageId, m.MessageId
	}
	if _, err := r.Queue.SendMessage(ctx, in); err != nil {
		r.giveBack(m, backoff(receives), "unburied")
		return
	}
	if token, payload, err := ledger.Read(aws.ToString(m.Body)); err == nil {
		if err := r.Ledger.Dead(ctx, token, payload, short(reason)); err != nil {
			r.fault(err)
		}
	}
	r.remove(m, "dead")
}

// short is a reason that fits into an attribute and into the ledger.
func short(reason error) string {
	text := strings.ToValidUTF8(reason.Error(), "?")
	return strings.ToValidUTF8(text[:min(len(text), 1000)], "")
}

// say tells the owner.
func (r *running) say(err error) {
	if r.Fault != nil {
		r.Fault(err)
	}
}

// fault is told, and kept for the end of Run when that has come: at most the last few.
func (r *running) fault(err error) {
	r.say(err)
	if r.ending.Err() == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.faults = append(r.faults, err); len(r.faults) > 10 {
		r.faults = r.faults[1:]
	}
}
