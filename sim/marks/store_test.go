package marks

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/witness"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestStore_agreesWithMarksKeptOneByOne lets homes, lags, cuts and restores follow each other at random, and compares the
// intervals with the obvious model, which keeps every mark and asks the witness's own arithmetic.
func TestStore_agreesWithMarksKeptOneByOne(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 500 {
		kind := system.StoreKinds[r.IntN(len(system.StoreKinds))]
		every := time.Duration(1+r.IntN(3)) * 500 * time.Millisecond
		s := &store{of: system.Store{Name: "notes", Kind: kind}}
		s.log.Ordered = kind == system.Postgres
		m := &model{ordered: s.log.Ordered, every: every}
		now := start
		var home system.Home
		var met storeMet
		var lags byHome[time.Duration]
		for range 2 + r.IntN(8) {
			changes := func() bool { return r.IntN(3) > 0 } // else it is as at the look before
			if changes() {
				home = []system.Home{"", system.Primary, system.Secondary}[r.IntN(3)]
			}
			for n := range met.takes {
				met.takes[n] = true
				if changes() {
					met.copied[n] = r.IntN(4) > 0
				}
				if changes() {
					lags[n] = time.Duration(r.IntN(3)*r.IntN(4000)) * time.Millisecond
				}
			}
			s.lags = lags
			s.look(now, home, &met, every, start)
			m.look(now, home, met, lags)
			if r.IntN(6) == 0 && now.After(start) {
				back := start.Add(time.Duration(r.Int64N(int64(now.Sub(start)))))
				s.pause(now, every, start)
				s.lose(now, s.log.Acknowledged(back))
				m.restore(now, back)
			}
			at := now
			now = now.Add(time.Duration(1+r.IntN(40000)) * time.Millisecond)
			m.run(at, now)
		}
		s.pause(now, every, start)
		got := s.loss(now, start, every)
		want, err := witness.Compare(m.witnessed(), m.sights(), start, witness.Simulated)
		require.NoError(t, err)
		if len(want) == 0 {
			assert.Zero(t, got.Acknowledged)
			continue
		}
		got.Duplicates = 0 // the work of queues is tried on its own
		require.Equal(t, want[0], got, "seed %d, round %d, %s", seed, round, kind)
	}
}

// mark is one mark of the model: where it was acknowledged, and when it reaches the other home.
type mark struct {
	acked  time.Time
	arrive time.Time
	stuck  bool // it waits for the copying to go on
	gone   bool
}

type model struct {
	ordered bool
	every   time.Duration
	marks   []mark
	home    system.Home
	holds   system.Home
	met     storeMet
	lags    byHome[time.Duration]
	cut     map[system.Home]time.Time
}

func (m *model) look(now time.Time, home system.Home, met storeMet, lags byHome[time.Duration]) {
	if m.cut == nil {
		m.cut = map[system.Home]time.Time{}
	}
	for _, h := range system.Homes {
		_, is := m.cut[h]
		switch copied := *met.copied.of(h); {
		case !copied && !is:
			m.cut[h] = now
		case copied && is:
			delete(m.cut, h)
			m.release(h, now, *lags.of(h))
		}
	}
	if home != "" && m.holds != "" && home != m.holds {
		if at, is := m.cut[m.holds]; is {
			m.lose(now, func(k mark) bool { return m.arrived(k, at) })
		}
	}
	if home != "" {
		m.holds = home
	}
	m.home, m.met, m.lags = home, met, lags
}

// release lets what was stuck follow, one lag after the copying goes on.
func (m *model) release(h system.Home, now time.Time, lag time.Duration) {
	for n := range m.marks {
		if m.holds == h && m.marks[n].stuck {
			m.marks[n].arrive, m.marks[n].stuck = now.Add(lag), false
		}
	}
}

func (m *model) arrived(k mark, at time.Time) bool {
	if k.stuck || k.arrive.After(at) {
		return false
	}
	if m.ordered {
		for _, other := range m.marks {
			if other.acked.Before(k.acked) && (other.stuck || other.arrive.After(at)) {
				return false
			}
		}
	}
	return true
}

func (m *model) lose(now time.Time, left func(mark) bool) {
	keep := make([]bool, len(m.marks))
	for n, k := range m.marks {
		keep[n] = left(k)
	}
	for n := range m.marks {
		if m.marks[n].acked.After(now) {
			continue
		}
		m.marks[n].gone = m.marks[n].gone || !keep[n]
		m.marks[n].arrive, m.marks[n].stuck = m.marks[n].acked, false
	}
}

func (m *model) restore(now, at time.Time) {
	m.lose(now, func(k mark) bool { return !k.acked.After(at) })
}

func (m *model) run(from, to time.Time) {
	if m.home == "" {
		return
	}
	for at := start; at.Before(to); at = at.Add(m.every) {
		if !at.Before(from) {
			k := mark{acked: at, arrive: at.Add(*m.lags.of(m.home)), stuck: !*m.met.copied.of(m.home)}
			m.marks = append(m.marks, k)
		}
	}
}

func (m *model) witnessed() *witness.Log {
	log := &witness.Log{Interval: m.every}
	for n, k := range m.marks {
		log.Marks = append(log.Marks, witness.Mark{Store: "notes", Seq: int64(n + 1), Acked: k.acked})
	}
	return log
}

// sights reads the store back: where it is served, or else in the home that is not cut off.
func (m *model) sights() []witness.Sight {
	var out []witness.Sight
	at, cut := m.cut[m.holds]
	for n, k := range m.marks {
		if !k.gone && (m.home != "" || !cut || m.arrived(k, at)) {
			out = append(out, witness.Sight{Store: "notes", Seq: int64(n + 1)})
		}
	}
	return out
}

// TestStore_losesWhatWasOnTheWay has a region that is lost under a known lag.
func TestStore_losesWhatWasOnTheWay(t *testing.T) {
	t.Parallel()
	for lag, lost := range map[time.Duration]int{0: 0, 900 * time.Millisecond: 1, 1000500 * time.Millisecond: 1000} {
		s := &store{of: system.Store{Name: "notes", Kind: system.Table}}
		met := storeMet{takes: byHome[bool]{true, true}, copied: byHome[bool]{true, true}}
		lags := byHome[time.Duration]{lag, lag}
		s.lags = lags
		s.look(start, system.Primary, &met, time.Second, start)
		loss := start.Add(2000*time.Second + 500*time.Millisecond)
		met.copied = byHome[bool]{}
		s.lags = lags
		s.look(loss, "", &met, time.Second, start)
		s.lags = lags
		s.look(loss.Add(5*time.Minute), system.Secondary, &met, time.Second, start)
		got := s.loss(loss.Add(10*time.Minute), loss, time.Second)
		assert.Equal(t, lost, got.Lost, "lag %s", lag)
		assert.LessOrEqual(t, (lag - got.RPO.Value).Abs(), time.Second, "lag %s, RPO %s", lag, got.RPO)
	}
}

// TestStore_workIsDoneTwiceWhereTheNoteOfItWasLost has a queue whose ledger is behind.
func TestStore_workIsDoneTwiceWhereTheNoteOfItWasLost(t *testing.T) {
	t.Parallel()
	s := &store{of: system.Store{Name: "work", Kind: system.Queue}}
	lag := 5 * time.Second
	met := storeMet{takes: byHome[bool]{true, true}, copied: byHome[bool]{true, true}}
	lags := byHome[time.Duration]{lag, lag}
	s.lags = lags
	s.look(start, system.Primary, &met, time.Second, start)
	loss := start.Add(100*time.Second + 500*time.Millisecond)
	met.copied = byHome[bool]{}
	s.lags = lags
	s.look(loss, "", &met, time.Second, start)
	s.lags = lags
	s.look(loss.Add(time.Minute), system.Secondary, &met, time.Second, start)
	got := s.loss(loss.Add(2*time.Minute), loss, time.Second)
	assert.Equal(t, 5, got.Lost, "acknowledged at 96 to 100 s")
	assert.Equal(t, 2, got.Duplicates, "acknowledged at 94 and 95 s: arrived, and done two seconds later, which did not arrive")
}
