package journal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/journal"
)

func record(seq int) journal.Record {
	return journal.Record{
		Run: "r", Seq: seq, At: time.Date(2026, 3, 1, 12, 0, seq, 0, time.UTC), Generation: 3, Kind: journal.Intended,
		Step: "promote-database", Attempt: seq, Token: "t", Why: "a \n line \x00 and 日本",
	}
}

func encoded(t *testing.T, n int) (whole []byte, ends []int) {
	t.Helper()
	for seq := 1; seq <= n; seq++ {
		line, err := journal.Encode(record(seq))
		require.NoError(t, err)
		whole = append(whole, line...)
		ends = append(ends, len(whole))
	}
	return whole, ends
}

// TestDecode_anyCutIsTheRecordsBefore cuts a journal at every byte.
func TestDecode_anyCutIsTheRecordsBefore(t *testing.T) {
	t.Parallel()
	whole, ends := encoded(t, 12)
	for cut := range len(whole) + 1 {
		want := 0
		for want < len(ends) && ends[want] <= cut {
			want++
		}
		got, safe, err := journal.Decode(whole[:cut])
		require.NoError(t, err, "cut at byte %d", cut)
		require.Len(t, got, want, "cut at byte %d", cut)
		if want > 0 {
			require.Equal(t, record(want), got[want-1])
			require.Equal(t, ends[want-1], safe)
		}
	}
	t.Logf("%d cuts", len(whole)+1)
}

func TestDecode_tellsDamageFromACut(t *testing.T) {
	t.Parallel()
	whole, ends := encoded(t, 3)
	for _, at := range []int{0, ends[0] / 2, ends[0] + 20} { // in the first record and in the second
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 1
		_, _, err := journal.Decode(damaged)
		require.ErrorIs(t, err, journal.ErrCorrupt, "byte %d", at)
	}
	_, _, err := journal.Decode(whole[ends[0]:])
	require.ErrorIs(t, err, journal.ErrCorrupt, "the first record is missing")
}

func TestFile_cutsOffWhatWasNeverSafe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole, ends := encoded(t, 3)
	name := filepath.Join(dir, "r.journal")
	require.NoError(t, os.WriteFile(name, whole[:ends[2]-5], 0o600))
	f, err := journal.NewFile(dir)
	require.NoError(t, err)
	got, err := f.Load(t.Context(), "r")
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.NoError(t, f.Append(t.Context(), record(3)))
	require.NoError(t, f.Close())
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(whole), string(raw), "the next record stands where the torn one stood")
}

func TestFile_refusesAnotherWritersNumber(t *testing.T) {
	t.Parallel()
	f, err := journal.NewFile(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, f.Append(t.Context(), record(1)))
	require.ErrorIs(t, f.Append(t.Context(), record(1)), journal.ErrTaken)
	require.ErrorIs(t, f.Append(t.Context(), record(3)), journal.ErrTaken)
	require.NoError(t, f.Append(t.Context(), record(2)))
	bad := record(1)
	bad.Run = "../escape"
	require.ErrorContains(t, f.Append(t.Context(), bad), "is no name")
}

// failing is a disk whose sync fails once.
type failing struct {
	journal.Disk
	fail bool
}

type failingHandle struct {
	journal.Handle
	disk *failing
}

func (f *failing) Open(name string) (journal.Handle, error) {
	h, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	return failingHandle{h, f}, err
}

func (f *failing) SyncDir(string) error { return nil }

func (h failingHandle) Sync() error {
	if h.disk.fail {
		h.disk.fail = false
		return errors.New("no space left on device")
	}
	return nil
}

func TestFile_writesNothingMoreOnADiskThatFailed(t *testing.T) {
	t.Parallel()
	disk := &failing{}
	f := &journal.File{Dir: t.TempDir(), Disk: disk}
	require.NoError(t, f.Append(t.Context(), record(1)))
	disk.fail = true
	require.ErrorContains(t, f.Append(t.Context(), record(2)), "no space left")
	require.ErrorContains(t, f.Append(t.Context(), record(2)), "no space left", "what the disk holds is unknown")
	got, err := f.Load(t.Context(), "r")
	require.NoError(t, err)
	require.NoError(t, f.Append(t.Context(), record(len(got)+1)), "after reading it again it is known")
}

// rows is a table in memory whose answers can be lost.
type rows struct {
	mu   sync.Mutex
	all  map[int]string
	lose bool
}

func (r *rows) PutNew(_ context.Context, _ string, seq int, row string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[int]string{}
	}
	if _, taken := r.all[seq]; taken {
		return journal.ErrTaken
	}
	r.all[seq] = row
	if r.lose {
		return errors.New("connection reset")
	}
	return nil
}

func (r *rows) List(context.Context, string) ([]string, error) {
	var out []string
	for _, row := range r.all {
		out = append(out, row)
	}
	return out, nil
}

func TestTable_isWrittenByOneOnly(t *testing.T) {
	t.Parallel()
	table := &rows{}
	mine, theirs := journal.Table{Rows: table}, journal.Table{Rows: table}
	require.NoError(t, mine.Append(t.Context(), record(1)))
	other := record(1)
	other.Generation = 4
	require.ErrorIs(t, theirs.Append(t.Context(), other), journal.ErrTaken)
	got, err := theirs.Load(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, []journal.Record{record(1)}, got)
}

func TestTable_knowsARecordWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	table := &rows{lose: true}
	require.NoError(t, journal.Table{Rows: table}.Append(t.Context(), record(1)))
	delete(table.all, 1)
	table.all[2] = "{}"
	_, err := journal.Table{Rows: table}.Load(t.Context(), "r")
	require.ErrorIs(t, err, journal.ErrCorrupt, "a gap is damage")
}

func TestMemory_forgetsWhatIsCleared(t *testing.T) {
	t.Parallel()
	m := &journal.Memory{}
	for _, why := range []string{"the first run", "another in its room"} {
		for seq := range 3 {
			require.NoError(t, m.Append(t.Context(), journal.Record{Run: "r", Seq: seq + 1, Why: why}))
		}
		records, err := m.Load(t.Context(), "r")
		require.NoError(t, err)
		require.Len(t, records, 3)
		assert.Equal(t, why, records[2].Why)
		m.Clear()
		records, err = m.Load(t.Context(), "r")
		require.NoError(t, err)
		assert.Empty(t, records)
	}
}
