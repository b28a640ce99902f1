package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/witness"
	"redoubt/witness/run"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// try is the n-th try, one a second, acknowledged or not.
func try(n int, refused string) run.Try {
	at := began.Add(time.Duration(n) * time.Second)
	return run.Try{Store: "notes", Seq: int64(n), Began: at, Ended: at, Refused: refused}
}

func TestLog_isReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, err := run.Open(dir)
	require.NoError(t, err)
	for n := range 100 {
		require.NoError(t, log.Note(try(n+1, map[bool]string{true: "no"}[n%10 == 0])))
	}
	require.NoError(t, log.Close())
	all, err := run.Read(dir)
	require.NoError(t, err)
	require.Len(t, all, 100)
	assert.Equal(t, try(1, "no"), all[0])
	assert.Equal(t, try(100, ""), all[99])
	assert.Len(t, all.Of("notes", began.Add(51*time.Second)), 50)
	assert.Empty(t, all.Of("other", time.Time{}))
}

func TestLog_anyPrefixIsALog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, err := run.Open(dir)
	require.NoError(t, err)
	_, until, err := log.Reserve("notes")
	require.NoError(t, err)
	require.NoError(t, log.Note(try(1, "")))
	require.NoError(t, log.Note(try(2, "")))
	require.NoError(t, log.Close())
	whole, err := os.ReadFile(filepath.Join(dir, "marks-000001.log"))
	require.NoError(t, err)
	for cut := range whole {
		other := filepath.Join(t.TempDir(), "log")
		require.NoError(t, os.Mkdir(other, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(other, "marks-000001.log"), whole[:cut], 0o600))
		all, err := run.Read(other)
		require.NoError(t, err, "cut at %d", cut)
		assert.LessOrEqual(t, len(all), 2)
		again, err := run.Open(other)
		require.NoError(t, err, "cut at %d", cut)
		first, _, err := again.Reserve("notes")
		require.NoError(t, err)
		assert.Contains(t, []int64{1, until + 1}, first, "cut at %d", cut)
		if len(all) > 0 {
			assert.Equal(t, until+1, first, "what was used is never used again")
		}
		require.NoError(t, again.Close())
	}
}

func TestLog_aSpoiledLineIsNotPassedOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "marks-000001.log"), []byte("{}\n{\"seq\":\n{}\n"), 0o600))
	_, err := run.Read(dir)
	require.ErrorContains(t, err, "marks-000001.log: line 2")
	_, err = run.Open(dir)
	require.ErrorContains(t, err, "line 2")
}

func TestRead_aLostLogIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	_, err := run.Read(t.TempDir())
	require.ErrorContains(t, err, "holds no log")
	v, err := run.Records(nil).Judge("notes", time.Second, []int64{1, 1, 2}, witness.MeasuredLocally)
	require.NoError(t, err)
	assert.Equal(t, witness.Loss{Store: "notes", Found: 2, Duplicates: 1}, v.Loss, "without the log the loss is unknown")
	assert.False(t, v.RTO.Known)
}

// TestJudge_isExactForKnownLosses is the arithmetic over a log's file: 5000 marks, a loss of so
// many, some that come twice, some out of order.
func TestJudge_isExactForKnownLosses(t *testing.T) {
	t.Parallel()
	const written = 5000
	dir := t.TempDir()
	log, err := run.Open(dir)
	require.NoError(t, err)
	for n := 1; n <= written; n++ {
		require.NoError(t, log.Note(try(n, "")))
	}
	require.NoError(t, log.Note(try(written+1, "gone")))
	require.NoError(t, log.Note(try(written+11, "")))
	require.NoError(t, log.Close())
	all, err := run.Read(dir)
	require.NoError(t, err)
	for _, lost := range []int{0, 1, 1000} {
		for _, twice := range []int{0, 1, 1000} {
			for _, swapped := range []int{0, 1, 1000} {
				t.Run(fmt.Sprint(lost, twice, swapped), func(t *testing.T) {
					found := []int64{written + 11}[:0]
					for n := int64(1); n <= int64(written-lost); n++ {
						found = append(found, n)
					}
					for n := range swapped {
						found[2*n], found[2*n+1] = found[2*n+1], found[2*n]
					}
					found = append(append(found, found[:twice]...), written+11)
					v, err := all.Judge("notes", time.Second, found, witness.MeasuredLocally)
					require.NoError(t, err)
					assert.Equal(t, lost, v.Loss.Lost)
					assert.Equal(t, twice, v.Loss.Duplicates)
					assert.Equal(t, swapped, v.Loss.Reordered)
					assert.Equal(t, time.Duration(lost)*time.Second, v.Loss.RPO.Value)
					assert.Equal(t, 10*time.Second, v.RTO.Value)
				})
			}
		}
	}
}

func TestJudge_leavesOutWhatIsOlder(t *testing.T) {
	t.Parallel()
	all := run.Records{try(50, ""), try(51, "")}
	v, err := all.Judge("notes", time.Second, []int64{1, 2, 49, 50, 51}, witness.MeasuredLocally)
	require.NoError(t, err)
	assert.Equal(t, 2, v.Loss.Found)
	assert.Zero(t, v.Loss.Unconfirmed)
}
