package program

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
	"redoubt/witness/run/segments"
)

// drawer is a control bucket in memory.
type drawer struct {
	mu   sync.Mutex
	held map[string][]byte
	put  map[string]time.Time
	deaf error
}

func (d *drawer) Create(_ context.Context, key string, body []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, has := d.held[key]; has {
		return segments.ErrExists
	}
	if d.deaf == nil {
		d.held[key], d.put[key] = slices.Clone(body), time.Now()
	}
	return d.deaf
}

func (d *drawer) List(_ context.Context, prefix string) (out []segments.Object, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(d.held)) {
		if strings.HasPrefix(key, prefix) {
			out = append(out, segments.Object{Key: key, Put: d.put[key]})
		}
	}
	return out, d.deaf
}

func (d *drawer) Get(_ context.Context, key string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, has := d.held[key]
	if !has {
		return nil, errors.New("no such object")
	}
	return body, d.deaf
}

// tells lets the inventory of the secondary home name a table.
func (d *drawer) tells(t *testing.T, table string) {
	t.Helper()
	raw, err := os.ReadFile("../../internal/plantest/testdata/inventory.json")
	require.NoError(t, err)
	inv, err := inventory.Decode(raw)
	require.NoError(t, err)
	inv.Home = system.Secondary
	of := inv.Homes[system.Secondary].Stores["sessions"]
	of.Name = table
	inv.Homes[system.Secondary].Stores["sessions"] = of
	text, err := inventory.Encode(inv)
	require.NoError(t, err)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[inventory.ObjectKey(system.Secondary)] = text
}

// slate is a store in memory.
type slate struct {
	mu   sync.Mutex
	held []int64
}

func (s *slate) Write(_ context.Context, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, seq)
	return nil
}

func (s *slate) Read(context.Context) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.held), nil
}

func (s *slate) Close() error { return nil }

// home is a witness of the secondary home, with a table for each name that the inventory has had.
type home struct {
	*drawer
	tables map[string]*slate
	out    bytes.Buffer
	rounds int
}

func newHome(t *testing.T) *home {
	h := &home{drawer: &drawer{held: map[string][]byte{}, put: map[string]time.Time{}}, tables: map[string]*slate{}}
	h.tells(t, "atlas-sessions")
	return h
}

// during runs the witness while f passes time, and returns what Run returned.
func (h *home) during(t *testing.T, f func()) error {
	t.Helper()
	s := Standing{System: &system.System{Name: "atlas"}, Home: system.Secondary, Clock: clock.Wall{}, Out: &h.out, Objects: h.drawer,
		Open: func(inv inventory.Inventory) ([]run.Writer, func(context.Context) (system.Home, error), error) {
			name := inv.Homes[system.Secondary].Stores["sessions"].Name
			if h.tables[name] == nil {
				h.tables[name] = &slate{}
			}
			return []run.Writer{{Store: "sessions", Every: time.Second, Places: map[system.Home]marks.Place{system.Secondary: h.tables[name]}}},
				func(context.Context) (system.Home, error) { return system.Secondary, nil }, nil
		}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, func() { h.rounds++ }) }()
	f()
	stop()
	return <-ended
}

func (h *home) read(t *testing.T) run.Records {
	t.Helper()
	got, err := segments.Read(t.Context(), h.drawer, witness.NameOf(system.Secondary), time.Time{})
	require.NoError(t, err)
	return got
}

func TestStanding_putsEverySoOftenAndAtItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		require.NoError(t, h.during(t, func() {
			time.Sleep(24500 * time.Millisecond)
			assert.InDelta(t, 20, len(h.read(t)), 1, "two rounds have put what was noted, the second as a mark was written")
		}))
		got := h.read(t)
		assert.Len(t, got, 25, "what was noted since is put at the end")
		assert.Equal(t, 3, h.rounds)
		assert.Empty(t, h.out.String())
		require.NoError(t, h.during(t, func() { time.Sleep(4500 * time.Millisecond) }))
		held, _ := h.tables["atlas-sessions"].Read(t.Context())
		require.Len(t, held, 30)
		slices.Sort(held)
		assert.Len(t, slices.Compact(held), 30, "a new pod uses no number again")
		v, err := h.read(t).Judge("sessions", time.Second, held[:27], witness.Measured)
		require.NoError(t, err)
		assert.Equal(t, []int{30, 3}, []int{v.Loss.Acknowledged, v.Loss.Lost})
	})
}

func TestStanding_followsTheInventoryAndGoesOnWithoutIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		require.NoError(t, h.during(t, func() {
			time.Sleep(15 * time.Second)
			h.tells(t, "atlas-sessions-2")
			time.Sleep(10 * time.Second)
			h.mu.Lock()
			h.held[inventory.ObjectKey(system.Secondary)] = []byte("{}")
			h.mu.Unlock()
			time.Sleep(9500 * time.Millisecond)
		}))
		first, second := h.tables["atlas-sessions"].held, h.tables["atlas-sessions-2"].held
		assert.InDelta(t, 20, len(first), 1)
		assert.InDelta(t, 15, len(second), 1, "with an inventory that says nothing it goes on")
		assert.Contains(t, h.out.String(), "the home's inventory")
		assert.InDelta(t, len(first)+len(second), len(h.read(t)), 1, "one may have been under way when the table changed")
	})
}

func TestStanding_keepsWhatABucketDoesNotTake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t)
		deaf := func(err error) { h.mu.Lock(); defer h.mu.Unlock(); h.deaf = err }
		require.NoError(t, h.during(t, func() {
			time.Sleep(5 * time.Second)
			deaf(errors.New("no answer"))
			time.Sleep(40 * time.Second)
			deaf(nil)
			time.Sleep(9500 * time.Millisecond)
		}))
		assert.Contains(t, h.out.String(), "put segment: no answer")
		got := h.read(t)
		assert.Len(t, got, len(h.tables["atlas-sessions"].held), "nothing of it is missing")
		assert.Empty(t, segments.Gaps(got, time.Time{}, time.Now()))
		deaf(errors.New("no answer"))
		require.ErrorContains(t, h.during(t, func() { time.Sleep(time.Second) }), "open log", "without numbers of its own nothing is written")
	})
}

func TestTold_withoutItsLogKnowsNothing(t *testing.T) {
	t.Parallel()
	m := theMaker(t)
	d := &drawer{held: map[string][]byte{}, put: map[string]time.Time{}}
	m.Program.every = map[string]time.Duration{} // no store is read: nobody answers here
	got, err := m.told(t.Context(), d, time.Time{}, time.Now())
	require.NoError(t, err)
	assert.Contains(t, got.Unknown, "holds no segment")
	require.ErrorContains(t, got.proven(), "holds no segment")
	require.NoError(t, Told{}.proven())
	require.ErrorContains(t, Told{Gaps: make([]segments.Gap, 2)}.proven(), "noted nothing for a time, 2 times")
	v, err := judgeOne(t.Context(), system.Store{Name: "tasks"}, time.Second, nil, shelf{1, 2})
	require.NoError(t, err)
	assert.False(t, v.Loss.RPO.Known, "what was found alone tells no loss")
	assert.Equal(t, 2, v.Loss.Found)
}

func TestOf_aStandingWitnessSparesBucketsAndQueues(t *testing.T) {
	t.Parallel()
	p, err := Load(write(t, ""))
	require.NoError(t, err)
	stands, err := Of(standing(system.Secondary), p.system, p.inventory)
	require.NoError(t, err)
	for _, s := range p.system.Stores {
		if s.Kind == system.Bucket {
			assert.Greater(t, stands.every[s.Name], p.every[s.Name], s.Name)
			assert.LessOrEqual(t, stands.every[s.Name], time.Minute, s.Name)
		} else {
			assert.Equal(t, p.every[s.Name], stands.every[s.Name], s.Name)
		}
		if s.Kind != system.Queue {
			continue
		}
		m := theMaker(t)
		m.Program = stands
		for home, place := range m.places(s) {
			book, is := place.(*marks.Book)
			require.True(t, is, "its consumers meet no mark")
			assert.Equal(t, m.inventory.Homes[home].Stores[s.Name].LedgerTable, book.Table)
		}
	}
}

func TestSettings_areReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	s := witness.Settings{Home: system.Primary, Region: "eu-west-1", Bucket: "b", System: "f"}
	env := s.Environment()
	got, err := witness.ReadSettings(func(name string) string { return env[name] })
	require.NoError(t, err)
	assert.Equal(t, s, got)
	_, err = witness.ReadSettings(func(string) string { return "" })
	for _, want := range []string{`REDOUBT_WITNESS_HOME is ""`, "AWS_REGION is empty", "REDOUBT_WITNESS_BUCKET is empty", "REDOUBT_WITNESS_SYSTEM is empty"} {
		require.ErrorContains(t, err, want)
	}
}
