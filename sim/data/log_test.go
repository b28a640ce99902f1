package data_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/data"
	"redoubt/witness"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestLog_showsAMarkInThePeerOneLagLater(t *testing.T) {
	t.Parallel()
	l := written(t, 10, time.Second, 3*time.Second)
	assert.Equal(t, data.SetOf(data.Span{First: 1, Last: 6}), l.Acknowledged(start.Add(5*time.Second)))
	assert.Equal(t, data.SetOf(data.Span{First: 1, Last: 3}), l.Arrived(start.Add(5*time.Second)))
	assert.Empty(t, l.Arrived(start.Add(2999*time.Millisecond)))
	assert.Equal(t, int64(1), l.Arrived(start.Add(3*time.Second)).Len())
	assert.Equal(t, int64(10), l.Arrived(start.Add(time.Hour)).Len())
	assert.Empty(t, l.Acknowledged(start.Add(-time.Nanosecond)))
}

// TestSet_countsWhatIsWithin: as many as there are marks that both have.
func TestSet_countsWhatIsWithin(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's own numbers
		span := func() data.Span {
			first := r.Int64N(30)
			return data.Span{First: first, Last: first + r.Int64N(8) - 1}
		}
		set, in := data.SetOf(span(), span(), span()), span()
		want := int64(0)
		for mark := in.First; mark <= in.Last; mark++ {
			if set.Has(mark) {
				want++
			}
		}
		require.Equal(t, want, set.Within(in), "seed %d: %v within %v", seed, set, in)
	}
}

func TestLog_aLossKeepsWhatHadArrived(t *testing.T) {
	t.Parallel()
	l := written(t, 100, time.Second, 2500*time.Millisecond)
	lost := l.Lose(start.Add(50 * time.Second))
	assert.Equal(t, data.SetOf(data.Span{First: 49, Last: 51}), lost, "acknowledged at 48, 49 and 50 s")
	assert.Equal(t, data.SetOf(data.Span{First: 1, Last: 48}), l.Active(start.Add(time.Hour)), "nothing more is written")

	require.NoError(t, l.Write(start.Add(90*time.Second), 10, time.Second, 0))
	assert.Equal(t, data.SetOf(data.Span{First: 1, Last: 48}, data.Span{First: 52, Last: 61}),
		l.Active(start.Add(time.Hour)), "numbers go on after the lost ones")
	assert.Empty(t, l.Lose(start.Add(time.Hour)), "what arrived is not lost again")
}

func TestLog_orderedStoresNeverShowAGap(t *testing.T) {
	t.Parallel()
	for _, ordered := range []bool{true, false} {
		l := &data.Log{Ordered: ordered}
		require.NoError(t, l.Write(start, 10, time.Second, time.Minute))                     // a burst of lag
		require.NoError(t, l.Write(start.Add(10*time.Second), 10, time.Second, time.Second)) // and calm after it
		got := l.Arrived(start.Add(30 * time.Second))
		if ordered {
			assert.Empty(t, got)
		} else {
			assert.Equal(t, data.SetOf(data.Span{First: 11, Last: 20}), got, "marks overtake")
		}
	}
}

func TestLog_refusesTimeThatRunsBack(t *testing.T) {
	t.Parallel()
	l := written(t, 10, time.Second, 0)
	require.ErrorContains(t, l.Write(start.Add(9*time.Second), 1, time.Second, 0), "want later than the last mark")
	require.ErrorContains(t, l.Write(start.Add(time.Hour), 0, time.Second, 0), "want at least 1")
	require.ErrorContains(t, l.Write(start.Add(time.Hour), 1, 0, -1), "want at least 1")
	assert.Equal(t, int64(10), l.Written)
}

// TestLog_agreesWithMarksKeptOneByOne compares the intervals with the obvious
// model, which keeps every mark.
func TestLog_agreesWithMarksKeptOneByOne(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 300 {
		l, m := &data.Log{Ordered: r.IntN(2) == 0}, model{}
		m.ordered = l.Ordered
		at := start
		for range 1 + r.IntN(5) {
			at = at.Add(time.Duration(1+r.IntN(20)) * time.Second)
			if r.IntN(4) == 0 {
				require.Equal(t, m.lose(at), slices.Collect(l.Lose(at).Marks()), "seed %d", seed)
			}
			at = at.Add(time.Millisecond)
			count, every := int64(1+r.IntN(30)), time.Duration(1+r.IntN(3000))*time.Millisecond
			lag := time.Duration(r.IntN(20000)) * time.Millisecond
			require.NoError(t, l.Write(at, count, every, lag), "seed %d", seed)
			m.write(at, count, every, lag)
			at = at.Add(time.Duration(count) * every)
			look := start.Add(time.Duration(r.IntN(int(at.Sub(start)))))
			require.Equal(t, m.active(look), slices.Collect(l.Active(look).Marks()), "seed %d", seed)
			require.Equal(t, m.arrived(look), slices.Collect(l.Arrived(look).Marks()), "seed %d", seed)
		}
	}
}

func TestLog_sizeFollowsRunsNotMarks(t *testing.T) {
	t.Parallel()
	l := written(t, 1e12, time.Millisecond, time.Second)
	lost := l.Lose(start.Add(24 * time.Hour))
	assert.Equal(t, int64(1000), lost.Len(), "one second at one mark a millisecond")
	raw, err := json.Marshal(l)
	require.NoError(t, err)
	assert.Less(t, len(raw), 300)
	var back data.Log
	require.NoError(t, json.Unmarshal(raw, &back))
	assert.Equal(t, l, &back)
}

func TestLog_aCloneIsApart(t *testing.T) {
	t.Parallel()
	l := written(t, 10, time.Second, time.Second)
	fork := l.Clone()
	fork.Lose(start.Add(5 * time.Second))
	assert.Equal(t, int64(10), l.Active(start.Add(time.Hour)).Len())
	assert.Equal(t, int64(5), fork.Active(start.Add(time.Hour)).Len())
}

// TestLog_theWitnessMeasuresTheLag closes the circle: what the simulated loss
// takes is what the witness finds missing.
func TestLog_theWitnessMeasuresTheLag(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{0, time.Second, 15 * time.Minute} {
		l := written(t, 3600, time.Second, lag)
		lossAt := start.Add(30 * time.Minute)
		log := &witness.Log{Interval: time.Second}
		for seq, acked := range l.Acks(lossAt) {
			log.Marks = append(log.Marks, witness.Mark{Store: "notes", Seq: seq, Acked: acked})
		}
		lost := l.Lose(lossAt)
		var seen []witness.Sight
		for seq := range l.Active(lossAt.Add(time.Hour)).Marks() {
			seen = append(seen, witness.Sight{Store: "notes", Seq: seq})
		}
		got, err := witness.Compare(log, seen, lossAt, witness.Simulated)
		require.NoError(t, err)
		assert.Equal(t, int(lost.Len()), got[0].Lost, "lag %s", lag)
		assert.LessOrEqual(t, (lag - got[0].RPO.Value).Abs(), got[0].RPO.Margin, "lag %s, RPO %s", lag, got[0].RPO)
	}
}

func TestSet_arithmetic(t *testing.T) {
	t.Parallel()
	s := data.SetOf(
		data.Span{First: 8, Last: 9}, data.Span{First: 1, Last: 3},
		data.Span{First: 4, Last: 5}, data.Span{First: 2, Last: 1})
	assert.Equal(t, data.Set{{First: 1, Last: 5}, {First: 8, Last: 9}}, s, "touching spans become one, empty ones none")
	assert.Equal(t, int64(7), s.Len())
	assert.True(t, s.Has(5))
	assert.False(t, s.Has(6))
	assert.Equal(t, data.Set{{First: 1, Last: 1}, {First: 4, Last: 5}, {First: 9, Last: 9}},
		s.Minus(data.SetOf(data.Span{First: 2, Last: 3}, data.Span{First: 6, Last: 8})))
	assert.Empty(t, s.Minus(s))
}

func written(t *testing.T, count int64, every, lag time.Duration) *data.Log {
	t.Helper()
	l := &data.Log{}
	require.NoError(t, l.Write(start, count, every, lag))
	return l
}

type mark struct {
	seq           int64
	acked, arrive time.Time
	gone          bool
}

type model struct {
	ordered bool
	marks   []mark
}

func (m *model) write(at time.Time, count int64, every, lag time.Duration) {
	next := int64(1)
	if n := len(m.marks); n > 0 {
		next = m.marks[n-1].seq + 1
	}
	for k := range count {
		acked := at.Add(time.Duration(k) * every)
		arrive := acked.Add(lag)
		if n := len(m.marks); m.ordered && n > 0 && m.marks[n-1].arrive.After(arrive) {
			arrive = m.marks[n-1].arrive
		}
		m.marks = append(m.marks, mark{seq: next + k, acked: acked, arrive: arrive})
	}
}

func (m *model) lose(at time.Time) []int64 {
	var lost []int64
	m.marks = slices.DeleteFunc(m.marks, func(k mark) bool { return k.acked.After(at) })
	for i, k := range m.marks {
		if !k.gone && k.arrive.After(at) {
			m.marks[i].gone = true
			lost = append(lost, k.seq)
		}
		m.marks[i].arrive = k.acked
	}
	return lost
}

func (m *model) active(at time.Time) []int64 {
	return m.pick(func(k mark) bool { return !k.acked.After(at) })
}

func (m *model) arrived(at time.Time) []int64 {
	return m.pick(func(k mark) bool { return !k.arrive.After(at) })
}

func (m *model) pick(is func(mark) bool) []int64 {
	var out []int64
	for _, k := range m.marks {
		if !k.gone && is(k) {
			out = append(out, k.seq)
		}
	}
	return out
}
