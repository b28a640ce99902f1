//go:build apps && linux

package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/checkpoint"
	"redoubt/agentkit/consume"
	"redoubt/agentkit/idempotent"
	"redoubt/agentkit/ledger"
	"redoubt/agentkit/lock"
	"redoubt/agentkit/session"
	"redoubt/internal/clock"
	"redoubt/internal/local"
	"redoubt/internal/memtable"
	"redoubt/inventory"
	"redoubt/recovery/lease"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/program"
	"redoubt/witness/run"
	"redoubt/witness/run/segments"
)

// TestKit_onRealStores runs the packages of agentkit that stand on stores against moto, PostgreSQL and Redis.
func TestKit_onRealStores(t *testing.T) {
	m, err := local.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	p, err := m.Pair(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	k := kit{p, dynamodb.NewFromConfig(p.Config(system.Primary)), sqs.NewFromConfig(p.Config(system.Primary))}
	t.Run("the table in memory is like moto's", k.memory)
	t.Run("an effect once", k.once)
	t.Run("a lock", k.lock)
	t.Run("work", k.work)
	t.Run("a job", k.job)
	t.Run("sessions", k.sessions)
	t.Run("segments", k.segments)
}

// segments are put once, and read back.
func (k kit) segments(t *testing.T) {
	client := s3.NewFromConfig(k.Config(system.Primary), func(o *s3.Options) { o.UsePathStyle = true })
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("control"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}})
	require.NoError(t, err)
	control := program.Bucket(client, "control")
	now := clock.Wall{}.Now()
	for n := range int64(3) {
		l, err := segments.Open(t.Context(), control, "from-primary")
		require.NoError(t, err)
		assert.Equal(t, n+1, l.Epoch())
		first, _, err := l.Reserve("tasks")
		require.NoError(t, err)
		require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: first, Began: now, Ended: now}))
		require.NoError(t, l.Close(t.Context()))
	}
	require.ErrorIs(t, control.Create(t.Context(), witness.Epochs("from-primary")+"000002", nil), segments.ErrExists)
	got, err := segments.Read(t.Context(), control, "from-primary", now.Add(-time.Minute))
	require.NoError(t, err)
	assert.Len(t, got, 3)
}

type kit struct {
	*local.Pair
	tables *dynamodb.Client
	queues *sqs.Client
}

// table makes a table with one key.
func (k kit) table(t *testing.T, name, key string) {
	t.Helper()
	_, err := k.tables.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: &key, KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: &key, AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

// memory makes the same conditional writes on the table in memory and on moto's, and compares what each answers.
func (k kit) memory(t *testing.T) {
	k.table(t, "like", "k")
	both := map[string]idempotent.Table{"moto": k.tables, "memory": memtable.New("k").Via(nil)}
	told := map[string][]string{}
	for name, table := range both {
		tell := func(err error) {
			var refused *types.ConditionalCheckFailedException
			var canceled *types.TransactionCanceledException
			switch {
			case errors.As(err, &refused):
				told[name] = append(told[name], "refused")
			case errors.As(err, &canceled):
				told[name] = append(told[name], "canceled "+aws.ToString(canceled.CancellationReasons[0].Code))
			case err != nil:
				told[name] = append(told[name], err.Error())
			default:
				got, err := table.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("like"),
					Key: memtable.Item{"k": text("a")}, ConsistentRead: aws.Bool(true)})
				require.NoError(t, err)
				n, _ := got.Item["n"].(*types.AttributeValueMemberN)
				told[name] = append(told[name], fmt.Sprint(len(got.Item), n != nil && n.Value == "10"))
			}
		}
		for _, condition := range []string{"attribute_exists(#n)", "attribute_not_exists(#n)", "attribute_not_exists(#n)", "#n = :v",
			"#n < :v", "#n <= :v", "#n = :v AND attribute_exists(#n)", "attribute_not_exists(#n) OR #n <= :v", "#n < :v"} {
			in := &dynamodb.PutItemInput{TableName: aws.String("like"), Item: memtable.Item{"k": text("a"), "n": number(10)},
				ConditionExpression: aws.String(condition), ExpressionAttributeNames: map[string]string{"#n": "n"}}
			if condition[0] == '#' || len(condition) > 30 {
				in.ExpressionAttributeValues = memtable.Item{":v": number(9 + len(told[name])/4)}
			}
			_, err := table.PutItem(t.Context(), in)
			tell(err)
		}
		update := func(n int) types.TransactWriteItem {
			return types.TransactWriteItem{Update: &types.Update{TableName: aws.String("like"), Key: memtable.Item{"k": text("a")},
				UpdateExpression: aws.String("SET #b = :v REMOVE #n"), ConditionExpression: aws.String("#n = :v"),
				ExpressionAttributeNames:  map[string]string{"#n": "n", "#b": "b"},
				ExpressionAttributeValues: memtable.Item{":v": number(n)}}}
		}
		for _, n := range []int{11, 10, 10} {
			_, err := table.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{update(n)}})
			tell(err)
		}
	}
	assert.Equal(t, told["moto"], told["memory"])
	assert.Len(t, told["moto"], 12)
	t.Log(told["moto"])
}

// once hands in each of ten tokens from eight at the same time.
func (k kit) once(t *testing.T) {
	k.table(t, "idempotency", inventory.IdempotencyKey)
	k.table(t, "bookings", "booking")
	var plain atomic.Int64
	var wg sync.WaitGroup
	results := make([]sync.Map, 10)
	for n := range 80 {
		wg.Go(func() {
			once := &idempotent.Once{Table: k.tables, Name: "idempotency", Owner: fmt.Sprint("pod-", n)}
			token := fmt.Sprint("task-", n%10)
			for {
				got, err := once.Do(t.Context(), token, func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
					if n%10 < 5 {
						plain.Add(1)
						return idempotent.Outcome{Result: []byte(fmt.Sprint(n))}, nil
					}
					return idempotent.Outcome{Result: []byte(fmt.Sprint(n)), Writes: []types.TransactWriteItem{{Put: &types.Put{
						TableName: aws.String("bookings"), Item: memtable.Item{"booking": text(fmt.Sprint(token, " by ", n))}}}}}, nil
				})
				var busy *idempotent.BusyError
				if errors.As(err, &busy) {
					_ = clock.Wall{}.Sleep(t.Context(), 20*time.Millisecond)
					continue
				}
				assert.NoError(t, err)
				results[n%10].Store(string(got), true)
				return
			}
		})
	}
	wg.Wait()
	for n := range results {
		different := 0
		results[n].Range(func(any, any) bool { different++; return true })
		assert.Equal(t, 1, different, "token %d has one result", n)
	}
	assert.EqualValues(t, 5, plain.Load())
	made, err := k.tables.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("bookings")})
	require.NoError(t, err)
	assert.Len(t, made.Items, 5)
}

// lock lets six add to one counter under a lock, each three times.
func (k kit) lock(t *testing.T) {
	k.table(t, "locks", inventory.LocksKey)
	k.table(t, "totals", "k")
	key := memtable.Item{"k": text("total")}
	add := func(ctx context.Context, generation int) error {
		guard := lock.Guard(generation)
		if err := guard.Raise(ctx, k.tables, "totals", key); err != nil {
			return err
		}
		got, err := k.tables.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("totals"), Key: key, ConsistentRead: aws.Bool(true)})
		if err != nil {
			return err
		}
		total := 0
		if n, is := got.Item["n"].(*types.AttributeValueMemberN); is {
			total, _ = strconv.Atoi(n.Value)
		}
		in := &dynamodb.PutItemInput{TableName: aws.String("totals"), Item: memtable.Item{"k": text("total"), "n": number(total + 1)}}
		guard.Put(in)
		_, err = k.tables.PutItem(ctx, in)
		return err
	}
	var wg sync.WaitGroup
	for n := range 6 {
		locks := &lock.Locks{Store: lock.Table(k.tables, "locks"), Owner: fmt.Sprint("pod-", n)}
		wg.Go(func() {
			for done := 0; done < 3; {
				err := locks.Do(t.Context(), "total", add)
				var held *lease.HeldError
				switch {
				case err == nil:
					done++
				case errors.As(err, &held), errors.Is(err, lease.ErrChanged):
					_ = clock.Wall{}.Sleep(t.Context(), 10*time.Millisecond)
				default:
					assert.NoError(t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	got, err := k.tables.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("totals"), Key: key})
	require.NoError(t, err)
	assert.Equal(t, number(18), got.Item["n"])
	stale := &dynamodb.PutItemInput{TableName: aws.String("totals"), Item: memtable.Item{"k": text("total"), "n": number(0)}}
	lock.Guard(17).Put(stale)
	_, err = k.tables.PutItem(t.Context(), stale)
	assert.True(t, lock.Refused(err), "an older generation writes no more: %v", err)
}

// work accepts work, loses messages, and consumes it with failures and poison.
func (k kit) work(t *testing.T) {
	of := k.Inventory.Homes[system.Primary].Stores[local.Work]
	made, err := k.queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("work-dlq")})
	require.NoError(t, err)
	l := &ledger.Ledger{Table: k.tables, Queue: k.queues, Name: of.LedgerTable, URL: of.URL}
	lost := &ledger.Ledger{Table: k.tables, Queue: nowhere{}, Name: of.LedgerTable, URL: of.URL}
	for n := range 20 {
		by := l
		if n%5 == 0 {
			by = lost
		}
		require.NoError(t, by.Accept(t.Context(), fmt.Sprint("task-", n), "payload"))
	}
	resent, err := l.Resend(t.Context(), -time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 20, resent, "what is open: the index of the ledger has it")

	var mu sync.Mutex
	calls := map[string]int{}
	ctx, end := context.WithCancel(t.Context())
	c := &consume.Consumer{Queue: k.queues, Ledger: l, URL: of.URL, DeadURL: aws.ToString(made.QueueUrl), Parallel: 4, Wait: time.Second,
		Visibility: 20 * time.Second, Handle: func(_ context.Context, w consume.Work) error {
			mu.Lock()
			defer mu.Unlock()
			switch calls[w.Token]++; {
			case w.Token == "task-3":
				return consume.Poison(errors.New("no such tool"))
			case w.Token == "task-4" && calls[w.Token] == 1:
				return errors.New("try again")
			}
			return nil
		}}
	over := make(chan error, 1)
	go func() { over <- c.Run(ctx) }()
	require.Eventually(t, func() bool {
		left, err := k.tables.Scan(t.Context(), &dynamodb.ScanInput{TableName: &of.LedgerTable,
			FilterExpression: aws.String("attribute_exists(#o)"), ExpressionAttributeNames: map[string]string{"#o": inventory.LedgerOpen}})
		return err == nil && len(left.Items) == 1 && left.Items[0][ledger.DeadKey] != nil
	}, time.Minute, 200*time.Millisecond, "all is done but what was given up")
	end()
	require.NoError(t, <-over)
	dead, err := k.queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: made.QueueUrl, MaxNumberOfMessages: 10,
		MessageAttributeNames: []string{"All"}})
	require.NoError(t, err)
	require.NotEmpty(t, dead.Messages)
	assert.Equal(t, "no such tool", aws.ToString(dead.Messages[0].MessageAttributes["reason"].StringValue))
	n, err := l.Resend(t.Context(), -time.Minute)
	require.NoError(t, err)
	assert.Zero(t, n)
}

// nowhere is a queue that takes nothing.
type nowhere struct{}

func (nowhere) SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	return nil, errors.New("no way to the queue")
}

// job breaks off in each step once, in PostgreSQL and in a table, and is run by two at once.
func (k kit) job(t *testing.T) {
	database, err := k.Database(t.Context())
	require.NoError(t, err)
	defer database.Close(context.Background()) //nolint:errcheck // asked and answered
	postgres := checkpoint.Postgres{Database: database}
	require.NoError(t, postgres.Create(t.Context()))
	require.NoError(t, postgres.Create(t.Context()))
	name := k.Inventory.Homes[system.Primary].Stores[local.Sessions].Name
	for kind, store := range map[string]checkpoint.Store{"postgres": postgres, "table": checkpoint.Table{Client: k.tables, Name: name}} {
		broke := map[string]bool{}
		step := func(name string) checkpoint.Step {
			return checkpoint.Step{Name: name, Do: func(_ context.Context, s checkpoint.State) ([]byte, error) {
				if !broke[name] {
					broke[name] = true
					return nil, errors.New("killed")
				}
				return []byte(fmt.Sprint(name, len(s.Results))), nil
			}}
		}
		p := checkpoint.Plan{Name: "research", Version: "1", Store: store, Steps: []checkpoint.Step{step("ask"), step("write")}}
		for range 2 {
			_, err := p.Run(t.Context(), "job-1")
			require.ErrorContains(t, err, "killed", kind)
		}
		got, err := p.Run(t.Context(), "job-1")
		require.NoError(t, err, kind)
		assert.Equal(t, map[string][]byte{"ask": []byte("ask0"), "write": []byte("write1")}, got, kind)
		stands, err := store.Record(t.Context(), "job-1", "ask", []byte("late"))
		require.NoError(t, err, kind)
		assert.Equal(t, "ask0", string(stands), "the first record counts: %s", kind)
		p.Version = "2"
		var changed *checkpoint.ChangedError
		_, err = p.Run(t.Context(), "job-1")
		require.ErrorAs(t, err, &changed, kind)
	}
}

// sessions go on without the cache, and with it again.
func (k kit) sessions(t *testing.T) {
	cache := k.Cache()
	defer cache.Close() //nolint:errcheck // asked and answered
	loads := 0
	s := &session.Store{Cache: cache, Prefix: "session:", Patience: time.Second, Rest: time.Millisecond,
		Source: func(context.Context, string) ([]byte, error) { loads++; return []byte("of the source"), nil },
		Save:   func(context.Context, string, []byte) error { return nil }}
	get := func() string {
		got, err := s.Get(t.Context(), "s1")
		require.NoError(t, err)
		return string(got.Value)
	}
	assert.Equal(t, "of the source", get())
	assert.Equal(t, "of the source", get())
	assert.Equal(t, 1, loads)
	require.NoError(t, s.Put(t.Context(), "s1", []byte("put")))
	assert.Equal(t, "put", get())
	way := k.Name(local.Recall)
	way.Lead("")
	assert.Equal(t, "of the source", get(), "the cache is gone")
	assert.Equal(t, 2, loads)
}
