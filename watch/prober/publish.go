package prober

import (
	"maps"
	"math"
	"slices"
	"time"

	"redoubt/system"
	"redoubt/watch"
)

// Every is how long a round is. The alarms count on it.
const Every = time.Minute

// Put is one value of one metric, and the home in whose region it is put.
type Put struct {
	Into   system.Home
	Metric watch.Metric
	Value  float64
}

// puts gathers what one prober publishes.
type puts struct {
	sys  *system.System
	home system.Home
	out  []Put
}

// here publishes in the prober's own region.
func (p *puts) here(name string, value float64, dims ...string) {
	p.out = append(p.out, Put{p.home, watch.Probed(p.sys, name, dims...), value})
}

// both publishes in the other region too: what only this home can know and the other must.
func (p *puts) both(name string, value float64, dims ...string) {
	p.here(name, value, dims...)
	p.out = append(p.out, Put{p.home.Peer(), watch.Probed(p.sys, name, dims...), value})
}

// Publish is what the prober of a home publishes of what it saw, in the order of the metrics of each subject.
func Publish(s *system.System, home system.Home, now time.Time, saw Sight) []Put {
	p := &puts{sys: s, home: home}
	p.both(watch.Alive, 1, string(home))
	p.stores(now, saw)
	p.entries(saw)
	p.cluster(saw)
	p.kept(now, saw)
	p.rest(now, saw)
	return p.out
}

// stores tells whether each store takes writes, and how old the newest is that is here. The next write would have come a
// beat later: until then the age of a copy that is up to date grows.
func (p *puts) stores(now time.Time, saw Sight) {
	for _, st := range p.sys.Stores {
		if ok, tried := saw.Accepts[st.Name]; tried {
			p.here(watch.Accepts, share(ok), string(p.home), st.Name)
		}
		if at := saw.Newest[st.Name]; !at.IsZero() {
			age := max(now.Sub(at), 0) + watch.Beat(p.sys, st)
			p.here(watch.MarkAge, age.Seconds(), string(p.home), st.Name)
		}
	}
}

// entries tells of each public agent whether it answers, and of each tier whether all of it works where it serves.
func (p *puts) entries(saw Sight) {
	for _, to := range system.Homes {
		for _, a := range p.sys.Public() {
			if ok, asked := saw.Answers[to][a.Name]; asked {
				p.here(watch.Answers, share(ok), string(to), string(p.home), a.Name)
			}
		}
	}
	for _, t := range p.sys.Tiers {
		ok, known := true, saw.Active.Valid()
		for _, st := range p.sys.Stores {
			if st.Tier == t.Name {
				takes, tried := saw.Accepts[st.Name]
				ok, known = ok && takes, known && tried
			}
		}
		for _, a := range p.sys.Public() {
			if a.Tier == t.Name {
				answers, asked := saw.Answers[saw.Active][a.Name]
				ok, known = ok && answers, known && asked
			}
		}
		if known {
			p.here(watch.Available, share(ok), string(p.home), t.Name)
		}
	}
}

// cluster tells of the home's nodes and pods, in both regions.
func (p *puts) cluster(saw Sight) {
	for _, zone := range slices.Sorted(maps.Keys(saw.Nodes)) {
		p.both(watch.NodesReady, float64(saw.Nodes[zone]), string(p.home), zone)
	}
	for _, a := range p.sys.Agents {
		r, seen := saw.Replicas[a.Name]
		if !seen {
			continue
		}
		part, zones := 1.0, len(saw.Nodes)
		switch {
		case r.Wanted == 1 && r.Ready == 0:
			part, zones = 0, 0
		case r.Wanted > 1: // one replica is in one zone on purpose, and none in none
			part, zones = math.Min(float64(r.Ready)/float64(r.Wanted), 1), r.Zones
		}
		p.both(watch.ReadyShare, part, string(p.home), a.Name)
		if len(saw.Nodes) > 0 || r.Wanted > 1 {
			p.both(watch.ReadyZones, float64(zones), string(p.home), a.Name)
		}
	}
}

// kept tells how old everything is that the home's vault holds. What was never made has no age.
func (p *puts) kept(now time.Time, saw Sight) {
	for _, store := range slices.Sorted(maps.Keys(saw.Kept)) {
		k := saw.Kept[store]
		for _, one := range []struct {
			metric string
			at     time.Time
		}{{watch.BackupAge, k.Backup}, {watch.CopyAge, k.Copied}, {watch.RestoreAge, k.Restored}} {
			if !one.at.IsZero() {
				p.here(one.metric, now.Sub(one.at).Hours(), string(p.home), store)
			}
		}
	}
}

func (p *puts) rest(now time.Time, saw Sight) {
	home := string(p.home)
	if saw.RoundTrip > 0 {
		p.here(watch.RoundTrip, float64(saw.RoundTrip)/float64(time.Millisecond), string(p.home.Peer()), home)
	}
	if !saw.CertificateEnds.IsZero() {
		p.here(watch.CertificateDays, days(saw.CertificateEnds.Sub(now)), home)
	}
	for _, purpose := range slices.Sorted(maps.Keys(saw.Keys)) {
		p.here(watch.KeyUsable, share(saw.Keys[purpose]), home, purpose)
	}
	if saw.Differs != nil {
		p.here(watch.InventoryDiffers, share(*saw.Differs), home)
	}
	if saw.TakenOver != nil {
		p.here(watch.TakenOver, share(*saw.TakenOver), home)
	}
	if !saw.Compared.IsZero() {
		p.here(watch.DriftAge, days(now.Sub(saw.Compared)), home)
	}
	if !saw.Drilled.IsZero() {
		p.here(watch.DrillAge, days(now.Sub(saw.Drilled)), home)
	}
	if !saw.Measured.IsZero() {
		p.here(watch.MeasuredAge, days(now.Sub(saw.Measured)), home)
	}
	if saw.Ratio > 0 {
		p.here(watch.MeasuredRatio, saw.Ratio, home)
	}
}

// Fire is the test page of a home, which is put by hand.
func Fire(s *system.System, home system.Home) Put {
	return Put{home, watch.Probed(s, watch.TestFire, string(home)), 1}
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

func share(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}
