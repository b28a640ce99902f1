package drive_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

const frankfurt = "eu-central-1"

var options = lease.Options{TTL: time.Minute, Skew: 5 * time.Second}

// lossy is a port that loses the answer of each of so many writes.
type lossy struct {
	plan.Port
	lose int
}

func (l *lossy) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	out, err := l.Port.Call(ctx, c)
	if c.Operation == "PutItem" && l.lose > 0 {
		l.lose--
		return nil, errors.New("no answer")
	}
	return out, err
}

// locks is a home's lock table in a world of its own.
func locks(t *testing.T) (*world.World, *lossy, lease.Table) {
	t.Helper()
	w := world.New(world.Config{Seed: 1})
	_, err := w.Create(frankfurt, "AWS::DynamoDB::Table", "locks", world.Document{
		"Name": "locks", "BillingMode": "PAY_PER_REQUEST", "HashKey": "lock",
		"Attributes": []any{world.Document{"Name": "lock", "Type": "S"}},
	})
	require.NoError(t, err)
	w.Advance(w.Now().Add(time.Minute))
	port := &lossy{Port: drive.World{World: w, Regions: map[system.Home]string{system.Secondary: frankfurt}}}
	return w, port, lease.Table{Port: port, Home: system.Secondary, Name: "locks"}
}

func TestLeaseTable_oneHolderAtATime(t *testing.T) {
	t.Parallel()
	w, _, table := locks(t)
	clock := drive.Clock{World: w}
	ann, err := lease.Acquire(t.Context(), table, clock, "recovery", "ann", options)
	require.NoError(t, err)
	assert.Equal(t, 1, ann.Generation())
	_, err = lease.Acquire(t.Context(), table, clock, "recovery", "bob", options)
	var held *lease.HeldError
	require.ErrorAs(t, err, &held)
	assert.Equal(t, "ann", held.Holder)

	require.NoError(t, clock.Sleep(t.Context(), 65*time.Second))
	bob, err := lease.Acquire(t.Context(), table, clock, "recovery", "bob", options)
	require.NoError(t, err)
	assert.Equal(t, 2, bob.Generation())
	require.ErrorIs(t, ann.Renew(t.Context()), lease.ErrLost)
	require.NoError(t, bob.Renew(t.Context()))
	require.NoError(t, bob.Release(t.Context()))
	ann, err = lease.Acquire(t.Context(), table, clock, "recovery", "ann", options)
	require.NoError(t, err)
	assert.Equal(t, 3, ann.Generation(), "a release leaves the generation")
}

func TestLeaseTable_ofTwoWritersOneWins(t *testing.T) {
	t.Parallel()
	_, _, table := locks(t)
	next := lease.Lease{Generation: 1, Owner: "ann", Version: 1}
	require.NoError(t, table.Swap(t.Context(), "recovery", lease.Lease{}, next))
	other := next
	other.Owner = "bob"
	require.ErrorIs(t, table.Swap(t.Context(), "recovery", lease.Lease{}, other), lease.ErrChanged)
	got, err := table.Get(t.Context(), "recovery")
	require.NoError(t, err)
	assert.Equal(t, "ann", got.Owner)
}

func TestLeaseTable_aLostAnswerIsNoLostLease(t *testing.T) {
	t.Parallel()
	w, port, table := locks(t)
	clock := drive.Clock{World: w}
	port.lose = 1
	ann, err := lease.Acquire(t.Context(), table, clock, "recovery", "ann", options)
	require.NoError(t, err)
	port.lose = 1
	require.NoError(t, ann.Renew(t.Context()))
	require.NoError(t, ann.Renew(t.Context()))
}

func TestLeaseTable_withoutItsTableThereIsNoLease(t *testing.T) {
	t.Parallel()
	w, _, table := locks(t)
	table.Name = "none"
	_, err := lease.Acquire(t.Context(), table, drive.Clock{World: w}, "recovery", "ann", options)
	require.ErrorContains(t, err, "Table: none not found")
}

func TestClock_passesWhenSomebodyWaits(t *testing.T) {
	t.Parallel()
	w, _, _ := locks(t)
	clock := drive.Clock{World: w}
	start := clock.Now()
	fired, stop := clock.Timer(time.Hour)
	defer stop()
	assert.Equal(t, start.Add(time.Hour), <-fired)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, clock.Sleep(ended, time.Hour), context.Canceled)
	assert.Equal(t, start.Add(time.Hour), clock.Now())
}
