package marks

import (
	"context"
	"time"
	"unsafe"

	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

// met is what clients meet at a moment. It follows from the world alone.
type met struct {
	tiers  []tierMet
	stores []storeMet
}

// byHome is one value for each home, in the order of system.Homes.
type byHome[T any] [2]T

func (b *byHome[T]) of(h system.Home) *T {
	if h == system.Primary {
		return &b[0]
	}
	return &b[1]
}

// tierMet is what clients of a tier meet.
type tierMet struct {
	// leads is the home that the tier's name leads to; empty when it leads nowhere.
	leads system.Home
	// ttl is how long a client may keep that answer.
	ttl time.Duration
	// serves says in which homes a request is answered.
	serves byHome[bool]
	// copes says how the tier does there without a service outside that it needs.
	copes byHome[coping]
}

// coping is how a tier's agents do with what they need from outside.
type coping int

const (
	well     coping = iota
	lacking         // an agent calls what does not answer
	degraded        // every such agent has been told to do without
)

// storeMet is what clients of a store meet.
type storeMet struct {
	// takes says in which homes a write is acknowledged.
	takes byHome[bool]
	// copied says whether what is written in a home reaches the other now.
	copied byHome[bool]
}

// meet looks at everything as clients do, and reports whether they may meet something else than before. What follows from
// the world alone is remembered, in parts that change apart from each other.
func (w *Witness) meet() bool {
	if w.parts == nil {
		w.parts = make([]world.Held, w.partsOfHome()*len(system.Homes)+partsOfTier*len(w.tiers))
	}
	news := w.look()
	w.lasts = w.lasting()
	if !news && w.met.tiers != nil {
		return false
	}
	w.join()
	return true
}

// look looks at the parts that are not as they were, and reports whether there was one.
func (w *Witness) look() bool {
	news := false
	for n, home := range system.Homes {
		if _, known := w.Inventory.Homes[home]; !known {
			continue
		}
		of := w.of(n)
		news = part(w, &of[0], "agents", string(home), "", func() any { return w.ready(home) }) || news
		news = part(w, &of[1], "copies", string(home), "", func() any { return w.copied(home) }) || news
		for n, s := range w.stores {
			news = part(w, &of[2+n], "store", string(home), s.of.Name, func() any { return w.takes(home, s) }) || news
		}
	}
	for n, t := range w.tiers {
		of := w.ofTier(n)
		news = part(w, &of[0], "leads", t.of.Name, "", func() any { return w.leads(t) }) || news
		news = part(w, &of[1], "copes", t.of.Name, "", func() any { return w.copeIn(t) }) || news
	}
	return news
}

// join is what the parts are together. What was met before stays until the next time.
func (w *Witness) join() {
	w.met, w.before = w.before, w.met
	if w.met.tiers == nil {
		w.met = met{tiers: make([]tierMet, len(w.tiers)), stores: make([]storeMet, len(w.stores))}
	}
	out := &w.met
	ready := byHome[[]bool]{}
	for n, home := range system.Homes {
		if _, known := w.Inventory.Homes[home]; !known {
			continue
		}
		of := w.of(n)
		*ready.of(home) = of[0].Answer.([]bool)
		copied := of[1].Answer.(copies)
		for n, s := range w.stores {
			*out.stores[n].takes.of(home) = of[2+n].Answer.(bool) && s.written(*ready.of(home))
			*out.stores[n].copied.of(home) = !copied.apart && len(copied.of[n]) > 0
		}
	}
	for n, t := range w.tiers {
		of := w.ofTier(n)
		out.tiers[n], out.tiers[n].copes = of[0].Answer.(tierMet), of[1].Answer.(byHome[coping])
		for _, home := range system.Homes {
			*out.tiers[n].serves.of(home) = w.serves(t, home, *ready.of(home), out.stores)
		}
	}
}

// partsOfHome are the parts of what clients meet that each home has: its agents, its copies and each of its stores.
func (w *Witness) partsOfHome() int { return 2 + len(w.stores) }

// of are the parts from those of the n-th home on; after the last home come those of the tiers.
func (w *Witness) of(n int) []world.Held { return w.parts[w.partsOfHome()*n:] }

// partsOfTier are the parts of each tier: where its name leads, and how it copes.
const partsOfTier = 2

// ofTier are the parts of the n-th tier.
func (w *Witness) ofTier(n int) []world.Held { return w.of(len(system.Homes))[partsOfTier*n:] }

// lasting reports whether clients meet the same as long as nothing changes: what depends on the time does not last.
func (w *Witness) lasting() bool {
	for n := range w.parts {
		if !w.parts[n].Lasts() {
			return false
		}
	}
	return len(w.parts) > 0
}

// key names a part of what a family of witnesses meets.
func (w *Witness) key(what, of, name string) world.Key {
	return world.Key{Act: world.TextOf("meet"), Texts: [6]world.Text{world.TextOf(what), world.TextOf(of), world.TextOf(name)},
		Refs: [4]unsafe.Pointer{unsafe.Pointer(w.family)}} //nolint:gosec // the address names the family
}

// part looks at a part of what clients meet unless it is as it was, from memory where the world has one, and reports
// whether it looked.
func part(w *Witness, held *world.Held, what, of, name string, look func() any) bool {
	if w.World.World.Holds(held) {
		return false
	}
	w.World.World.Renew(held, func() world.Key { return w.key(what, of, name) }, func() (any, error) { return look(), nil })
	return true
}

// ready says of each agent whether it answers in a home.
func (w *Witness) ready(home system.Home) []bool {
	out := make([]bool, len(w.agents))
	for n, name := range w.agents {
		_, known := w.Inventory.Homes[home].Agents[name]
		out[n] = known && w.World.Answers(context.Background(), home, name) == nil
	}
	return out
}

// takes says whether a store acknowledges writes in a home, if somebody writes there.
func (w *Witness) takes(home system.Home, s *store) bool {
	return w.World.Takes(context.Background(), home, s.of.Name) == nil
}

// copies are of each store those of what is written in a home.
type copies struct {
	of [][]world.Copy
	// apart says that nothing gets through to them.
	apart bool
}

// copied says of each store where what is written in a home is carried to.
func (w *Witness) copied(home system.Home) copies {
	out := copies{of: make([][]world.Copy, len(w.stores)),
		apart: w.World.World.Apart(w.Regions[system.Primary], w.Regions[system.Secondary])}
	for n, s := range w.stores {
		kind, id := drive.Carried(s.of, w.Inventory.Homes[home])
		out.of[n] = w.World.World.Copies(kind, w.Regions[home], id)
	}
	return out
}

// written reports whether an agent that writes to the store is ready; a store that no agent writes to, the witness does.
func (s *store) written(ready []bool) bool {
	writes := len(s.writers) == 0
	for _, n := range s.writers {
		writes = writes || ready[n]
	}
	return writes
}

// leads asks where a tier's name leads.
func (w *Witness) leads(t *tier) tierMet {
	out := tierMet{}
	if at, err := w.World.World.ResolveFrom(w.Regions[t.near], t.host, "A"); err == nil {
		out.ttl = at.TTL
		for home, region := range w.Regions {
			if region == at.Region {
				out.leads = home
			}
		}
	}
	return out
}

// copeIn asks how a tier copes in each home.
func (w *Witness) copeIn(t *tier) (out byHome[coping]) {
	for _, home := range system.Homes {
		*out.of(home) = w.copes(t, home)
	}
	return out
}

// serves reports whether all agents and stores of a tier work in a home.
func (w *Witness) serves(t *tier, home system.Home, ready []bool, stores []storeMet) bool {
	for _, n := range t.agents {
		if !ready[n] {
			return false
		}
	}
	for n, s := range w.stores {
		if w.tiers[s.tier] == t && !*stores[n].takes.of(home) {
			return false
		}
	}
	return true
}

// copes asks what is lost of what a tier's agents need, and whether their level lets them do without. That an agent at
// any level but full does not need what is lost is assumed.
func (w *Witness) copes(t *tier, home system.Home) coping {
	lost := false
	for n, agent := range t.agents {
		name := w.agents[agent]
		for _, need := range t.needs[n] {
			if w.World.World.Dependency(need) == nil {
				continue
			}
			if w.World.Level(context.Background(), home, name) == system.Full {
				return lacking
			}
			lost = true
		}
	}
	if lost {
		return degraded
	}
	return well
}

// lags are how far the copies of a store are behind what each home writes, while they are copied.
func (w *Witness) lags(of int) byHome[time.Duration] {
	out := byHome[time.Duration]{}
	for n, home := range system.Homes {
		if copied, known := w.of(n)[1].Answer.(copies); known {
			*out.of(home) = w.World.World.Behind(copied.of[of])
		}
	}
	return out
}
