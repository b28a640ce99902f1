//go:build apps

package wire

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/system"
)

var (
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	opts  = lease.Options{TTL: time.Minute, Skew: 5 * time.Second}
)

// locks is a new lock table, as the home's own is keyed.
func locks(t *testing.T, table string) (journal.Table, lease.Table) {
	t.Helper()
	_, err := dynamodb.NewFromConfig(config()).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String(inventory.LocksKey), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(inventory.LocksKey), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := dynamodb.NewFromConfig(config()).DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table})
		assert.NoError(t, err)
	})
	return stores(table)
}

// stores reach the table as another machine does: with a port of their own.
func stores(table string) (journal.Table, lease.Table) {
	p := port().Patient()
	return journal.Table{Rows: journal.Items{Port: p, Home: system.Secondary, Name: table}},
		lease.Table{Port: p, Home: system.Secondary, Name: table}
}

func record(seq int, why string) journal.Record {
	return journal.Record{Run: "run-1", Seq: seq, At: start, Generation: 1, Kind: journal.Began, Step: "s", Why: why}
}

// TestJournal_resumesWithTheSameRecords writes a run's records; another machine
// reads exactly these.
func TestJournal_resumesWithTheSameRecords(t *testing.T) {
	t.Parallel()
	store, _ := locks(t, "locks-journal")
	var want []journal.Record
	for seq := 1; seq <= 60; seq++ {
		want = append(want, record(seq, "because"))
		require.NoError(t, store.Append(t.Context(), want[seq-1]))
	}
	other, _ := stores("locks-journal")
	got, err := other.Load(t.Context(), "run-1")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	require.NoError(t, store.Append(t.Context(), want[6]), "the same record once more is an answer that was lost")
	require.ErrorIs(t, store.Append(t.Context(), record(7, "another")), journal.ErrTaken)
	none, err := store.Load(t.Context(), "run-2")
	require.NoError(t, err)
	assert.Empty(t, none)
}

// TestJournal_refusesAGap leaves a record out.
func TestJournal_refusesAGap(t *testing.T) {
	t.Parallel()
	store, _ := locks(t, "locks-gap")
	for _, seq := range []int{1, 3, 4} {
		require.NoError(t, store.Append(t.Context(), record(seq, "")))
	}
	_, err := store.Load(t.Context(), "run-1")
	require.ErrorIs(t, err, journal.ErrCorrupt)
	require.ErrorContains(t, err, "record 2 is missing")
}

// TestJournal_oneWriterWins lets eight write the same number at once, twenty times.
func TestJournal_oneWriterWins(t *testing.T) {
	t.Parallel()
	store, _ := locks(t, "locks-race")
	for seq := 1; seq <= 20; seq++ {
		wins := race(8, func(n int) error { return store.Append(t.Context(), record(seq, string(rune('a'+n)))) },
			func(err error) { assert.ErrorIs(t, err, journal.ErrTaken) })
		assert.Equal(t, 1, wins)
	}
	got, err := store.Load(t.Context(), "run-1")
	require.NoError(t, err)
	assert.Len(t, got, 20)
}

// race runs act n times at once and counts those that succeed; lost is told of the others.
func race(n int, act func(int) error, lost func(error)) int {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = act(i) })
	}
	wg.Wait()
	wins := 0
	for _, err := range errs {
		if err == nil {
			wins++
			continue
		}
		lost(err)
	}
	return wins
}

// TestLease_oneHolderWins lets eight take a lease that nobody holds.
func TestLease_oneHolderWins(t *testing.T) {
	t.Parallel()
	_, store := locks(t, "locks-lease")
	c := clock.NewVirtual(start)
	wins := race(8, func(n int) error {
		_, err := lease.Acquire(t.Context(), store, c, "recovery", string(rune('a'+n)), opts)
		return err
	}, func(err error) {
		var held *lease.HeldError
		assert.True(t, errors.As(err, &held) || errors.Is(err, lease.ErrChanged), "%v", err)
	})
	assert.Equal(t, 1, wins)
}

// TestLease_staleIsTakenOver takes a lease whose holder is silent: the new
// holder acts under a new generation, and the old one's next act is refused.
func TestLease_staleIsTakenOver(t *testing.T) {
	t.Parallel()
	_, store := locks(t, "locks-stale")
	c := clock.NewVirtual(start)
	ann, err := lease.Acquire(t.Context(), store, c, "recovery", "ann", opts)
	require.NoError(t, err)
	_, err = lease.Acquire(t.Context(), store, c, "recovery", "bob", opts)
	var held *lease.HeldError
	require.ErrorAs(t, err, &held)
	assert.Equal(t, "ann", held.Holder)
	assert.Equal(t, start.Add(time.Minute), held.Until)

	late := &lagging{Virtual: c}
	slow, err := lease.Acquire(t.Context(), store, late, "recovery", "ann", opts)
	require.NoError(t, err, "one's own lease can be taken again")
	require.ErrorIs(t, ann.Renew(t.Context()), lease.ErrLost, "the first of ann's two runs has lost it")
	require.NoError(t, c.Advance(start.Add(66*time.Second)))
	late.by = -66 * time.Second
	bob, err := lease.Acquire(t.Context(), store, c, "recovery", "bob", opts)
	require.NoError(t, err)
	assert.Equal(t, slow.Generation()+1, bob.Generation())
	assert.True(t, slow.Valid(), "ann's clock stands still, so she believes in her lease")
	require.ErrorIs(t, slow.Renew(t.Context()), lease.ErrLost, "the table knows better")
	require.NoError(t, bob.Renew(t.Context()))
	require.NoError(t, bob.Release(t.Context()))
	got, err := store.Get(t.Context(), "recovery")
	require.NoError(t, err)
	assert.Equal(t, lease.Lease{Generation: 3, Until: start.Add(126 * time.Second), Version: 5}, got)
}

// lagging is a clock that lies beside the true one.
type lagging struct {
	*clock.Virtual
	by time.Duration
}

func (l *lagging) Now() time.Time { return l.Virtual.Now().Add(l.by) }
