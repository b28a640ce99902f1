package drive_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/sim/drive"
	"redoubt/sim/world"
)

func items(t *testing.T) (*world.World, *lossy, journal.Table, lease.Table) {
	t.Helper()
	w, port, table := locks(t)
	return w, port, journal.Table{Rows: journal.Items{Port: port, Home: table.Home, Name: table.Name}}, table
}

func record(w *world.World, seq int, why string) journal.Record {
	return journal.Record{Run: "run-1", Seq: seq, At: w.Now(), Generation: 1, Kind: journal.Began, Why: why}
}

func TestJournalItems_resumeWithTheSameRecords(t *testing.T) {
	t.Parallel()
	w, port, store, leases := items(t)
	_, err := lease.Acquire(t.Context(), leases, drive.Clock{World: w}, "recovery", "ann", options)
	require.NoError(t, err, "both live in one table")
	var want []journal.Record
	for seq := 1; seq <= 25; seq++ {
		want = append(want, record(w, seq, "because"))
		if seq%5 == 0 {
			port.lose = 1
		}
		require.NoError(t, store.Append(t.Context(), want[seq-1]), "a lost answer is no failure")
	}
	got, err := store.Load(t.Context(), "run-1")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	none, err := store.Load(t.Context(), "run-2")
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestJournalItems_ofTwoWritersOneWins(t *testing.T) {
	t.Parallel()
	w, port, store, _ := items(t)
	require.NoError(t, store.Append(t.Context(), record(w, 1, "ann")))
	require.ErrorIs(t, store.Append(t.Context(), record(w, 1, "bob")), journal.ErrTaken)
	port.lose = 1
	require.ErrorIs(t, store.Append(t.Context(), record(w, 1, "bob")), journal.ErrTaken, "also when the refusal is lost")
	got, err := store.Load(t.Context(), "run-1")
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, "ann", got[0].Why)
}

func TestJournalItems_refuseAGap(t *testing.T) {
	t.Parallel()
	w, _, store, _ := items(t)
	for _, seq := range []int{1, 2, 8, 9} {
		require.NoError(t, store.Append(t.Context(), record(w, seq, "")))
	}
	_, err := store.Load(t.Context(), "run-1")
	require.ErrorIs(t, err, journal.ErrCorrupt)
	require.ErrorContains(t, err, "record 3 is missing")
}

func TestJournalItems_withoutATableNothingIsWritten(t *testing.T) {
	t.Parallel()
	w, port, _, _ := items(t)
	w.Advance(w.Now().Add(time.Hour))
	store := journal.Table{Rows: journal.Items{Port: port, Home: "secondary", Name: "none"}}
	err := store.Append(t.Context(), record(w, 1, ""))
	require.ErrorContains(t, err, "Table: none not found")
	require.NotErrorIs(t, err, journal.ErrTaken)
}
