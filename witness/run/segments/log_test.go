package segments_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/witness"
	"redoubt/witness/run"
	"redoubt/witness/run/segments"
)

var errGone = errors.New("the bucket does not answer")

// shelf is a bucket in memory. From the kill on it answers nobody; the write of that moment is in it or not.
type shelf struct {
	held map[string][]byte
	put  map[string]time.Time
	// kill is after how many writes; zero is never. After says that the last one is in it.
	kill   int
	after  bool
	writes int
	dead   bool
}

func newShelf() *shelf { return &shelf{held: map[string][]byte{}, put: map[string]time.Time{}} }

func (s *shelf) Create(_ context.Context, key string, body []byte) error {
	if s.dead {
		return errGone
	}
	s.writes++
	s.dead = s.writes == s.kill
	if s.dead && !s.after {
		return errGone
	}
	if _, has := s.held[key]; has {
		return segments.ErrExists
	}
	s.held[key], s.put[key] = slices.Clone(body), time.Now()
	if s.dead {
		return errGone
	}
	return nil
}

func (s *shelf) List(_ context.Context, prefix string) ([]segments.Object, error) {
	if s.dead {
		return nil, errGone
	}
	var out []segments.Object
	for _, key := range slices.Sorted(maps.Keys(s.held)) {
		if strings.HasPrefix(key, prefix) {
			out = append(out, segments.Object{Key: key, Put: s.put[key]})
		}
	}
	return out, nil
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, error) {
	if body, has := s.held[key]; has && !s.dead {
		return body, nil
	}
	return nil, errGone
}

// below are the keys of segments.
func (s *shelf) below() (out []string) {
	for key := range s.held {
		if strings.HasPrefix(key, witness.Segments("w")) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// work notes marks of two stores, three at a time, and puts a segment after each three. It returns all numbers that it used
// and those of segments whose put has returned well.
func work(t *testing.T, s *shelf, round int) (used, safe []int64) {
	t.Helper()
	l, err := segments.Open(t.Context(), s, "w")
	if err != nil {
		require.ErrorIs(t, err, errGone)
		return nil, nil
	}
	next := map[string]int64{}
	for _, store := range []string{"tasks", "sessions"} {
		first, until, err := l.Reserve(store)
		require.NoError(t, err)
		require.Equal(t, int64(segments.Span), until-first+1)
		next[store] = first
	}
	var since []int64
	for n := range 12 {
		store := []string{"tasks", "sessions"}[n%2]
		at := start.Add(time.Duration(round)*time.Hour + time.Duration(n)*time.Second)
		require.NoError(t, l.Note(run.Try{Store: store, Seq: next[store], Began: at, Ended: at}))
		used, since = append(used, next[store]), append(since, next[store])
		next[store]++
		if n%3 == 2 && l.Put(t.Context()) == nil {
			safe, since = append(safe, since...), nil
		}
	}
	return used, safe
}

// TestLog_killedAtEveryWrite kills a witness at each write of its bucket, on both sides of it, and starts it again twice.
func TestLog_killedAtEveryWrite(t *testing.T) {
	t.Parallel()
	killed := 0
	for kill := 1; kill <= 6; kill++ { // an epoch, four segments, and the next epoch
		for _, after := range []bool{false, true} {
			name := fmt.Sprintf("write %d, in it %t", kill, after)
			s := newShelf()
			s.kill, s.after = kill, after
			var used, safe []int64
			for round := range 3 {
				u, k := work(t, s, round)
				if s.dead {
					killed++
					s.dead, s.kill = false, 0
				}
				used, safe = append(used, u...), append(safe, k...)
			}
			got, err := segments.Read(t.Context(), s, "w", time.Time{})
			require.NoError(t, err, name)
			seen := map[string]int{}
			var found []int64
			for _, one := range got {
				seen[fmt.Sprint(one.Store, one.Seq)]++
				found = append(found, one.Seq)
			}
			for _, seq := range safe {
				assert.Contains(t, found, seq, "%s: what was put is there", name)
			}
			for _, seq := range found {
				assert.Contains(t, used, seq, name)
			}
			for mark, times := range seen {
				assert.Equal(t, 1, times, "%s: %s has one try", name, mark)
			}
			slices.Sort(used)
			assert.Len(t, slices.Compact(slices.Clone(used)), len(used)/2, "%s: a number is used once, for each of two stores", name)
		}
	}
	assert.Equal(t, 12, killed)
}

// TestLog_twoAtOnce lets an old pod go on while a new one has begun.
func TestLog_twoAtOnce(t *testing.T) {
	t.Parallel()
	s := newShelf()
	old, err := segments.Open(t.Context(), s, "w")
	require.NoError(t, err)
	young, err := segments.Open(t.Context(), s, "w")
	require.NoError(t, err)
	taken := map[int64]bool{}
	for range 3 {
		for _, l := range []*segments.Log{old, young} {
			first, until, err := l.Reserve("tasks")
			require.NoError(t, err)
			assert.False(t, taken[first], "%d", first)
			assert.Equal(t, first-1, until-segments.Span)
			taken[first] = true
			require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: first, Began: start}))
			require.NoError(t, l.Put(t.Context()))
		}
	}
	got, err := segments.Read(t.Context(), s, "w", time.Time{})
	require.NoError(t, err)
	assert.Len(t, got, 6)
}

func TestLog_putsWhatIsLeftWhenItEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		l, err := segments.Open(t.Context(), s, "w")
		require.NoError(t, err)
		require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: 1, Began: start}))
		s.dead = true
		require.ErrorIs(t, l.Put(t.Context()), errGone)
		require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: 2, Began: start}))
		go func() {
			time.Sleep(3 * time.Second)
			s.dead = false
		}()
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		require.NoError(t, l.Close(ctx))
		require.Error(t, l.Note(run.Try{Store: "tasks", Seq: 3}))
		got, err := segments.Read(t.Context(), s, "w", time.Time{})
		require.NoError(t, err)
		assert.Len(t, got, 2, "that which was under way, and that behind it")
	})
}

func TestRead_tellsWhatIsTornOrMissing(t *testing.T) {
	t.Parallel()
	broken := func(change func(s *shelf, keys []string)) error {
		s := newShelf()
		for round := range 2 {
			work(t, s, round)
		}
		require.Len(t, s.below(), 8)
		change(s, s.below())
		_, err := segments.Read(t.Context(), s, "w", time.Time{})
		return err
	}
	require.NoError(t, broken(func(*shelf, []string) {}))
	require.NoError(t, broken(func(s *shelf, keys []string) { delete(s.held, keys[0]) }), "the oldest goes when its time is over")
	require.ErrorContains(t, broken(func(s *shelf, keys []string) { delete(s.held, keys[1]) }), "segments 2 to 2 of run 1 are missing")
	require.ErrorContains(t, broken(func(s *shelf, keys []string) { delete(s.held, keys[4]) }), "segments 1 to 1 of run 2 are missing")
	require.ErrorContains(t, broken(func(s *shelf, _ []string) { clear(s.held) }), "holds no segment")
	for n := 0; n < 200; n += 7 {
		for what, change := range map[string]func([]byte) []byte{
			"cut":     func(b []byte) []byte { return b[:n] },
			"changed": func(b []byte) []byte { b[n] ^= 1; return b },
		} {
			whole := false
			err := broken(func(s *shelf, keys []string) {
				body := s.held[keys[2]]
				if whole = n >= len(body) || what == "changed" && n < 10; !whole { // a header tells little
					s.held[keys[2]] = change(body)
				}
			})
			var torn *segments.TornError
			if !whole {
				require.ErrorAs(t, err, &torn, "%s at byte %d", what, n)
				assert.Equal(t, witness.Segments("w")+"000001/00000003", torn.Key)
			}
		}
	}
}

func TestRead_beginsWhereItIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, began := newShelf(), time.Now()
		l, err := segments.Open(t.Context(), s, "w")
		require.NoError(t, err)
		for n := range int64(60) {
			now := time.Now()
			require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: n + 1, Began: now, Ended: now}))
			time.Sleep(10 * time.Second)
			require.NoError(t, l.Put(t.Context()))
		}
		got, err := segments.Read(t.Context(), s, "w", began.Add(5*time.Minute))
		require.NoError(t, err)
		require.Len(t, got, 30)
		assert.EqualValues(t, 31, got[0].Seq)
		assert.Empty(t, segments.Gaps(got, began.Add(5*time.Minute), time.Now()))
		for _, key := range s.below()[:40] {
			delete(s.held, key)
		}
		_, err = segments.Read(t.Context(), s, "w", began.Add(5*time.Minute))
		require.ErrorContains(t, err, "the log begins at", "what is asked for is gone")
		time.Sleep(time.Hour)
		now := time.Now()
		require.NoError(t, l.Note(run.Try{Store: "tasks", Seq: 61, Began: now, Ended: now}))
		require.NoError(t, l.Put(t.Context()))
		got, err = segments.Read(t.Context(), s, "w", began.Add(9*time.Minute))
		require.NoError(t, err)
		gaps := segments.Gaps(got, began.Add(9*time.Minute), time.Now())
		require.Len(t, gaps, 1)
		assert.Equal(t, time.Hour+10*time.Second, gaps[0].To.Sub(gaps[0].From), "nobody wrote meanwhile, and it says so")
	})
}

// TestGaps_alsoBeforeTheFirstTryAndAfterTheLast: a witness that came late, or writes no more, knows nothing of that time.
func TestGaps_alsoBeforeTheFirstTryAndAfterTheLast(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	var all run.Records
	for n := range 60 {
		all = append(all, run.Try{Store: "tasks", Seq: int64(n + 1), Began: at(n), Ended: at(n)})
	}
	assert.Empty(t, segments.Gaps(all, at(-20), at(59+30)), "the newest are in no segment yet")
	assert.Equal(t, []segments.Gap{{From: at(-21), To: at(0)}}, segments.Gaps(all, at(-21), at(60)))
	assert.Equal(t, []segments.Gap{{From: at(59), To: at(59 + 31)}}, segments.Gaps(all, at(0), at(59+31)))
	assert.Equal(t, []segments.Gap{{From: at(0), To: at(60)}}, segments.Gaps(nil, at(0), at(60)), "all of it")
	assert.Empty(t, segments.Gaps(all, time.Time{}, at(60)), "nobody says from when on")
	assert.Empty(t, segments.Gaps(nil, time.Time{}, at(60)))
}
