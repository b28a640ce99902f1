// Package alarms lets the alarms of both homes meet what happens in the simulated regions. Once a minute of virtual time
// it takes down what AWS and the prober of each home would publish, from what the world does, and judges every alarm.
// What it tells is simulated.
package alarms

import (
	"errors"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/sim/drive"
	"redoubt/sim/fault"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/judge"
)

// Regions are both homes with their alarms.
type Regions struct {
	World  drive.World
	System *system.System
	// Told are all events so far, in the order of their time.
	Told []Told

	began     time.Time
	catalogue map[system.Home]watch.Catalogue
	series    map[system.Home]*judge.Series
	machines  map[system.Home]*judge.Machine
	active    system.Home
	marks     map[markOf]time.Time
	jobs      *jobs
	bends     []Bend
	seen      map[system.Home]*seen
	compared  map[system.Home]*compared
}

// Told is an event of one home.
type Told struct {
	Home system.Home
	judge.Event
}

// Past is how long ago something last went well when the watch begins. Zero is an hour.
type Past struct{ Backup, Copy, Restore, Drift, Drill, Measured time.Duration }

// markOf is a store's newest mark in a home.
type markOf struct {
	home  system.Home
	store string
}

// vcpus is what the account may have of EC2's vCPUs, and need what a home needs of it; a Bend changes the first.
const (
	vcpus = 512
	need  = 144
)

// Warm is how long values are taken down before alarms are judged: they are made for homes that are watched already.
const Warm = 30 * time.Minute

// New begins to watch. Active is the home that serves.
func New(w drive.World, s *system.System, active system.Home, past Past) *Regions {
	r := &Regions{World: w, System: s, began: w.Now(), active: active, marks: map[markOf]time.Time{},
		catalogue: map[system.Home]watch.Catalogue{}, series: map[system.Home]*judge.Series{}, machines: map[system.Home]*judge.Machine{}, seen: map[system.Home]*seen{},
		compared: map[system.Home]*compared{system.Primary: {}, system.Secondary: {}}}
	places := Places(w.Inventory)
	for _, home := range system.Homes {
		r.catalogue[home] = watch.New(s, home, places)
		r.series[home] = judge.NewSeries(w.Now())
		r.machines[home] = judge.New(r.catalogue[home], r.series[home], r.quota(home))
	}
	r.jobs = newJobs(r, past)
	return r
}

// Places are the homes of an inventory as the watch knows them.
func Places(inv inventory.Inventory) map[system.Home]watch.Place {
	out := map[system.Home]watch.Place{}
	for home, of := range inv.Homes {
		p := watch.PlaceOf(of)
		p.VCPUs = need
		out[home] = p
	}
	return out
}

// Catalogue is what a home watches.
func (r *Regions) Catalogue(home system.Home) watch.Catalogue { return r.catalogue[home] }

// State is that of an alarm of a home.
func (r *Regions) State(home system.Home, part string) judge.State {
	return r.machines[home].State(part)
}

// Firing lists what is in alarm in a home.
func (r *Regions) Firing(home system.Home) []string { return r.machines[home].Firing() }

// Break injects a fault, or its inverse.
func (r *Regions) Break(line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return err
	}
	return r.World.World.Inject(f)
}

// Pass lets time pass, minute by minute. Until returns true where enough has been seen; nil never does.
func (r *Regions) Pass(d time.Duration, until func() bool) error {
	for end := r.World.Now().Add(d); r.World.Now().Before(end); {
		r.World.Advance(r.World.Now().Add(time.Minute))
		if err := r.minute(); err != nil {
			return err
		}
		if until != nil && until() {
			return nil
		}
	}
	return nil
}

// minute takes down one minute, and judges. A region that is lost neither takes values nor judges.
func (r *Regions) minute() error {
	now := r.World.Now()
	r.jobs.run(now)
	for _, home := range system.Homes {
		r.natives(home, now)
		if r.probes(home) {
			r.probe(home, now)
		}
	}
	var errs []error
	for _, home := range system.Homes {
		if !r.up(home) || now.Before(r.began.Add(Warm)) {
			continue
		}
		events, err := r.machines[home].Tick(now)
		errs = append(errs, err)
		for _, e := range events {
			r.Told = append(r.Told, Told{home, e})
		}
	}
	return errors.Join(errs...)
}

func (r *Regions) region(home system.Home) string { return r.World.Regions[home] }

// up reports whether the home's region is there.
func (r *Regions) up(home system.Home) bool {
	return !slices.ContainsFunc(r.World.World.Faults(), func(f fault.Fault) bool {
		return f.Kind == fault.RegionDown && f.Region == r.region(home)
	})
}

// apart reports whether nothing gets from one home to the other.
func (r *Regions) apart() bool {
	return r.World.World.Apart(r.region(system.Primary), r.region(system.Secondary))
}

// put puts a value into the region of a home, as it is or bent.
func (r *Regions) put(home system.Home, m watch.Metric, at time.Time, value float64) {
	if !r.up(home) {
		return
	}
	there := true
	for _, b := range r.bends {
		if b.fits(m) {
			value, there = b.Value(at.Sub(b.since), value)
		}
	}
	if there {
		r.series[home].Put(m, at, value)
	}
}

// Put puts one value into the region of a home, as somebody may by hand.
func (r *Regions) Put(home system.Home, m watch.Metric, value float64) {
	r.put(home, m, r.World.Now(), value)
}

// Heard are the keys of the prober's metrics that the region of a home was given a value of.
func (r *Regions) Heard(home system.Home) []string { return r.series[home].Metrics(watch.Namespace) }

// Bend changes values on their way into a metric: it stands for what the simulated regions do not know, such as a
// program that answers with errors. That AWS or the prober would publish such values then is assumed.
type Bend struct {
	// Metric is the metric's name, and Where some of its dimensions.
	Metric string
	Where  map[string]string
	// Value is what becomes of a value so long after the beginning; false is no value.
	Value func(since time.Duration, was float64) (float64, bool)
	since time.Time
}

func (b Bend) fits(m watch.Metric) bool {
	if m.Name != b.Metric {
		return false
	}
	for dim, value := range b.Where {
		if m.Dimensions[dim] != value {
			return false
		}
	}
	return true
}

// Bend begins a bend.
func (r *Regions) Bend(b Bend) {
	b.since = r.World.Now()
	r.bends = append(r.bends, b)
}

// Straighten ends all bends.
func (r *Regions) Straighten() { r.bends = nil }

// quota answers SERVICE_QUOTA: of EC2's vCPUs alone.
func (r *Regions) quota(home system.Home) func(watch.Metric) (float64, bool) {
	return func(m watch.Metric) (float64, bool) {
		if m.Namespace != "AWS/Usage" {
			return 0, false
		}
		value := float64(vcpus)
		for _, b := range r.bends {
			if b.Metric == "SERVICE_QUOTA" && b.Where[watch.DimHome] == string(home) {
				value, _ = b.Value(r.World.Now().Sub(b.since), value)
			}
		}
		return value, true
	}
}
