package idempotent_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/idempotent"
	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/internal/interleave"
	"redoubt/internal/memtable"
	"redoubt/internal/metrictest"
	"redoubt/inventory"
)

// bench is a table, a clock and a Once on them.
func bench() (*memtable.Table, *clock.Virtual, *idempotent.Once) {
	table, now := memtable.New(inventory.IdempotencyKey), clock.NewVirtual(interleave.Start)
	return table, now, &idempotent.Once{Table: table.Via(nil), Name: "idempotency", Owner: "pod-1", Clock: now}
}

func gives(result string) idempotent.Effect {
	return func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
		return idempotent.Outcome{Result: []byte(result)}, nil
	}
}

func TestDo_replaysTheStoredResult(t *testing.T) {
	t.Parallel()
	table, now, once := bench()
	m := metrictest.New(t)
	once.Meter = m.Recorder
	got, err := once.Do(t.Context(), "task-7", gives("booked"))
	require.NoError(t, err)
	assert.Equal(t, "booked", string(got))
	require.NoError(t, now.Advance(now.Now().Add(24*time.Hour)))
	got, err = once.Do(t.Context(), "task-7", gives("booked twice"))
	require.NoError(t, err)
	assert.Equal(t, "booked", string(got))
	item := table.All("idempotency")[0]
	assert.Equal(t, &types.AttributeValueMemberN{Value: "1773057600"}, item[inventory.Expires], "eight days after its last write")
	assert.NotContains(t, item, "until")
	got, err = once.Do(t.Context(), "task-8", func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
		return idempotent.Outcome{}, nil
	})
	require.NoError(t, err)
	assert.Empty(t, got)
	got, err = once.Do(t.Context(), "task-8", gives("again"))
	require.NoError(t, err)
	assert.Empty(t, got, "nothing is a result too")
	assert.InDelta(t, 2, m.Value(t, measure.Tokens, "done"), 0)
	assert.InDelta(t, 2, m.Value(t, measure.Tokens, "replayed"), 0)
}

// TestDo_tellsWhoComesTooEarly hands the token in again from within its own effect.
func TestDo_tellsWhoComesTooEarly(t *testing.T) {
	t.Parallel()
	_, now, once := bench()
	_, err := once.Do(t.Context(), "task-7", func(ctx context.Context, c idempotent.Claim) (idempotent.Outcome, error) {
		assert.True(t, c.Valid())
		_, err := once.Do(ctx, "task-7", gives("x"))
		var busy *idempotent.BusyError
		require.ErrorAs(t, err, &busy)
		assert.Equal(t, `token "task-7" is being worked on until 2026-03-01T12:01:00Z: come again then`, err.Error())

		require.NoError(t, now.Advance(now.Now().Add(58*time.Second)))
		assert.False(t, c.Valid(), "two seconds before its end, for clocks may differ")
		<-ctx.Done()
		require.ErrorContains(t, context.Cause(ctx), "claim 1 of token \"task-7\" has ended")
		require.NoError(t, now.Advance(now.Now().Add(4*time.Second)))
		got, err := once.Do(t.Context(), "task-7", gives("another's"))
		require.NoError(t, err)
		assert.Equal(t, "another's", string(got))
		return idempotent.Outcome{Result: []byte("mine")}, nil
	})
	require.NoError(t, err)
	got, err := once.Do(t.Context(), "task-7", gives("x"))
	require.NoError(t, err)
	assert.Equal(t, "another's", string(got), "who finished first")
}

func TestDo_anErrorLetsTheTokenGo(t *testing.T) {
	t.Parallel()
	table, _, once := bench()
	broke := errors.New("no room")
	_, err := once.Do(t.Context(), "task-7", func(context.Context, idempotent.Claim) (idempotent.Outcome, error) {
		return idempotent.Outcome{}, broke
	})
	require.ErrorIs(t, err, broke)
	full := func(_ context.Context, c idempotent.Claim) (idempotent.Outcome, error) {
		assert.Equal(t, 2, c.Number, "the number grows with each claim")
		return idempotent.Outcome{Writes: []types.TransactWriteItem{{Put: &types.Put{TableName: aws.String("rooms"),
			Item:                     memtable.Item{inventory.IdempotencyKey: &types.AttributeValueMemberS{Value: "room-1"}},
			ConditionExpression:      aws.String("attribute_exists(#k)"),
			ExpressionAttributeNames: map[string]string{"#k": inventory.IdempotencyKey}}}}}, nil
	}
	_, err = once.Do(t.Context(), "task-7", full)
	var canceled *types.TransactionCanceledException
	require.ErrorAs(t, err, &canceled)
	assert.Empty(t, table.All("rooms"))
	got, err := once.Do(t.Context(), "task-7", gives("another room"))
	require.NoError(t, err, "a condition of the effect's own writes lets the token go at once")
	assert.Equal(t, "another room", string(got))
}

func TestDo_refusesSettingsThatHoldNothing(t *testing.T) {
	t.Parallel()
	_, _, once := bench()
	_, err := once.Do(t.Context(), "", gives("x"))
	require.ErrorContains(t, err, "want all three names")
	once.Skew = time.Minute
	_, err = once.Do(t.Context(), "t", gives("x"))
	require.ErrorContains(t, err, "a skew below half")
}
