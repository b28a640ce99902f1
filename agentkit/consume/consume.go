package consume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/system"
)

// Queue is what is needed of a client of SQS.
type Queue interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options),
	) (*sqs.ChangeMessageVisibilityOutput, error)
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

var _ Queue = (*sqs.Client)(nil)

// Ledger is what is told of work; a *ledger.Ledger.
type Ledger interface {
	IsDone(ctx context.Context, token string) (bool, error)
	Done(ctx context.Context, token string) error
	Dead(ctx context.Context, token, payload, reason string) error
}

// Work is one message.
type Work struct {
	// Token and Payload are the ledger's: do the work under the token, for it may come more than once.
	Token, Payload string
	// Receives is how often the message was received, about: 1 the first time.
	Receives int
}

// Consumer takes work from one queue. Run it once.
type Consumer struct {
	Queue  Queue
	Ledger Ledger
	// URL is the queue's, DeadURL its dead-letter queue's.
	URL, DeadURL string
	// Handle does the work. Nil means that its effect has taken place.
	Handle func(ctx context.Context, w Work) error
	// Parallel is how much work is in hand at once; zero means 1.
	Parallel int
	// Visibility is how long a message is hidden at a time; it is extended each third of it. Zero means DefaultVisibility.
	Visibility time.Duration
	// MostReceives is how often a message is tried; zero means system.DefaultMaxReceives.
	MostReceives int
	// Grace is how long work may go on after the consumer was told to end; zero means DefaultGrace. A pod's
	// terminationGracePeriodSeconds is longer than this and Wait together.
	Grace time.Duration
	// Wait is how long an empty poll is held open, at most 20 s; zero means DefaultWait. Draining waits for it.
	Wait time.Duration
	// MayWrite is home.Home's; nil is for work that every home may do.
	MayWrite func(ctx context.Context) bool
	// ZoneOff is the switch by which the consumers of a zone are stopped; nil means never.
	ZoneOff func(ctx context.Context) bool
	// Fault is told each thing that went wrong beside the work itself, when it does; nil tells nobody. It may be called
	// at the same time from several goroutines.
	Fault func(error)
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder
}

// The defaults of Consumer.
const (
	DefaultVisibility = time.Minute
	DefaultGrace      = 20 * time.Second
	DefaultWait       = 5 * time.Second
)

// The reasons why the context of work ends.
var (
	// ErrDrained means that the consumer was told to end, and the grace is over.
	ErrDrained = errors.New("the consumer ends")
	// ErrNotActive means that the home is no longer the active one.
	ErrNotActive = errors.New("the home may not write")
	// ErrHandedOn means that the message could not be kept hidden: another consumer may have it.
	ErrHandedOn = errors.New("the message may be another consumer's")
)

// ErrLater is returned by a handler that leaves its work for later: a level at which something else must go on first. The
// message goes, and the work stands in the ledger as not done, until a ledger.Resender sends it again. However often
// that happens, it is no failure. Work that no ledger has accepted has nobody who remembers it: it must not be left.
var ErrLater = errors.New("the work is left for later")

// Poison says that work can never succeed, for this reason: it goes to the dead-letter queue at once.
func Poison(reason error) error { return &poison{reason} }

type poison struct{ error }

func (p *poison) Unwrap() error { return p.error }

// Run consumes until the context ends, then drains. It returns nil when all messages in hand are done or given back, and
// the queue answered at the end. What went wrong before is for Fault to tell.
func (c *Consumer) Run(ctx context.Context) error {
	r, err := c.running()
	if err != nil {
		return err
	}
	work, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	r.work, r.ending = work, ctx
	silent := r.receiveUntil(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.inHand.Wait()
	}()
	late, stop := r.Clock.Timer(r.Grace)
	defer stop()
	select {
	case <-over:
	case <-late:
		end(ErrDrained)
		<-over
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(append(r.faults, silent)...)
}

// running is a consumer with its defaults while it runs.
type running struct {
	Consumer
	// work is the context of all work, ending ends when the consumer is told to.
	work, ending context.Context
	inHand       sync.WaitGroup
	places       chan struct{}

	mu     sync.Mutex
	faults []error
}

func (c *Consumer) running() (*running, error) {
	r := &running{Consumer: *c}
	def := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	def(&r.Visibility, DefaultVisibility)
	def(&r.Grace, DefaultGrace)
	def(&r.Wait, DefaultWait)
	if r.Parallel == 0 {
		r.Parallel = 1
	}
	if r.MostReceives == 0 {
		r.MostReceives = system.DefaultMaxReceives
	}
	if r.Clock == nil {
		r.Clock = clock.Wall{}
	}
	if r.MayWrite == nil {
		r.MayWrite = func(context.Context) bool { return true }
	}
	if r.ZoneOff == nil {
		r.ZoneOff = func(context.Context) bool { return false }
	}
	if r.URL == "" || r.DeadURL == "" || r.Handle == nil || r.Ledger == nil || r.Queue == nil ||
		r.Parallel < 0 || r.Visibility < 3*time.Second || r.Visibility > 12*time.Hour || r.Wait > 20*time.Second {
		return nil, fmt.Errorf("consumer of %q with dead-letter queue %q, %d at a time, hidden for %s, polls of %s: want both queues, a "+
			"ledger and a handler, 3 s to 12 h and at most 20 s", r.URL, r.DeadURL, r.Parallel, r.Visibility, r.Wait)
	}
	r.places = make(chan struct{}, r.Parallel)
	return r, nil
}

// receiveUntil receives until the context ends. It asks for no more than there are free places. A poll that is under way
// is waited for: SQS may have hidden messages for its answer already. It returns why the last poll had no answer.
func (r *running) receiveUntil(ctx context.Context) (silent error) {
	for ctx.Err() == nil {
		free := r.reserve(ctx)
		if free == 0 {
			return silent
		}
		if why := r.paused(ctx); why != "" { // asked last: the wait for a place may have been long
			r.give(free)
			r.Meter.Record(ctx, measure.Paused, 1, why)
			_ = r.Clock.Sleep(ctx, time.Second)
			continue
		}
		poll, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Wait+settling)
		got, err := r.Queue.ReceiveMessage(poll, &sqs.ReceiveMessageInput{
			QueueUrl: &r.URL, MaxNumberOfMessages: int32(free), WaitTimeSeconds: int32(r.Wait.Seconds()), //nolint:gosec // at most 10
			VisibilityTimeout:           int32(r.Visibility.Seconds()), //nolint:gosec // at most 43200
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
		})
		cancel()
		then := r.Clock.Now()
		if err != nil {
			r.give(free)
			r.tell(ctx, "no answer")
			silent = fmt.Errorf("poll %s: %w", r.URL, err)
			r.say(silent)
			_ = r.Clock.Sleep(ctx, time.Second)
			continue
		}
		silent = nil
		r.give(free - len(got.Messages))
		for _, m := range got.Messages {
			r.inHand.Go(func() {
				defer r.give(1)
				r.one(m, then, ctx.Err() != nil)
			})
		}
	}
	return silent
}

func (r *running) paused(ctx context.Context) string {
	switch {
	case r.ZoneOff(ctx):
		return "zone"
	case !r.MayWrite(ctx):
		return "home"
	}
	return ""
}

// reserve waits for a free place and takes all that are free, at most ten; none when the context has ended.
func (r *running) reserve(ctx context.Context) int {
	select {
	case r.places <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; n < 10; n++ {
		select {
		case r.places <- struct{}{}:
		default:
			return n
		}
	}
	return 10
}

func (r *running) give(n int) {
	for range n {
		<-r.places
	}
}

func (r *running) tell(ctx context.Context, outcome string) {
	r.Meter.Record(ctx, measure.Consumed, 1, outcome)
}
