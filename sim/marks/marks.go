// Package marks is the witness of the simulated regions. It follows what clients of every tier meet, and holds the
// marks that they write, one an interval into each store, as stretches: its work follows the number of changes, not
// of marks. What it tells is simulated.
package marks

import (
	"slices"
	"time"

	"redoubt/recovery/execute"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

// Witness looks at the world whenever that may have changed. It is the run's time.
type Witness struct {
	drive.World
	// Every is the interval between two marks of a store, and between two requests of a tier.
	Every time.Duration

	began time.Time
	// agents are the names of the system's.
	agents []string
	tiers  []*tier
	stores []*store
	// met is what clients meet now, before what they met before that.
	met, before met
	// family names the witness and its forks, which all meet the same in the same world.
	family *family
	// news says that a lag is another than at the last look.
	news bool
	// parts are those of what clients meet, as they were when the world had the version.
	parts []world.Held
	// lasts says that clients meet the same until something changes.
	lasts   bool
	version uint64
}

type family struct{ _ byte }

var _ execute.Time = (*Witness)(nil)

// New begins to write marks. Active is the home that serves.
func New(w drive.World, sys *system.System, active system.Home, every time.Duration) *Witness {
	out := &Witness{World: w, Every: every, began: w.Now(), family: &family{}}
	for _, a := range sys.Agents {
		out.agents = append(out.agents, a.Name)
	}
	for _, t := range sys.Tiers {
		out.tiers = append(out.tiers, newTier(sys, t, active))
	}
	for _, s := range sys.Stores {
		one := newStore(sys, s)
		one.tier = max(0, slices.IndexFunc(out.tiers, func(t *tier) bool { return t.of.Name == s.Tier }))
		out.stores = append(out.stores, one)
	}
	out.refresh()
	out.Struck()
	return out
}

// Fork is a witness that has seen the same, in a fork of the world. Its lags are those of the fork, and were so since the
// stretch under way began: what is on its way at the fork arrives as late as what follows.
func (w *Witness) Fork(in drive.World) *Witness {
	out := *w
	out.World, out.tiers, out.stores, out.parts = in, nil, nil, slices.Clone(w.parts)
	out.met, out.before = met{slices.Clone(w.met.tiers), slices.Clone(w.met.stores)}, met{}
	for _, t := range w.tiers {
		one := *t
		one.outages = slices.Clone(t.outages)
		out.tiers = append(out.tiers, &one)
	}
	for _, s := range w.stores {
		one := *s
		one.log, one.spans, one.losses = *s.log.Clone(), slices.Clone(s.spans), slices.Clone(s.losses)
		out.stores = append(out.stores, &one)
	}
	out.refresh()
	for n, s := range out.stores {
		if s.lags = out.lags(n); s.stretch.home != "" {
			s.stretch.lag = *s.lags.of(s.stretch.home)
		}
	}
	out.news = true
	out.Look()
	return &out
}

// Now is the world's time.
func (w *Witness) Now() time.Time { return w.World.World.Now() }

// Advance moves the world's time from one thing that happens to the next, and looks after each of them.
func (w *Witness) Advance(to time.Time) {
	for now := w.Now(); now.Before(to); now = w.Now() {
		next := to
		for _, t := range w.tiers {
			next = soonest(soonest(next, t.client.moves, now), t.told, now)
		}
		w.World.World.Step(next)
		w.Look()
	}
}

// soonest is a time, unless another that is still to come is before it.
func soonest(next, other, now time.Time) time.Time {
	if other.After(now) && other.Before(next) {
		return other
	}
	return next
}

// Look sees what clients meet now; what they met since the last look is kept.
func (w *Witness) Look() {
	news := w.refresh() || w.news
	w.news = false
	now := w.Now()
	for n, t := range w.tiers {
		was := t.client.home
		t.look(w.World.World, now, &w.met.tiers[n], w.Every, w.began)
		news = news || t.client.home != was
	}
	if !news {
		return // every stretch goes on
	}
	for n, s := range w.stores {
		s.look(now, w.tiers[s.tier].client.home, &w.met.stores[n], w.Every, w.began)
	}
}

// refresh asks what clients meet now, and how far the copies are behind of what is copied since now, or no more. It
// reports whether there is news.
func (w *Witness) refresh() bool {
	v := w.World.World.Version()
	if v == w.version && w.lasts {
		return false
	}
	w.version = v
	if !w.meet() {
		return false
	}
	for n, s := range w.stores {
		if len(w.before.stores) > 0 && w.before.stores[n].copied != w.met.stores[n].copied {
			s.lags = w.lags(n)
		}
	}
	return true
}

// Struck is told when a fault came or went: what lags may have changed. While nothing is wrong, a lag stays what it is.
func (w *Witness) Struck() {
	w.refresh()
	for n, s := range w.stores {
		s.lags = w.lags(n)
	}
	w.news = true
	w.Look()
}
