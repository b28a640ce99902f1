package witness_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/witness"
)

var (
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	every = time.Second
)

func TestCompare_findsExactlyTheKnownLoss(t *testing.T) {
	t.Parallel()
	const written = 5000
	lossAt := start.Add(written * every) // mark n is acknowledged at start + n seconds
	for _, lost := range []int{0, 1, 1000, written} {
		got := compare(t, log(written), sights(1, written-lost), lossAt)
		assert.Equal(t, witness.Loss{
			Store: "notes", Known: true, Acknowledged: written, Lost: lost, Found: written - lost,
			RPO: figure(time.Duration(max(lost-1, 0)) * every),
		}, got, "%d lost", lost)
	}
}

func TestCompare_aHoleInTheMiddleReachesBackToIt(t *testing.T) {
	t.Parallel()
	seen := append(sights(1, 9), sights(11, 100)...)
	got := compare(t, log(100), seen, start.Add(100*time.Second))
	assert.Equal(t, 1, got.Lost)
	assert.Equal(t, figure(90*time.Second), got.RPO, "one old mark is as bad as all since")
}

func TestCompare_countsDuplicatesAndReordering(t *testing.T) {
	t.Parallel()
	var seen []witness.Sight
	for _, seq := range []int64{1, 3, 2, 3, 3, 4, 1} {
		seen = append(seen, witness.Sight{Store: "notes", Seq: seq})
	}
	got := compare(t, log(4), seen, start.Add(time.Minute))
	assert.Equal(t, witness.Loss{
		Store: "notes", Known: true, Acknowledged: 4, Found: 4, Duplicates: 3, Reordered: 1, RPO: figure(0),
	}, got)
}

func TestCompare_anyOrderOfReadingLosesTheSame(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 50 {
		written, lost := 200, r.IntN(200)
		seen := sights(1, written-lost)
		extra := r.IntN(20)
		for range extra {
			if len(seen) > 0 {
				seen = append(seen, seen[r.IntN(len(seen))])
			}
		}
		r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		got := compare(t, log(written), seen, start.Add(200*time.Second))
		require.Equal(t, lost, got.Lost, "seed %d", seed)
		require.Equal(t, extra, got.Duplicates, "seed %d", seed)
		require.Equal(t, time.Duration(max(lost-1, 0))*every, got.RPO.Value, "seed %d", seed)
	}
}

func TestCompare_withoutTheLogTheLossIsUnknown(t *testing.T) {
	t.Parallel()
	got := compare(t, nil, []witness.Sight{{"notes", 1}, {"notes", 1}}, start)
	assert.Equal(t, witness.Loss{Store: "notes", Found: 1, Duplicates: 1}, got)
	assert.Equal(t, "unknown", got.RPO.String())
	assert.Equal(t, "0s ±1s (simulated)", figure(0).String(), "no loss is a figure")
}

func TestCompare_whatWasNeverAcknowledgedIsNoLoss(t *testing.T) {
	t.Parallel()
	l := log(10)
	l.Marks[7].Acked, l.Marks[9].Acked = time.Time{}, time.Time{} // 8 arrived all the same, 10 did not
	got := compare(t, l, sights(1, 8), start.Add(10*time.Second))
	assert.Equal(t, 8, got.Acknowledged)
	assert.Equal(t, 1, got.Lost, "mark 9")
	assert.Equal(t, 1, got.Unconfirmed, "mark 8")
	assert.Equal(t, figure(time.Second), got.RPO)
}

func TestCompare_marksAcceptedAfterTheLossCount(t *testing.T) {
	t.Parallel()
	got := compare(t, log(100), sights(1, 60), start.Add(50*time.Second))
	assert.Equal(t, 40, got.Lost, "the old home went on accepting")
	assert.Equal(t, figure(39*time.Second), got.RPO)
}

func TestCompare_keepsStoresApart(t *testing.T) {
	t.Parallel()
	l := log(3)
	l.Marks = append(l.Marks, witness.Mark{Store: "ledger", Seq: 1, Acked: start})
	got, err := witness.Compare(l, append(sights(1, 3), witness.Sight{Store: "other", Seq: 1}), start, witness.Measured)
	require.NoError(t, err)
	require.Len(t, got, 3)
	assert.Equal(t, "ledger", got[0].Store)
	assert.Equal(t, 1, got[0].Lost, "a store of which nothing was read lost everything")
	assert.Equal(t, "notes", got[1].Store)
	assert.Zero(t, got[1].Lost)
	assert.Equal(t, 1, got[2].Unconfirmed)
	assert.Equal(t, witness.Measured, got[0].RPO.Kind)
}

func TestCompare_refusesALogThatContradictsItself(t *testing.T) {
	t.Parallel()
	l := log(2)
	l.Marks[1].Seq = 1
	_, err := witness.Compare(l, nil, start, witness.Simulated)
	require.ErrorContains(t, err, `mark 1 of store "notes" stands twice`)
	_, err = witness.Compare(&witness.Log{}, nil, start, witness.Simulated)
	require.ErrorContains(t, err, "interval is 0s")
}

func compare(t *testing.T, l *witness.Log, seen []witness.Sight, lossAt time.Time) witness.Loss {
	t.Helper()
	got, err := witness.Compare(l, seen, lossAt, witness.Simulated)
	require.NoError(t, err)
	require.Len(t, got, 1)
	return got[0]
}

// log holds n marks of one store, the first acknowledged one second after start.
func log(n int) *witness.Log {
	l := &witness.Log{Interval: every}
	for i := range n {
		l.Marks = append(l.Marks, witness.Mark{
			Store: "notes", Seq: int64(i + 1), Acked: start.Add(time.Duration(i+1) * every),
		})
	}
	return l
}

func sights(from, to int) []witness.Sight {
	var out []witness.Sight
	for seq := from; seq <= to; seq++ {
		out = append(out, witness.Sight{Store: "notes", Seq: int64(seq)})
	}
	return out
}

func figure(value time.Duration) witness.Figure {
	return witness.Figure{Value: value, Margin: every, Kind: witness.Simulated, Known: true}
}
