package arbiter_test

import (
	"context"
	"time"

	"redoubt/agentkit/home"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/lease"
	"redoubt/system"
)

// observer looks from one place, on a schedule. What it has seen stands in its own region's table; all of it goes to
// the arbiter's after each look, so that a request that was lost hides nothing.
type observer struct {
	timer
	at   place
	seen []diagnose.Observation
	dead int
}

func (o *observer) crash(d time.Duration) {
	o.w.note("the observer of %s is gone for %s", observers[o.at], d)
	o.w.hold(&o.dead, d)
}

func (o *observer) tick() {
	w, r := o.w, o.w.set.rules
	w.after(r.Every, o.tick)
	if w.r.IntN(40) == 0 {
		o.jump()
	}
	if o.dead > 0 || w.down[o.at] > 0 {
		return
	}
	var seen []diagnose.Observation
	at := w.now
	for _, h := range arbiter.LooksAt(observers[o.at]) {
		state, to := diagnose.Bad, placeOf(h)
		good := w.lit(o.at, to) && w.passes(o.at, to) && w.passes(to, o.at)
		if good {
			state = diagnose.Good
		}
		w.looks[o.at][to] = append(w.looks[o.at][to], look{at, good})
		for _, aspect := range []diagnose.Aspect{diagnose.Entry, diagnose.Control} {
			seen = append(seen, diagnose.Observation{
				Observer: observers[o.at], At: o.Now(), Aspect: aspect, Home: h, State: state})
		}
	}
	o.seen = r.Keep(o.Now(), o.seen, seen)
	all := o.seen
	w.after(w.within(r.Travel), func() {
		if w.passes(o.at, third) {
			w.tables[third].seen[o.at], w.heard[o.at] = all, at
		}
	})
}

// judge drives the machine that decides, in the arbiter's region.
type judge struct {
	timer
	core arbiter.Judge
	dead int
	// life counts crashes: what an older one has asked for, nobody waits for.
	life int
	// heard is what had come to the table when it was read.
	heard [places]time.Duration
}

func (j *judge) crash(d time.Duration) {
	j.w.note("the judge is gone for %s", d)
	j.life++
	j.w.hold(&j.dead, d)
	j.w.after(d, func() {
		j.life++
		j.core = arbiter.Judge{Rules: j.w.set.rules}
		j.event(j.life, arbiter.Fired{})
	})
}

func (j *judge) event(life int, e arbiter.Event) {
	if life != j.life || j.dead > 0 {
		return
	}
	j.w.watch()
	if j.w.r.IntN(60) == 0 {
		j.jump()
	}
	for _, c := range j.core.Step(j.Now(), e) {
		j.do(life, c)
	}
}

func (j *judge) do(life int, c arbiter.Command) {
	w := j.w
	switch c := c.(type) {
	case arbiter.Arm:
		wait := max(c.At.Sub(j.Now()), 0) * time.Duration(w.set.slow)
		w.after(wait, func() { j.event(life, arbiter.Fired{}) })
	case arbiter.Look:
		if w.down[third] > 0 {
			return
		}
		t := w.tables[third]
		if w.set.hearsay {
			t.seen[primary], t.seen[secondary] = hearsay(t.seen[third], primary), hearsay(t.seen[third], secondary)
		}
		read := arbiter.Read{Look: c.Number, Word: t.word}
		for p := range t.seen {
			read.Seen = append(read.Seen, t.seen[p])
		}
		heard := w.heard
		w.after(w.within(w.set.rules.Travel), func() {
			j.heard = heard
			j.event(life, read)
		})
	case arbiter.Write:
		if w.down[third] > 0 {
			return
		}
		t := &w.tables[third]
		if t.word.Version != c.Old.Version {
			return
		}
		w.decided(placeOf(c.Old.Active), j.heard)
		w.changes(func() {
			w.note("the judge says: %s", c.Next)
			t.word, w.moved = c.Next, w.now
		})
	}
}

// hearsay is what one observer has seen, told as if another had.
func hearsay(seen []diagnose.Observation, by place) (out []diagnose.Observation) {
	for _, o := range seen {
		o.Observer = observers[by]
		out = append(out, o)
	}
	return out
}

// household is one home: its keepers of the leases, one for each table, and an agent that watches them.
type household struct {
	w       *world
	at      place
	clock   *timer
	keepers [places]*home.Keeper
	agent   home.Majority
	dead    int
	// told is what the home was told, asked for once in a round of its keepers.
	told home.Told
	to   bool
	err  error
	// held is what a keeper's process has read last of each table: it believes in it up to Skew before its end.
	held [places]lease.Lease
}

func newHousehold(w *world, at place) *household {
	h := &household{w: w, at: at, clock: &timer{w: w}}
	h.clock.jump()
	h.begin()
	w.after(w.within(home.DefaultTerm/4), h.keep)
	w.after(w.within(home.DefaultTerm/8), h.work)
	return h
}

// begin is a new life of the home's processes: they know nothing.
func (h *household) begin() {
	own := road{h.w, h.at, h.at}
	h.told = home.Told{Home: homeOf(h.at), Own: own}
	for p := range places {
		if p != h.at {
			h.told.Others = append(h.told.Others, road{h.w, h.at, p})
		}
	}
	active := func(context.Context) (bool, error) { return h.to, h.err }
	h.agent = nil
	for p := range places {
		to := road{h.w, h.at, p}
		h.keepers[p] = &home.Keeper{Store: to, Home: homeOf(h.at), Terms: h.w.set.terms, Active: active, Clock: h.clock}
		h.agent = append(h.agent, &home.Home{Store: to, Home: homeOf(h.at), Terms: h.w.set.terms, Clock: h.clock})
		h.held[p] = lease.Lease{}
	}
}

func (h *household) crash(d time.Duration) {
	h.w.note("the keepers and agents of %s are gone for %s", observers[h.at], d)
	h.begin()
	h.w.hold(&h.dead, d)
}

func (h *household) alive() bool { return h.dead == 0 && h.w.down[h.at] == 0 }

// keep is one round of the keepers.
func (h *household) keep() {
	h.w.after(home.DefaultTerm/4, h.keep)
	if !h.alive() {
		return
	}
	if h.w.r.IntN(40) == 0 {
		h.clock.jump()
	}
	if h.to, h.err = h.told.Active(background); h.w.set.deaf {
		h.to, h.err = true, nil
	}
	for p, k := range h.keepers {
		k.Tick(background)
		if got, err := k.Store.Get(background, home.LeaseName); err == nil {
			h.held[p] = got
		}
	}
	h.w.one(h)
}

// work is one look of the agents, who write when they may.
func (h *household) work() {
	h.w.after(home.DefaultTerm/8, h.work)
	if h.alive() && h.agent.MayWrite(background) {
		h.w.wrote[h.at]++
		h.w.one(h)
	}
	h.w.watch()
}

// believes reports whether a keeper's process takes its home for the active one now.
func (h *household) believes() bool {
	held := 0
	for _, l := range h.held {
		if system.Home(l.Owner) == homeOf(h.at) && h.clock.Now().Before(l.Until.Add(-h.w.set.terms.Skew)) {
			held++
		}
	}
	return h.enough(held)
}

// may reports whether an agent may write now.
func (h *household) may() bool {
	held := 0
	for _, one := range h.agent {
		if one.Why() == nil {
			held++
		}
	}
	return h.enough(held)
}

func (h *household) enough(held int) bool {
	if h.w.set.alone {
		return held > 0
	}
	return 2*held > int(places)
}
