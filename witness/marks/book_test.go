package marks_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/witness/marks"
)

// entries is a ledger that answers three keys of what it is asked at once.
type entries struct {
	items
	asked []int
	stuck bool
}

func (e *entries) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.BatchGetItemOutput, error) {
	of := in.RequestItems["work-ledger"]
	e.asked = append(e.asked, len(of.Keys))
	n := min(3, len(of.Keys))
	if e.stuck {
		n = 0
	}
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}}
	for _, key := range of.Keys[:n] {
		for _, item := range e.held {
			if text(item[inventory.LedgerKey]) == text(key[inventory.LedgerKey]) {
				out.Responses["work-ledger"] = append(out.Responses["work-ledger"], key)
			}
		}
	}
	if of.Keys = of.Keys[n:]; len(of.Keys) > 0 {
		out.UnprocessedKeys = map[string]types.KeysAndAttributes{"work-ledger": of}
	}
	return out, e.err
}

func TestBook_leavesEntriesThatAreNoWork(t *testing.T) {
	t.Parallel()
	held := &entries{}
	p := &marks.Book{Witness: witness(), Client: held, Table: "work-ledger"}
	write(t, p, 1, 2, 4, 1_000_001)
	item := held.held[0]
	assert.Equal(t, "redoubt-witness-east-000000000001", text(item[inventory.LedgerKey]))
	assert.NotContains(t, item, inventory.LedgerOpen, "no plan sends it")
	assert.Contains(t, item, inventory.Expires)
	got, err := marks.ReadBack(t.Context(), p, []int64{1, 2, 3, 4, 5, 1_000_001})
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 2, 4, 1_000_001}, got)
	assert.Equal(t, []int{6, 3}, held.asked, "what was left out is asked for again")
	many := make([]int64, 250)
	for n := range many {
		many[n] = int64(n + 10)
	}
	held.asked = nil
	held.stuck = true
	_, err = p.Find(t.Context(), many)
	require.ErrorContains(t, err, "100 keys were left out 10 times", "what nobody answered is unknown, not lost")
	_, err = p.Read(t.Context())
	require.ErrorContains(t, err, "asked for each number")
	held.err = errGone
	require.ErrorIs(t, p.Write(t.Context(), 6), errGone)
	_, err = p.Find(t.Context(), many)
	require.ErrorIs(t, err, errGone)
}
