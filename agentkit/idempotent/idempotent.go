package idempotent

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
)

// Table is what is needed of a client of DynamoDB.
type Table interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options),
	) (*dynamodb.TransactWriteItemsOutput, error)
}

var _ Table = (*dynamodb.Client)(nil)

// Once runs effects once. It is safe for concurrent use.
type Once struct {
	Table Table
	// Name is the idempotency table's.
	Name string
	// Owner is who claims: unique to the process, such as the pod's uid.
	Owner string
	// Term is how long a claim lasts: longer than an effect takes. Zero means DefaultTerm.
	Term time.Duration
	// Skew is how far two clocks may lie apart; less than half of Term. Zero means DefaultSkew.
	Skew time.Duration
	// Keep is how long a record stays after its last write; zero means DefaultKeep.
	Keep time.Duration
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder

	claims atomic.Int64
}

// The defaults of Once. Keep is longer than a message lives in a queue (components/queue: 4 days).
const (
	DefaultTerm = time.Minute
	DefaultSkew = 2 * time.Second
	DefaultKeep = 8 * 24 * time.Hour
)

// Claim is the right to run one effect now.
type Claim struct {
	// Token is the caller's, for an outside service that deduplicates by it.
	Token string
	// Number grows with each claim of the token: 1 for the first.
	Number int

	owner string
	until time.Time
	clock clock.Clock
}

// Valid tells whether the claim still lasts. An effect that does several things asks before each.
func (c Claim) Valid() bool { return c.clock.Now().Before(c.until) }

// Outcome is what an effect leaves.
type Outcome struct {
	// Result is stored, and handed to every duplicate: at most about 390 KB, for an item holds 400 KB
	// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
	Result []byte
	// Writes are the effect itself, when it is writes to tables of the same region: they are committed with the
	// finish in one transaction. At most 99.
	Writes []types.TransactWriteItem
}

// Effect does the work. Its context ends with the claim.
type Effect func(ctx context.Context, c Claim) (Outcome, error)

// BusyError means that another is at it.
type BusyError struct {
	Token string
	// Until is when its claim ends, unless it finishes before.
	Until time.Time
}

// Error names the token and when to come again.
func (e *BusyError) Error() string {
	return fmt.Sprintf("token %q is being worked on until %s: come again then", e.Token, e.Until.UTC().Format(time.RFC3339))
}

// ErrSuperseded means that the claim ended before the finish, and another has it now.
var ErrSuperseded = errors.New("the claim has ended and another has taken it over")

// Do runs the effect unless the token has a result, and returns the result. It fails with a BusyError while another
// works on the token, with ErrSuperseded when the effect took longer than its claim and another has taken over, and with the
// effect's own error. After any other error the effect may be finished or not: the next call with the token tells.
func (o *Once) Do(ctx context.Context, token string, effect Effect) ([]byte, error) {
	s, err := o.settings(token)
	if err != nil {
		return nil, err
	}
	c, stored, err := s.begin(ctx)
	if err != nil || stored != nil {
		s.tell(ctx, begun(stored, err))
		return stored, err
	}
	result, err := s.perform(ctx, c, effect)
	s.tell(ctx, ended(c, err))
	return result, err
}

// perform runs the effect under its claim, and finishes.
func (s settings) perform(ctx context.Context, c Claim, effect Effect) ([]byte, error) {
	out, err := s.run(ctx, c, effect)
	if err != nil {
		return nil, errors.Join(err, s.letGo(ctx, c))
	}
	result, err := s.finish(ctx, c, out)
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) && !errors.Is(err, ErrSuperseded) { // a condition of the effect's own writes does not hold
		err = errors.Join(err, s.letGo(ctx, c))
	}
	return result, err
}

// run gives the effect a context that ends with the claim.
func (s settings) run(ctx context.Context, c Claim, effect Effect) (Outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended, stop := s.Clock.Timer(c.until.Sub(s.Clock.Now()))
	defer stop()
	go func() {
		select {
		case <-ended:
			cancel(fmt.Errorf("claim %d of token %q has ended", c.Number, c.Token))
		case <-ctx.Done():
		}
	}()
	return effect(ctx, c)
}

func begun(stored []byte, err error) string {
	var busy *BusyError
	switch {
	case errors.As(err, &busy):
		return "busy"
	case stored != nil:
		return "replayed"
	default:
		return "failed"
	}
}

func ended(c Claim, err error) string {
	switch {
	case errors.Is(err, ErrSuperseded):
		return "superseded"
	case err != nil:
		return "failed"
	case c.Number > 1:
		return "again"
	default:
		return "done"
	}
}

func (s settings) tell(ctx context.Context, outcome string) {
	s.Meter.Record(ctx, measure.Tokens, 1, outcome)
}
