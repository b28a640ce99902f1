package arbiter_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/agentkit/lock"
	"redoubt/internal/clock"
	"redoubt/internal/memtable"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// stage is three regions in which the programs run as they do in processes: each with its own goroutines, over the
// calls of DynamoDB. The time is a bubble's.
type stage struct {
	tables [places]*memtable.Table
	down   [places]atomic.Bool
	agents [2]home.Majority
	rounds atomic.Int64
}

// client is a client of a region's table, used in another region.
func (s *stage) client(from, to place) lock.Client {
	return s.tables[to].Via(func(_ string, act func() error) error {
		if s.down[from].Load() || s.down[to].Load() {
			return errors.New("no route to the region")
		}
		return act()
	})
}

func (s *stage) words(from, to place) arbiter.Table { return lock.Words(s.client(from, to), "locks") }

func (s *stage) both(from, to place) home.Table {
	return home.Table{Store: lock.Table(s.client(from, to), "locks"), Words: s.words(from, to)}
}

// run starts everything, until the context ends.
func (s *stage) run(ctx context.Context, t *testing.T) {
	r := rules()
	require.NoError(t, r.Check())
	for p := range places {
		s.tables[p] = memtable.New(inventory.LocksKey)
	}
	for p := range places {
		own, far := s.words(p, p), s.words(p, third)
		o := arbiter.Observer{Name: observers[p], Rules: r, Clock: clock.Wall{}, Own: own, Arbiter: &far, Look: s.looker(p)}
		if p == third {
			o.Arbiter = nil
		}
		go arbiter.Every(ctx, clock.Wall{}, r.Every, o.Once, func(error) {})
	}
	bench := arbiter.Bench{Rules: r, Clock: clock.Wall{}, Table: s.words(third, third)}
	go arbiter.Every(ctx, clock.Wall{}, r.Every, bench.Once, func(error) {})
	for p := range place(2) {
		at := home.Tables{Own: s.both(p, p), Others: []home.Table{s.both(p, third), s.both(p, 1-p)}}
		for range 2 {
			go func() { _ = home.Keepers{Home: homeOf(p), Tables: at, Round: func() { s.rounds.Add(1) }}.Keep(ctx) }()
		}
		s.agents[p] = at.Watchers(homeOf(p), home.Terms{}, nil)
		go s.agents[p].Watch(ctx)
	}
}

func (s *stage) looker(from place) arbiter.Looker {
	return func(_ context.Context, of system.Home, _ diagnose.Aspect) error {
		if s.down[from].Load() || s.down[placeOf(of)].Load() {
			return errors.New("no answer")
		}
		return nil
	}
}

// wait lets time pass until the agents of a home, and no others, may write; it returns how long that took.
func (s *stage) wait(t *testing.T, h place, most time.Duration) time.Duration {
	t.Helper()
	began := time.Now() //nolint:forbidigo // a bubble's time
	for s.agents[h].Why() != nil {
		time.Sleep(time.Second)
		require.False(t, s.agents[0].Why() == nil && s.agents[1].Why() == nil, "two homes are active")
		require.Less(t, time.Since(began), most, "%s may not write: %v", observers[h], s.agents[h].Why())
	}
	require.Error(t, s.agents[1-h].Why())
	return time.Since(began)
}

// TestPrograms_giveAndTakeTheLease runs what runs in three regions: the first home takes the lease by itself, is left
// when its region is lost, does not come back by itself, and takes it again when a person says so.
func TestPrograms_giveAndTakeTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s, r := &stage{}, rules()
		s.run(ctx, t)
		t.Logf("the first lease is held after %s", s.wait(t, primary, home.DefaultTerm))

		s.down[third].Store(true)
		time.Sleep(5 * time.Minute)
		require.NoError(t, s.agents[primary].Why(), "the loss of the arbiter's region stops nobody")
		s.down[third].Store(false)

		s.down[primary].Store(true)
		time.Sleep(5 * time.Minute)
		require.Error(t, s.agents[primary].Why())
		require.Error(t, s.agents[secondary].Why(), "nobody has said that it is ready")
		s.down[primary].Store(false)
		s.wait(t, primary, time.Minute)
		time.Sleep(2 * r.Every) // until observers have seen it again: what they saw last is a lost home

		s.say(t, func(w arbiter.Word) arbiter.Word { w.Ready, w.Version = true, w.Version+1; return w })
		time.Sleep(4 * time.Minute) // what flapped is calm again
		s.down[primary].Store(true)
		took := s.wait(t, secondary, r.Within()+r.Taken(home.DefaultTerm))
		t.Logf("a lost home is left after %s, simulated", took)
		assert.Greater(t, took, r.Quiet)

		s.down[primary].Store(false)
		time.Sleep(10 * time.Minute)
		require.NoError(t, s.agents[secondary].Why(), "the old home comes back, and takes nothing")
		require.ErrorIs(t, s.agents[primary].Why(), home.ErrOther)

		s.say(t, func(w arbiter.Word) arbiter.Word {
			return w.Move(time.Now(), "a person wants it") //nolint:forbidigo // a bubble's time
		})
		t.Logf("a planned move takes %s, simulated", s.wait(t, primary, r.Taken(home.DefaultTerm)))
		cancel()
		synctest.Wait()
		assert.Greater(t, s.rounds.Load(), int64(100), "keepers tell the probe that their rounds end")
	})
}

// say changes the word as a person or a plan does.
func (s *stage) say(t *testing.T, next func(arbiter.Word) arbiter.Word) {
	t.Helper()
	at := s.words(third, third)
	old, err := at.Word(t.Context())
	require.NoError(t, err)
	require.NoError(t, at.Replace(t.Context(), old, next(old)))
	require.ErrorIs(t, at.Replace(t.Context(), old, next(old).Move(time.Time{}, "too late")), arbiter.ErrChanged)
}
