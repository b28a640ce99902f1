package run_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// shelf is a place in memory.
type shelf struct {
	mu   sync.Mutex
	held []int64
	// answer is what a write is told; it is kept all the same when keep is true.
	answer error
	keep   bool
	// takes is how long a write takes; a context that ends before ends the write.
	takes time.Duration
}

var _ marks.Place = (*shelf)(nil)

func (s *shelf) Write(ctx context.Context, seq int64) error {
	if err := (clock.Wall{}).Sleep(ctx, s.takes); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer == nil || s.keep {
		s.held = append(s.held, seq)
	}
	return s.answer
}

func (s *shelf) Read(context.Context) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.held), nil
}

func (s *shelf) Close() error { return nil }

func (s *shelf) set(answer error, keep bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.keep = answer, keep
}

const every = 100 * time.Millisecond

// lab is a witness with one store and a place in each home.
type lab struct {
	dir    string
	places map[system.Home]*shelf
	mu     sync.Mutex
	home   system.Home
}

func newLab(t *testing.T) *lab {
	return &lab{dir: t.TempDir(), home: system.Primary,
		places: map[system.Home]*shelf{system.Primary: {}, system.Secondary: {}}}
}

func (l *lab) active(context.Context) (system.Home, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.home, nil
}

func (l *lab) move(to system.Home) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.home = to
}

// during runs the witness while f passes time.
func (l *lab) during(t *testing.T, f func()) {
	t.Helper()
	log, err := run.Open(l.dir)
	require.NoError(t, err)
	r := run.Runner{Clock: clock.Wall{}, Log: log, Active: l.active, Patience: 3 * every, Writers: []run.Writer{
		{Store: "notes", Every: every, Places: map[system.Home]marks.Place{
			system.Primary: l.places[system.Primary], system.Secondary: l.places[system.Secondary]}}}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	f()
	stop()
	require.NoError(t, <-ended)
	require.NoError(t, log.Close())
}

// verdict judges what the secondary holds.
func (l *lab) verdict(t *testing.T, found []int64) run.Verdict {
	t.Helper()
	all, err := run.Read(l.dir)
	require.NoError(t, err)
	v, err := all.Of("notes", time.Time{}).Judge("notes", every, found, witness.MeasuredLocally)
	require.NoError(t, err)
	return v
}

func TestRunner_measuresALossThatIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.during(t, func() {
			time.Sleep(1950 * time.Millisecond) // marks 1 to 20
			l.places[system.Primary].set(errors.New("gone"), false)
			time.Sleep(1000 * time.Millisecond) // ten are refused
			l.move(system.Secondary)
			time.Sleep(500 * time.Millisecond) // five more
		})
		was, err := l.places[system.Primary].Read(t.Context())
		require.NoError(t, err)
		require.Len(t, was, 20)
		now, err := l.places[system.Secondary].Read(t.Context())
		require.NoError(t, err)
		require.Len(t, now, 5)
		for lost := range 21 {
			v := l.verdict(t, append(slices.Clone(was[:20-lost]), now...))
			assert.Equal(t, 25, v.Loss.Acknowledged)
			assert.Equal(t, lost, v.Loss.Lost)
			assert.Equal(t, time.Duration(lost)*every, v.Loss.RPO.Value, "from the oldest lost mark to the first refusal")
			assert.Equal(t, every, v.Loss.RPO.Margin)
			assert.Equal(t, witness.Figure{Value: time.Second, Margin: every, Kind: witness.MeasuredLocally, Known: true}, v.RTO)
		}
	})
}

func TestRunner_aWriteWhoseAnswerIsLostIsUnconfirmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.during(t, func() {
			time.Sleep(950 * time.Millisecond)
			l.places[system.Primary].set(errors.New("reset"), true)
			time.Sleep(300 * time.Millisecond)
		})
		found, err := l.places[system.Primary].Read(t.Context())
		require.NoError(t, err)
		v := l.verdict(t, found)
		assert.Equal(t, 10, v.Loss.Acknowledged)
		assert.Equal(t, 3, v.Loss.Unconfirmed)
		assert.Zero(t, v.Loss.Lost)
		assert.False(t, v.RTO.Known, "nothing was accepted again")
	})
}

func TestRunner_aSlowStoreWidensTheMargin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.places[system.Primary].takes = 0
		l.during(t, func() {
			time.Sleep(450 * time.Millisecond) // marks at 0, 100, ..., 400
			l.places[system.Primary].mu.Lock()
			l.places[system.Primary].takes = time.Hour // hangs: each try ends after its patience of 300 ms
			l.places[system.Primary].mu.Unlock()
			time.Sleep(1000 * time.Millisecond)
			l.move(system.Secondary)
			time.Sleep(500 * time.Millisecond)
		})
		v := l.verdict(t, nil)
		assert.Len(t, v.Outages, 1)
		assert.Greater(t, v.RTO.Margin, every, "tries that hang tell less exactly")
		assert.Equal(t, 7*every, v.RTO.Margin, "400 ms between two tries, and 300 ms that the first one hung")
		assert.Equal(t, witness.MeasuredLocally, v.RTO.Kind)
	})
}

func TestRunner_startsAgainBehindEveryNumberItMayHaveUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		for range 3 {
			l.during(t, func() { time.Sleep(250 * time.Millisecond) })
		}
		held, err := l.places[system.Primary].Read(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []int64{1, 2, 3, 1001, 1002, 1003, 2001, 2002, 2003}, held)
		v := l.verdict(t, held)
		assert.Zero(t, v.Loss.Lost, "a jump in the numbers is no loss")
		assert.Equal(t, 9, v.Loss.Acknowledged)
	})
}

func TestRunner_stopsWhenTheLogCannotBeWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		log, err := run.Open(l.dir)
		require.NoError(t, err)
		require.NoError(t, log.Close())
		r := run.Runner{Clock: clock.Wall{}, Log: log, Active: l.active, Writers: []run.Writer{
			{Store: "notes", Every: every, Places: map[system.Home]marks.Place{system.Primary: l.places[system.Primary]}}}}
		require.ErrorContains(t, r.Run(t.Context()), "closed")
		assert.Empty(t, l.places[system.Primary].held, "no number is used that is not set aside")
	})
}

func TestInterval_fitsTheObjective(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wanted, objective, want time.Duration
		err                     string
	}{
		{0, 0, time.Second, ""},
		{0, time.Minute, time.Second, ""},
		{0, 1500 * time.Millisecond, 500 * time.Millisecond, ""},
		{time.Second, 3 * time.Second, time.Second, ""},
		{time.Second, 2999 * time.Millisecond, 0, "want at most 999.666666ms"},
		{time.Minute, 0, time.Minute, ""},
		{0, 20 * time.Millisecond, 0, "the witness cannot tell less"},
		{time.Millisecond, time.Minute, 0, "want at least 10ms"},
		{-1, time.Minute, 0, "want no negative time"},
	} {
		got, err := run.Interval(c.wanted, c.objective)
		if c.err != "" {
			assert.ErrorContains(t, err, c.err)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s for %s", c.wanted, c.objective)
	}
}
