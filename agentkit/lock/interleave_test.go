package lock_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/lock"
	"redoubt/internal/interleave"
	"redoubt/internal/leasetest"
	"redoubt/internal/memtable"
	"redoubt/inventory"
	"redoubt/recovery/lease"
)

// wild: clocks lie as far apart as Skew allows, processes crash and stand still longer than the lock lasts.
var wild = interleave.Limits{Crashes: 1, Losses: 2, Off: time.Second,
	Pauses: []time.Duration{50 * time.Millisecond, 10 * time.Second, 40 * time.Second}}

// frozen are processes that stand still longer than a lock lasts.
var frozen = interleave.Limits{Pauses: []time.Duration{10 * time.Second, 40 * time.Second, 5 * time.Minute}}

// story is a counter under a lock: three processes read it and write it back, one greater.
type story struct {
	w     *interleave.World
	table *memtable.Table
	// held are the locks of those that have one, counted those additions that a process was told of, unsure those
	// whose answer was lost.
	held            map[string]*lease.Held
	counted, unsure int
	given           map[int]string
	broken          broken
}

// broken are the parts of the protocol that a test takes away.
type broken struct {
	store func(lease.Store) lease.Store
	table func(*dynamodb.UpdateItemInput, *dynamodb.PutItemInput)
	// added counts the additions of all schedules.
	added *int
}

func counters(b broken) interleave.Scene {
	return func(w *interleave.World) func() error {
		s := &story{w: w, table: memtable.New(inventory.LocksKey), broken: b,
			held: map[string]*lease.Held{}, given: map[int]string{}}
		for _, name := range []string{"ann", "bob", "eve"} {
			w.Go(name, func(p *interleave.Process) { s.run(p) })
		}
		return s.end
	}
}

func (s *story) run(p *interleave.Process) {
	client := &client{View: s.table.Via(p.Access), spoil: s.broken.table}
	store := lock.Table(client, "locks")
	if s.broken.store != nil {
		store = s.broken.store(store)
	}
	locks := &lock.Locks{Store: store, Owner: p.Name, Clock: p, Skew: 2 * time.Second}
	for range 3 {
		held, err := locks.Acquire(context.Background(), "counter")
		if err == nil {
			s.holds(p.Name, held)
			s.add(client, held)
			delete(s.held, p.Name) // who renews does nothing else, and nobody can ask it meanwhile
			if held.Renew(context.Background()) == nil {
				s.held[p.Name] = held
				s.alone()
				s.add(client, held)
			}
			delete(s.held, p.Name)
			_ = held.Release(context.Background())
		}
		_ = p.Sleep(context.Background(), 20*time.Second)
	}
}

// holds notes a new holder, whose generation nobody else ever gets.
func (s *story) holds(name string, held *lease.Held) {
	if other, given := s.given[held.Generation()]; given {
		s.w.Fail("%s and %s both got generation %d", other, name, held.Generation())
	}
	s.given[held.Generation()], s.held[name] = name, held
	s.alone()
}

// alone holds that at most one believes to have the lock.
func (s *story) alone() {
	var valid []string
	for name, held := range s.held {
		if held.Valid() {
			valid = append(valid, name)
		}
	}
	if slices.Sort(valid); len(valid) > 1 {
		s.w.Fail("%v hold the lock at once", valid)
	}
}

var key = memtable.Item{inventory.LocksKey: &types.AttributeValueMemberS{Value: "total"}}

// add adds one under the guard of the holder's generation.
func (s *story) add(client *client, held *lease.Held) {
	guard := lock.Guard(held.Generation())
	if !held.Valid() || guard.Raise(context.Background(), client, "totals", key) != nil {
		return
	}
	out, err := client.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: aws.String("totals"), Key: key})
	if err != nil || !held.Valid() {
		return
	}
	in := &dynamodb.PutItemInput{TableName: aws.String("totals"), Item: memtable.Item{
		inventory.LocksKey: key[inventory.LocksKey], "n": &types.AttributeValueMemberN{Value: strconv.Itoa(count(out.Item) + 1)}}}
	guard.Put(in)
	switch _, err := client.PutItem(context.Background(), in); {
	case err == nil:
		s.counted++
	case !lock.Refused(err):
		s.unsure++
	}
}

func count(item memtable.Item) int {
	n, _ := item["n"].(*types.AttributeValueMemberN)
	if n == nil {
		return 0
	}
	out, _ := strconv.Atoi(n.Value)
	return out
}

// end compares the counter with what the processes were told. Who crashed may have added one of which nobody knows.
func (s *story) end() error {
	total := 0
	if s.broken.added != nil {
		*s.broken.added += s.counted
	}
	for _, item := range s.table.All("totals") {
		total = count(item)
	}
	if total < s.counted || total > s.counted+s.unsure+s.w.Crashed() {
		return fmt.Errorf("the counter is %d after %d additions, %d of unknown end and %d crashes", total, s.counted, s.unsure, s.w.Crashed())
	}
	return nil
}

// client may send something else than it was told.
type client struct {
	*memtable.View
	spoil func(*dynamodb.UpdateItemInput, *dynamodb.PutItemInput)
}

func (c *client) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options),
) (*dynamodb.UpdateItemOutput, error) {
	if c.spoil != nil {
		c.spoil(in, &dynamodb.PutItemInput{})
	}
	return c.View.UpdateItem(ctx, in, o...)
}

func (c *client) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options),
) (*dynamodb.PutItemOutput, error) {
	if c.spoil != nil {
		c.spoil(&dynamodb.UpdateItemInput{}, in)
	}
	return c.View.PutItem(ctx, in, o...)
}

// TestLock_noTwoHoldersAndNoLostWrite: generations only grow, one believes to hold, and every addition counts.
func TestLock_noTwoHoldersAndNoLostWrite(t *testing.T) {
	t.Parallel()
	added := 0
	interleave.Holds(t, wild, counters(broken{added: &added}))
	t.Logf("%d additions counted", added)
	assert.Greater(t, added, interleave.Schedules/2, "a lock under which nobody can write proves little")
}

// TestLock_everySchedule goes through all orders of two that take the lock at once.
func TestLock_everySchedule(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]interleave.Limits{
		"late": {Pauses: []time.Duration{33 * time.Second}, PausesMost: 1}, "loss": {Losses: 1},
	} {
		f := interleave.Every(400_000, l, func(w *interleave.World) func() error {
			s := &story{w: w, table: memtable.New(inventory.LocksKey),
				held: map[string]*lease.Held{}, given: map[int]string{}}
			for _, name := range []string{"ann", "bob"} {
				w.Go(name, func(p *interleave.Process) {
					client := &client{View: s.table.Via(p.Access)}
					locks := &lock.Locks{Store: lock.Table(client, "locks"), Owner: p.Name, Clock: p}
					if held, err := locks.Acquire(context.Background(), "counter"); err == nil {
						s.holds(p.Name, held)
					}
				})
			}
			return s.end
		})
		require.NoError(t, f.Wrong)
		t.Logf("%s: %d schedules, all there are", name, f.Schedules)
	}
}

// TestLock_everyPartMatters takes each part of the protocol away, and sees it break.
func TestLock_everyPartMatters(t *testing.T) {
	t.Parallel()
	store := func(s leasetest.Spoiled) broken {
		return broken{store: func(inner lease.Store) lease.Store { s.Store = inner; return s }}
	}
	for name, b := range map[string]broken{
		"the lease is taken without its condition": {table: func(_ *dynamodb.UpdateItemInput, in *dynamodb.PutItemInput) {
			if aws.ToString(in.TableName) == "locks" {
				in.ConditionExpression = nil
			}
		}},
		"the end of a lease is not looked at": store(leasetest.Spoiled{Got: func(l *lease.Lease) { l.Until = time.Time{} }}),
		"a taker keeps the generation": store(leasetest.Spoiled{Put: func(old, next *lease.Lease) {
			next.Generation = max(old.Generation, 1)
		}}),
		"the guard lets all through": {table: func(up *dynamodb.UpdateItemInput, in *dynamodb.PutItemInput) {
			if up.ConditionExpression = nil; aws.ToString(in.TableName) != "locks" {
				in.ConditionExpression = nil
			}
		}},
		"the guard is not raised before the read": {table: func(up *dynamodb.UpdateItemInput, _ *dynamodb.PutItemInput) {
			up.UpdateExpression, up.ConditionExpression = nil, nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interleave.Breaks(t, frozen, counters(b))
		})
	}
}
