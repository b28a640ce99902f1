package arbiter_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/lock"
	"redoubt/internal/memtable"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/system"
)

func TestTable_keepsWordAndLooks(t *testing.T) {
	t.Parallel()
	table := lock.Words(memtable.New(inventory.LocksKey).Via(nil), "locks")
	w, err := table.Word(t.Context())
	require.NoError(t, err)
	assert.Equal(t, arbiter.First(), w)
	next := w.Move(now, "lost")
	next.Judged = next.Generation
	require.NoError(t, table.Replace(t.Context(), w, next))
	require.ErrorIs(t, table.Replace(t.Context(), w, w.Move(now, "as well")), arbiter.ErrChanged)
	back, err := table.Word(t.Context())
	require.NoError(t, err)
	assert.Equal(t, next, back)

	none, err := table.Seen(t.Context(), "arbiter")
	require.NoError(t, err)
	assert.Empty(t, none)
	old, new := looks("arbiter", system.Primary, "g"), looks("arbiter", system.Primary, "gb")
	for n := range old {
		old[n].At = now.Add(-1)
	}
	require.NoError(t, table.Put(t.Context(), "arbiter", new))
	require.Error(t, table.Put(t.Context(), "arbiter", old), "what was long under way")
	seen, err := table.Seen(t.Context(), "arbiter")
	require.NoError(t, err)
	assert.Equal(t, new, seen)
}

func TestTable_takesAnAnswerThatWasLost(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection reset")
	at := memtable.New(inventory.LocksKey)
	table := lock.Words(at.Via(func(operation string, act func() error) error {
		if err := act(); err != nil || operation != "PutItem" {
			return err
		}
		return lost
	}), "locks")
	next := arbiter.First().Move(now, "lost")
	require.NoError(t, table.Replace(t.Context(), arbiter.First(), next), "what was to be written stands there")
	require.ErrorIs(t, table.Replace(t.Context(), arbiter.First(), next.Move(now, "x")), arbiter.ErrChanged)
}
