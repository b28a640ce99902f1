package idempotent_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/idempotent"
	"redoubt/internal/interleave"
	"redoubt/internal/memtable"
	"redoubt/inventory"
)

// wild is everything that the guarantees must stand: clocks that lie as far apart as Skew allows, pauses from a blink to
// more than a claim, crashes, lost requests and answers.
var wild = interleave.Limits{Crashes: 2, Losses: 2, Off: time.Second,
	Pauses: []time.Duration{50 * time.Millisecond, 20 * time.Second, 63 * time.Second}}

// calm is a day without faults: no effect may happen twice at all.
var calm = interleave.Limits{Off: time.Second, Pauses: []time.Duration{50 * time.Millisecond, time.Second}, PausesMost: 20}

// frozen are processes that stand still longer than their claim lasts.
var frozen = interleave.Limits{Pauses: []time.Duration{63 * time.Second, 5 * time.Minute}}

// brief lets claims of a few seconds end all the time, by clocks that lie nearly as far apart as a claim is long.
var brief = interleave.Limits{Off: time.Second, Pauses: []time.Duration{time.Second}, PausesMost: 12}

// kind is what an effect stands on.
type kind int

const (
	transactional kind = iota // its writes are committed with the finish
	accepting                 // the service deduplicates by the token
	plain                     // neither
)

// story is one schedule's world and what happened in it.
type story struct {
	w       *interleave.World
	kind    kind
	records *memtable.Table
	applied int             // how often the effect took place
	known   map[string]bool // tokens that the service has seen
	given   []string        // the results that callers got
	calls   int             // how often a process called its effect
	claims  map[string]idempotent.Claim
	term    time.Duration
}

type breaking func(idempotent.Table) idempotent.Table

// gather lets the named processes hand in the same token until each has a result or has tried five times.
func gather(w *interleave.World, k kind, broken breaking, names ...string) *story {
	s := &story{w: w, kind: k, records: memtable.New(inventory.IdempotencyKey), known: map[string]bool{}, claims: map[string]idempotent.Claim{},
		term: time.Minute}
	for _, name := range names {
		w.Go(name, func(p *interleave.Process) { s.run(p, broken) })
	}
	return s
}

// crowd are three that hand in the token.
func crowd(k kind) func(breaking) interleave.Scene {
	return func(broken breaking) interleave.Scene {
		return func(w *interleave.World) func() error { return gather(w, k, broken, "ann", "bob", "eve").end }
	}
}

func (s *story) run(p *interleave.Process, broken breaking) {
	var table idempotent.Table = s.records.Via(p.Access)
	if broken != nil {
		table = broken(table)
	}
	once := &idempotent.Once{Table: table, Name: "idempotency", Owner: p.Name, Clock: p, Skew: 2 * time.Second, Term: s.term}
	for range 5 {
		result, err := once.Do(context.Background(), "task-7", func(_ context.Context, c idempotent.Claim) (idempotent.Outcome, error) {
			return s.effect(p, c)
		})
		if err == nil {
			s.given = append(s.given, string(result))
			return
		}
		_ = p.Sleep(context.Background(), s.term/3)
	}
}

var errEnded = errors.New("the claim has ended")

// effect works for two steps, and stops when its claim has ended, as its context would make it.
func (s *story) effect(p *interleave.Process, c idempotent.Claim) (idempotent.Outcome, error) {
	s.calls++
	s.claims[p.Name] = c
	defer delete(s.claims, p.Name) // also when it crashes
	result := fmt.Sprintf("%s's %d", p.Name, s.calls)
	p.Step("work")
	if !c.Valid() {
		return idempotent.Outcome{}, errEnded
	}
	s.alone()
	switch s.kind {
	case transactional:
		return idempotent.Outcome{Result: []byte(result), Writes: []types.TransactWriteItem{{Put: &types.Put{
			TableName: aws.String("bookings"),
			Item:      memtable.Item{inventory.IdempotencyKey: &types.AttributeValueMemberS{Value: result}}}}}}, nil
	case accepting:
		if s.known[c.Token] {
			break
		}
		s.known[c.Token] = true
		fallthrough
	default:
		s.applied++
	}
	p.Step("tell what came of it")
	return idempotent.Outcome{Result: []byte(result)}, nil
}

// alone holds that one is at work: no two claims are valid at once.
func (s *story) alone() {
	var at []string
	for name, c := range s.claims {
		if c.Valid() {
			at = append(at, name)
		}
	}
	if slices.Sort(at); len(at) > 1 {
		s.w.Fail("%v are at work at once", at)
	}
}

func (s *story) end() error {
	if s.kind == transactional {
		s.applied = len(s.records.All("bookings"))
	}
	slices.Sort(s.given)
	if different := slices.Compact(s.given); len(different) > 1 {
		return fmt.Errorf("callers got different results: %v", different)
	}
	if len(s.given) > 0 && s.applied == 0 {
		return errors.New("a result without an effect")
	}
	if s.applied > 1 && s.kind != plain {
		return fmt.Errorf("the effect took place %d times", s.applied)
	}
	return nil
}

// TestDo_noDoubleEffect holds what package idempotent guarantees, in many thousand schedules of each kind.
func TestDo_noDoubleEffect(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]kind{"transactional": transactional, "accepting": accepting, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interleave.Holds(t, wild, crowd(k)(nil))
		})
	}
}

// TestDo_aPlainEffectHappensOnceWithoutFaults: no crash, no lost message, no pause as long as a claim, no second effect.
func TestDo_aPlainEffectHappensOnceWithoutFaults(t *testing.T) {
	t.Parallel()
	interleave.Holds(t, calm, once(nil))
}

// once holds a plain effect to one.
func once(broken breaking) interleave.Scene {
	return func(w *interleave.World) func() error { return gather(w, plain, broken, "ann", "bob", "eve").just }
}

func (s *story) just() error {
	if s.applied != 1 {
		return fmt.Errorf("the effect took place %d times", s.applied)
	}
	return s.end()
}

// TestDo_noTwoAtWorkAtOnce takes over claims of five seconds with clocks that lie two seconds apart.
func TestDo_noTwoAtWorkAtOnce(t *testing.T) {
	t.Parallel()
	interleave.Holds(t, brief, func(w *interleave.World) func() error {
		s := gather(w, plain, nil, "ann", "bob", "eve")
		s.term = 5 * time.Second
		return s.end
	})
}

// TestDo_theWindowOfAPlainEffect shows that the window which the package names is really there.
func TestDo_theWindowOfAPlainEffect(t *testing.T) {
	t.Parallel()
	interleave.Breaks(t, interleave.Limits{Crashes: 1, Pauses: wild.Pauses}, once(nil))
}

// TestDo_everySchedule goes through all orders of two processes with one that stands still longer than its claim, one crash or one loss.
func TestDo_everySchedule(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]interleave.Limits{
		"late":  {Pauses: []time.Duration{63 * time.Second}, PausesMost: 1},
		"crash": {Crashes: 1},
		"loss":  {Losses: 1},
	} {
		f := interleave.Every(400_000, l, func(w *interleave.World) func() error {
			s := gather(w, transactional, nil)
			for _, name := range []string{"ann", "bob"} {
				w.Go(name, func(p *interleave.Process) {
					once := &idempotent.Once{Table: s.records.Via(p.Access), Name: "idempotency", Owner: p.Name, Clock: p}
					result, err := once.Do(context.Background(), "t", func(_ context.Context, c idempotent.Claim) (idempotent.Outcome, error) {
						return s.effect(p, c)
					})
					if err == nil {
						s.given = append(s.given, string(result))
					}
				})
			}
			return s.end
		})
		require.NoError(t, f.Wrong)
		t.Logf("%s: %d schedules, all there are", name, f.Schedules)
		assert.Greater(t, f.Schedules, 300)
	}
}

// tampered is a table whose client does not send what it should, or does not see what it should.
type tampered struct {
	idempotent.Table
	put    func(*dynamodb.PutItemInput)
	finish func(*types.Update)
	got    func(memtable.Item)
}

func (f tampered) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options),
) (*dynamodb.PutItemOutput, error) {
	if f.put != nil {
		f.put(in)
	}
	return f.Table.PutItem(ctx, in, o...)
}

func (f tampered) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	if f.finish != nil {
		f.finish(in.TransactItems[0].Update)
	}
	return f.Table.TransactWriteItems(ctx, in, o...)
}

func (f tampered) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options),
) (*dynamodb.GetItemOutput, error) {
	out, err := f.Table.GetItem(ctx, in, o...)
	if f.got != nil && err == nil {
		f.got(out.Item)
	}
	return out, err
}

// drop takes one comparison out of a condition.
func drop(condition **string, part string) {
	*condition = aws.String(strings.Replace(**condition, part, "", 1))
}

// TestDo_everyConditionMatters takes each condition away, and sees the guarantee break.
func TestDo_everyConditionMatters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		limits interleave.Limits
		scene  func(breaking) interleave.Scene
		tamper tampered
	}{
		{"begin without its condition", calm, once, tampered{put: func(in *dynamodb.PutItemInput) { in.ConditionExpression = nil }}},
		{"take over without comparing the claim", calm, lateTakers, tampered{put: func(in *dynamodb.PutItemInput) {
			drop(&in.ConditionExpression, "#c = :c AND ")
		}}},
		{"take over what is finished", frozen, crowd(transactional), tampered{put: func(in *dynamodb.PutItemInput) {
			drop(&in.ConditionExpression, " AND attribute_not_exists(#r)")
		}}},
		{"finish without its condition", frozen, crowd(transactional), tampered{finish: func(u *types.Update) { u.ConditionExpression = nil }}},
		{"finish what is finished", frozen, crowd(transactional), tampered{finish: func(u *types.Update) {
			u.ConditionExpression = aws.String("attribute_exists(#c)")
		}}},
		{"the end of a claim is not looked at", calm, once, tampered{got: func(i memtable.Item) { delete(i, "until") }}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			interleave.Breaks(t, c.limits, c.scene(func(t idempotent.Table) idempotent.Table {
				c.tamper.Table = t
				return c.tamper
			}))
		})
	}
}

// lateTakers come when another has begun, and let its claim go.
func lateTakers(broken breaking) interleave.Scene {
	return func(w *interleave.World) func() error {
		s := gather(w, plain, broken, "ann", "bob")
		before := &idempotent.Once{Table: s.records.Via(nil), Name: "idempotency", Owner: "before"}
		_, _ = before.Do(context.Background(), "task-7", func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
			return idempotent.Outcome{}, errEnded
		})
		return s.just
	}
}
