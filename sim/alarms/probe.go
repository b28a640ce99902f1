package alarms

import (
	"context"
	"math"
	"time"

	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/watch"
)

// probes reports whether the home's prober runs: its region is there, and a zone of it has nodes.
func (r *Regions) probes(home system.Home) bool {
	if !r.up(home) {
		return false
	}
	for _, zone := range r.World.Inventory.Homes[home].Zones {
		if r.World.World.ZoneAnswers(zone) == nil {
			return true
		}
	}
	return false
}

// from is the world as the home's prober meets it.
func (r *Regions) from(home system.Home) (w world) {
	w.World = r.World
	w.From = r.region(home)
	return w
}

// probe is one round of a home's prober.
func (r *Regions) probe(home system.Home, now time.Time) {
	put := func(name string, value float64, dims ...string) {
		r.put(home, watch.Probed(r.System, name, dims...), now, value)
	}
	both := func(name string, value float64, dims ...string) {
		put(name, value, dims...)
		if !r.apart() {
			r.put(home.Peer(), watch.Probed(r.System, name, dims...), now, value)
		}
	}
	r.look(home, now)
	one := r.seen[home]
	r.probeStores(home, now, one.accepts, put)
	for _, to := range system.Homes {
		for _, a := range r.System.Agents {
			if a.Public {
				put(watch.Answers, share(one.answers[to][a.Name]), string(to), string(home), a.Name)
			}
		}
	}
	r.probeTiers(one, home, put)
	both(watch.Alive, 1, string(home))
	r.probeCluster(one, home, both)
	r.probeRest(one, home, now, put)
}

// seen is what one prober saw last. It sees the same as long as nothing changes in the world.
type seen struct {
	version uint64
	at      time.Time
	accepts map[string]bool
	answers map[system.Home]map[string]bool
	// wanted and ready are each agent's replicas.
	wanted, ready  map[string]float64
	keys           map[string]bool
	differs, known bool
}

// again is how long a prober's look is good for in a world that does not change.
const again = 15 * time.Minute

// look looks at the world as the prober of a home does.
func (r *Regions) look(home system.Home, now time.Time) {
	v, old := r.World.World.Version(), r.seen[home]
	if old != nil && old.version == v && now.Sub(old.at) < again && len(r.World.World.Faults()) == 0 {
		return
	}
	w, of := r.from(home), r.World.Inventory.Homes[home]
	r.active = w.leads(r, r.active)
	out := &seen{version: v, at: now, accepts: map[string]bool{}, answers: map[system.Home]map[string]bool{},
		wanted: map[string]float64{}, ready: map[string]float64{}, keys: map[string]bool{}}
	for _, st := range r.System.Stores {
		out.accepts[st.Name] = r.reaches(home, r.active) && w.Takes(context.Background(), r.active, st.Name) == nil
	}
	for _, to := range system.Homes {
		out.answers[to] = map[string]bool{}
		for _, a := range r.System.Agents {
			if a.Public {
				out.answers[to][a.Name] = r.reaches(home, to) && w.Answers(context.Background(), to, a.Name) == nil
			}
		}
	}
	for _, a := range r.System.Agents {
		out.wanted[a.Name], out.ready[a.Name] = w.replicas(home, of, a.Name)
	}
	for purpose, arn := range of.Keys {
		out.keys[purpose] = w.keyUsable(of.Region, arn)
	}
	out.differs, out.known = w.inventoryDiffers(home, r.compared[home])
	r.seen[home] = out
}

// reaches reports whether a client in one home gets to the other.
func (r *Regions) reaches(from, to system.Home) bool { return r.up(to) && (from == to || !r.apart()) }

// probeStores writes a mark into each store where clients write, and sees how old the newest is that is here.
func (r *Regions) probeStores(home system.Home, now time.Time, accepts map[string]bool, put func(string, float64, ...string)) {
	for _, st := range r.System.Stores {
		put(watch.Accepts, share(accepts[st.Name]), string(home), st.Name)
		here := markOf{home, st.Name}
		if accepts[st.Name] {
			r.marks[here] = latest(r.marks[here], now.Add(-r.behind(st, home)))
		}
		if r.marks[here].IsZero() {
			r.marks[here] = r.began
		}
		put(watch.MarkAge, (now.Sub(r.marks[here]) + watch.Beat(r.System, st)).Seconds(), string(home), st.Name)
	}
}

// behind is how far a home's copy of a store is behind the home that serves.
func (r *Regions) behind(st system.Store, home system.Home) time.Duration {
	if home == r.active {
		return 0
	}
	kind, id := drive.Carried(st, r.World.Inventory.Homes[r.active])
	copies := r.World.World.Copies(kind, r.region(r.active), id)
	if len(copies) == 0 || r.apart() {
		return never
	}
	return r.World.World.Behind(copies)
}

// never is the lag of what does not arrive.
const never = 1000 * time.Hour

func (r *Regions) probeTiers(one *seen, home system.Home, put func(string, float64, ...string)) {
	for _, t := range r.System.Tiers {
		ok := true
		for _, st := range r.System.Stores {
			ok = ok && (st.Tier != t.Name || one.accepts[st.Name])
		}
		for _, a := range r.System.Agents {
			ok = ok && (a.Tier != t.Name || !a.Public || one.answers[r.active][a.Name])
		}
		put(watch.Available, share(ok), string(home), t.Name)
	}
}

// probeCluster counts what is ready. Replicas of a zone that is lost start again in the others.
func (r *Regions) probeCluster(one *seen, home system.Home, both func(string, float64, ...string)) {
	of, zones := r.World.Inventory.Homes[home], 0
	for _, zone := range of.Zones {
		nodes := 0.0
		if r.World.World.ZoneAnswers(zone) == nil {
			nodes, zones = float64(max(of.Cluster.RunningNodes, 1)), zones+1
		}
		both(watch.NodesReady, nodes, string(home), zone)
	}
	for _, a := range r.System.Agents {
		wanted, ready := one.wanted[a.Name], one.ready[a.Name]
		part, in := 1.0, float64(len(of.Zones))
		if wanted > 0 {
			part, in = ready/wanted, math.Min(ready, float64(zones))
		}
		if wanted == 1 {
			in = part * float64(len(of.Zones)) // one replica is in one zone on purpose
		}
		both(watch.ReadyShare, part, string(home), a.Name)
		both(watch.ReadyZones, in, string(home), a.Name)
	}
}

// What the simulated regions do not know, as long as it is well (assumed).
const (
	certificateDays = 200
	roundTripMillis = 25
)

func (r *Regions) probeRest(one *seen, home system.Home, now time.Time, put func(string, float64, ...string)) {
	if r.reaches(home, home.Peer()) {
		put(watch.RoundTrip, roundTripMillis+math.Mod(float64(now.Unix()/60*7), 5), string(home.Peer()), string(home))
	}
	put(watch.CertificateDays, certificateDays, string(home))
	for purpose, usable := range one.keys {
		put(watch.KeyUsable, share(usable), string(home), purpose)
	}
	if one.known {
		put(watch.InventoryDiffers, share(one.differs), string(home))
	}
	for store, age := range r.jobs.ages(home, now) {
		put(watch.BackupAge, age.backup.Hours(), string(home), store)
		put(watch.CopyAge, age.copied.Hours(), string(home), store)
		put(watch.RestoreAge, age.restored.Hours(), string(home), store)
	}
	put(watch.DriftAge, now.Sub(r.jobs.drift).Hours()/24, string(home))
	put(watch.DrillAge, now.Sub(r.jobs.drill).Hours()/24, string(home))
}

func share(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// get asks for an object of a home's cluster.
func (w world) get(home system.Home, server, kind, namespace, name string) (plan.Document, error) {
	return w.Call(context.Background(), plan.Call{Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get",
		Input: plan.Document{"Server": server, "ApiVersion": "apps/v1", "Kind": kind, "Namespace": namespace, "Name": name}})
}
