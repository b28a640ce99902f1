package awsplace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// sandbox is an account in which regions are cut, a store is copied at once until then, and the name leads where it is told.
type sandbox struct {
	mu     sync.Mutex
	cut    map[string]bool
	active system.Home
	marks  map[system.Home][]int64
}

var lives = map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}

func (s *sandbox) Cut(_ context.Context, region string) error  { s.set(region, true); return nil }
func (s *sandbox) Mend(_ context.Context, region string) error { s.set(region, false); return nil }

func (s *sandbox) set(region string, cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut[region] = cut
}

func (s *sandbox) Call(context.Context, plan.Call) (plan.Document, error) {
	return plan.Document{}, nil
}

func (s *sandbox) answers(_ context.Context, home system.Home) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut[lives[home]] {
		return errors.New("no answer")
	}
	return nil
}

func (s *sandbox) leads(context.Context) (system.Home, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active, nil
}

func (s *sandbox) serve(home system.Home) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = home
}

// shelf is the store in one home; what is written in the last second before a cut reaches no other.
type shelf struct {
	*sandbox
	home system.Home
}

func (s shelf) Write(_ context.Context, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks[s.home] = append(s.marks[s.home], seq)
	if seq%10 != 0 { // every tenth is never copied
		s.marks[s.home.Peer()] = append(s.marks[s.home.Peer()], seq)
	}
	return nil
}

func (s shelf) Read(context.Context) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int64(nil), s.marks[s.home]...), nil
}

func (s shelf) Close() error { return nil }

func open(t *testing.T) (*sandbox, *Place) {
	t.Helper()
	s := &sandbox{cut: map[string]bool{}, active: system.Primary, marks: map[system.Home][]int64{}}
	p, err := New(t.Context(), Options{
		Clock: clock.Wall{}, Port: s, Stands: system.Secondary, Regions: lives, Answers: s.answers, Active: s.leads, Cutter: s,
		System: &system.System{Tiers: []system.Tier{{Name: "core"}},
			Stores: []system.Store{{Name: "sessions", Tier: "core"}, {Name: "tasks", Tier: "core"}}},
		Stores: []run.Writer{{Store: "sessions", Every: time.Second, Places: map[system.Home]marks.Place{
			system.Primary: shelf{s, system.Primary}, system.Secondary: shelf{s, system.Secondary}}}},
		Keep: time.Minute, Dir: t.TempDir(),
	})
	require.NoError(t, err)
	return s, p
}

// TestPlace_measuresARegionThatIsCut runs in a bubble, whose time passes by itself.
func TestPlace_measuresARegionThatIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := open(t)
		defer func() { require.NoError(t, p.Close()) }()
		require.NoError(t, p.Wait(t.Context(), 60*time.Second+time.Millisecond))
		assert.Empty(t, p.Outages("core"), "all is well before")
		lost := p.Now()
		require.NoError(t, p.Break(t.Context(), 0, "region-down eu-west-1"))
		var seen []diagnose.Observation
		for range 5 {
			require.NoError(t, p.Wait(t.Context(), 30*time.Second))
			seen = append(seen, p.Observe(t.Context(), system.Primary)...)
		}
		found := diagnose.Find(p.Now(), seen, diagnose.DefaultRules(false))
		assert.Equal(t, diagnose.RegionSilent, found.Kind, found.Why)
		assert.Equal(t, system.Primary, found.Home)
		_, err := p.Port().Call(t.Context(), plan.Call{Home: system.Primary})
		require.ErrorContains(t, err, "lost for the drill")
		_, err = p.Port().Call(t.Context(), plan.Call{Home: system.Secondary})
		require.NoError(t, err)
		require.Len(t, p.Outages("core"), 1)
		assert.True(t, p.Outages("core")[0].To.IsZero(), "nobody has moved anything yet")
		s.serve(system.Secondary)
		require.NoError(t, p.Wait(t.Context(), 10*time.Second))
		out := p.Outages("core")
		require.Len(t, out, 1)
		assert.InDelta(t, 150, out[0].To.Sub(out[0].From).Seconds(), 2)
		losses := p.Losses(lost)
		require.Len(t, losses, 2)
		assert.Equal(t, witness.Measured, losses[0].RPO.Kind)
		assert.Equal(t, 6, losses[0].Lost, "every tenth of sixty: %+v", losses[0])
		assert.False(t, losses[1].RPO.Known, "nobody writes marks into tasks")
	})
}

func TestPlace_mendsLaterAndTellsWhatCannotBeMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := open(t)
		defer func() { require.NoError(t, p.Close()) }()
		require.NoError(t, p.Break(t.Context(), 0, "region-down eu-central-1"))
		require.NoError(t, p.Break(t.Context(), time.Hour, "region-up eu-central-1"))
		require.NoError(t, p.Wait(t.Context(), 59*time.Minute))
		require.Error(t, s.answers(t.Context(), system.Secondary))
		require.NoError(t, p.Wait(t.Context(), 2*time.Minute))
		require.NoError(t, s.answers(t.Context(), system.Secondary))
		_, err := p.Port().Call(t.Context(), plan.Call{Home: system.Secondary})
		require.NoError(t, err)
		require.ErrorContains(t, p.Break(t.Context(), 0, "zone-down eu-west-1a"), "cannot be made on AWS")
		require.Error(t, p.Break(t.Context(), 0, "earthquake"))
	})
}

func TestPlace_withoutItsLogKnowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := open(t)
		require.NoError(t, p.Wait(t.Context(), 5*time.Second))
		require.NoError(t, p.Close())
		require.NoError(t, os.RemoveAll(filepath.Join(p.Dir, "witness")))
		require.Len(t, p.Outages("core"), 1, "nobody saw it answer")
		assert.False(t, p.Losses(p.Now())[0].RPO.Known)
	})
}
