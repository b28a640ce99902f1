package recovery

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// TestLately_isKeptFromTheFirstActOrFailureOn keeps all that came before with it, and nothing of what only looks and fails.
func TestLately_isKeptFromTheFirstActOrFailureOn(t *testing.T) {
	t.Parallel()
	failed := journal.Record{Run: "r", Seq: 2, Kind: journal.Ended, Result: string(plan.Failed)}
	for _, c := range []struct {
		name string
		acts bool
		last journal.Record
		kept bool
	}{
		{"a call", false, journal.Record{Run: "r", Seq: 2, Kind: journal.Intended}, true},
		{"a step that acts failed", true, failed, true},
		{"a look failed", false, failed, false},
		{"done already", true, journal.Record{Run: "r", Seq: 2, Kind: journal.Ended, Result: string(plan.AlreadyDone)}, false},
	} {
		kept := &journal.Memory{}
		l := &lately{acts: c.acts, open: func(context.Context) (journal.Store, error) { return kept, nil }}
		require.NoError(t, l.Append(t.Context(), journal.Record{Run: "r", Seq: 1, Kind: journal.Decided}))
		require.NoError(t, l.Append(t.Context(), c.last))
		records, err := kept.Load(t.Context(), "r")
		require.NoError(t, err)
		assert.Equal(t, c.kept, len(records) == 2, c.name)
		records, err = l.Load(t.Context(), "r")
		require.NoError(t, err)
		assert.Len(t, records, 2, c.name)
	}
}
