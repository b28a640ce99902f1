package home_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/agentkit/home"
	"redoubt/agentkit/lock"
	"redoubt/internal/interleave"
	"redoubt/internal/leasetest"
	"redoubt/internal/memtable"
	"redoubt/inventory"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// wild: keepers' clocks lie as far apart as Skew allows; all may crash, stand still, and lose messages.
var wild = interleave.Limits{Crashes: 2, Losses: 2, Off: time.Second,
	Pauses: []time.Duration{50 * time.Millisecond, 9 * time.Second, 40 * time.Second}, PausesMost: 6}

// horizon is when a schedule ends.
const horizon = 150 * time.Second

// liar is the clock of an agent: it jumps by hours to both sides, whenever it likes. What has passed it tells truly.
type liar struct {
	*interleave.Process
	w  *interleave.World
	by time.Duration
}

func (l *liar) Now() time.Time {
	if l.w.Choose(8) == 0 {
		l.by = time.Duration(l.w.Choose(5)-2) * time.Hour / 2
	}
	return l.Process.Now().Add(l.by)
}

// story is a switch from the primary to the secondary home, each with two keepers and an agent.
type story struct {
	w     *interleave.World
	table *memtable.Table
	// told is what each home was told last of being the active one.
	told map[system.Home]bool
	play
}

// play is what differs between the stories.
type play struct {
	// wrote counts how often the agents of a home might write.
	wrote map[system.Home]int
	agent func(*interleave.World, *interleave.Process) clocked
	// keepers are the keepers' store, when it is not as it should be; letsGo a primary home that lets its lease go.
	keepers func(lease.Store) lease.Store
	letsGo  bool
	// prompt is true when a keeper's request that is under way for longer than a quarter of the term is given up.
	prompt bool
}

func promptly(p *interleave.Process) func(string, func() error) error {
	return func(operation string, act func() error) error {
		began := p.Elapsed()
		return p.Access(operation, func() error {
			if p.Elapsed()-began > home.DefaultTerm/4 {
				return interleave.ErrLost
			}
			return act()
		})
	}
}

func (s *story) leases(p *interleave.Process) lease.Store {
	return lock.Table(s.table.Via(p.Access), "locks")
}

// scene plays the story.
func (p play) scene(w *interleave.World) func() error {
	s := &story{w: w, table: memtable.New(inventory.LocksKey), told: map[system.Home]bool{system.Primary: true}, play: p}
	for _, h := range system.Homes {
		for _, name := range []string{" keeper 1", " keeper 2"} {
			w.Go(string(h)+name, func(p *interleave.Process) { s.keep(p, h) })
		}
		w.Go(string(h)+" agent", func(p *interleave.Process) { s.work(p, h, s.agent(w, p)) })
	}
	w.Go("switch", s.move)
	return nil
}

// move tells the homes that the other is to be the active one.
func (s *story) move(p *interleave.Process) {
	_ = p.Sleep(context.Background(), 45*time.Second)
	s.told[system.Secondary] = true
	p.Step("the primary is told later, or never")
	s.told[system.Primary] = false
	if s.letsGo {
		was, _ := s.leases(p).Get(context.Background(), home.LeaseName)
		free := was
		free.Owner, free.Version = "", was.Version+1
		_ = s.leases(p).Swap(context.Background(), home.LeaseName, was, free)
	}
}

// clocked is a clock that an agent has.
type clocked interface {
	Now() time.Time
	Sleep(context.Context, time.Duration) error
	Timer(time.Duration) (<-chan time.Time, func())
}

func lying(w *interleave.World, p *interleave.Process) clocked { return &liar{Process: p, w: w} }

func honest(_ *interleave.World, p *interleave.Process) clocked { return p }

// keep runs a keeper until the horizon.
func (s *story) keep(p *interleave.Process, h system.Home) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store := s.leases(p)
	if s.prompt {
		store = lock.Table(s.table.Via(promptly(p)), "locks")
	}
	if s.keepers != nil {
		store = s.keepers(store)
	}
	k := &home.Keeper{Store: store, Home: h, Clock: p, Active: func(context.Context) (bool, error) {
		if s.w.Now().Sub(interleave.Start) > horizon {
			cancel()
		}
		return s.told[h], nil
	}}
	_ = k.Keep(ctx)
}

// work looks every few seconds whether it may write. While it may, the lease is its home's: nobody else has taken it.
func (s *story) work(p *interleave.Process, h system.Home, c clocked) {
	at := &home.Home{Store: s.leases(p), Home: h, Clock: c}
	for s.w.Now().Sub(interleave.Start) < horizon {
		if at.MayWrite(context.Background()) {
			s.wrote[h]++
			got, err := lock.Table(s.table.Via(nil), "locks").Get(context.Background(), home.LeaseName)
			if err != nil || got.Owner != "" && system.Home(got.Owner) != h {
				s.w.Fail("the agent of the %s home may write while the lease is of %q: %v", h, got.Owner, err)
			}
		}
		_ = p.Sleep(context.Background(), 3*time.Second)
	}
}

// TestMayWrite_neverBesideAnotherHome holds the guarantee in many thousand schedules, also for agents whose clocks lie by hours.
func TestMayWrite_neverBesideAnotherHome(t *testing.T) {
	t.Parallel()
	for name, agent := range map[string]func(*interleave.World, *interleave.Process) clocked{"honest": honest, "lying": lying} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrote := map[system.Home]int{}
			interleave.Holds(t, wild, play{wrote: wrote, agent: agent, prompt: name == "lying"}.scene)
			t.Logf("the agents might write %v times", wrote)
			assert.Greater(t, wrote[system.Primary], 5000, "a guarantee that lets nobody write proves little")
			assert.Greater(t, wrote[system.Secondary], 1000, "the switch was made in many of them")
		})
	}
}

// TestMayWrite_everyPartMatters takes parts away, and sees two homes write.
func TestMayWrite_everyPartMatters(t *testing.T) {
	t.Parallel()
	keepers := func(s leasetest.Spoiled) func(lease.Store) lease.Store {
		return func(inner lease.Store) lease.Store { s.Store = inner; return s }
	}
	for name, p := range map[string]play{
		"a taker does not look at the end of the lease": {agent: honest,
			keepers: keepers(leasetest.Spoiled{Got: func(l *lease.Lease) { l.Until = time.Time{} }})},
		"the lease lasts less than the agents think": {agent: lying, prompt: true,
			keepers: keepers(leasetest.Spoiled{Put: func(_, next *lease.Lease) { next.Until = next.Until.Add(-20 * time.Second) }})},
		"the lease is let go while agents believe in it": {agent: honest, letsGo: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.wrote = map[system.Home]int{}
			interleave.Breaks(t, wild, p.scene)
		})
	}
}
