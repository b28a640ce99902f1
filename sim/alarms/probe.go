package alarms

import (
	"context"
	"time"

	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/watch/prober"
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

// probe is one round of a home's prober. What it publishes of what it saw, and where, is decided as on AWS.
func (r *Regions) probe(home system.Home, now time.Time) {
	r.look(home, now)
	for _, p := range prober.Publish(r.System, home, now, r.sight(home, now)) {
		if p.Into == home || !r.apart() {
			r.put(p.Into, p.Metric, now, p.Value)
		}
	}
}

// sight is what the home's prober saw, with what the simulated regions do not know (assumed).
func (r *Regions) sight(home system.Home, now time.Time) prober.Sight {
	one := r.seen[home]
	saw := prober.Sight{Active: r.active, Accepts: one.accepts, Answers: one.answers, Keys: one.keys,
		Newest: r.newest(home, now, one.accepts), Nodes: r.nodes(home), Replicas: r.replicas(home, one),
		Kept: r.jobs.last(home), Compared: r.jobs.drift, Drilled: r.jobs.drill,
		Measured: r.jobs.measured, Ratio: 1,
		TakenOver: one.takenOver, CertificateEnds: now.Add(certificateDays * 24 * time.Hour)}
	if one.known {
		saw.Differs = &one.differs
	}
	if r.reaches(home, home.Peer()) {
		millis := roundTripMillis + now.Unix()/60*7%5
		saw.RoundTrip = time.Duration(millis) * time.Millisecond
	}
	return saw
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
	takenOver      *bool
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
	if of.Control.Arbiter != nil {
		out.takenOver = w.takenOver(home, of.Control.LockTable)
	}
	out.differs, out.known = w.inventoryDiffers(home, r.compared[home])
	r.seen[home] = out
}

// reaches reports whether a client in one home gets to the other.
func (r *Regions) reaches(from, to system.Home) bool { return r.up(to) && (from == to || !r.apart()) }

// newest writes a mark into each store where clients write, and sees which is the newest that is here.
func (r *Regions) newest(home system.Home, now time.Time, accepts map[string]bool) map[string]time.Time {
	out := map[string]time.Time{}
	for _, st := range r.System.Stores {
		here := markOf{home, st.Name}
		if accepts[st.Name] {
			r.marks[here] = latest(r.marks[here], now.Add(-r.behind(st, home)))
		}
		if r.marks[here].IsZero() {
			r.marks[here] = r.began
		}
		out[st.Name] = r.marks[here]
	}
	return out
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

// nodes counts what is ready in each zone.
func (r *Regions) nodes(home system.Home) map[string]int {
	of, out := r.World.Inventory.Homes[home], map[string]int{}
	for _, zone := range of.Zones {
		out[zone] = 0
		if r.World.World.ZoneAnswers(zone) == nil {
			out[zone] = max(of.Cluster.RunningNodes, 1)
		}
	}
	return out
}

// replicas are those of each agent. Those of a zone that is lost start again in the others.
func (r *Regions) replicas(home system.Home, one *seen) map[string]prober.Replicas {
	zones, out := 0, map[string]prober.Replicas{}
	for _, n := range r.nodes(home) {
		if n > 0 {
			zones++
		}
	}
	for _, a := range r.System.Agents {
		ready := int(one.ready[a.Name])
		out[a.Name] = prober.Replicas{Wanted: int(one.wanted[a.Name]), Ready: ready, Zones: min(ready, zones)}
	}
	return out
}

// What the simulated regions do not know, as long as it is well (assumed).
const (
	certificateDays = 200
	roundTripMillis = 25
)

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
