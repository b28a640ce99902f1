// Package place makes the simulated regions a place for drills: on a fork, so that nobody else sees what a drill breaks.
package place

import (
	"context"
	"slices"
	"sync"
	"time"
	"unsafe"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/drive"
	"redoubt/sim/fault"
	"redoubt/sim/marks"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/witness"
)

// Every is the interval between two marks, and the margin of every figure.
const Every = time.Second

// Place is a fork of the simulated regions with a witness in it.
type Place struct {
	*marks.Witness
	World  drive.World
	family *family
	// needs are the services outside that observers look at.
	needs []string
	// pending are the faults that have not happened yet, the earliest first.
	pending []pending
	// broken is the first fault that could not be injected.
	broken error
	// journals are those of the runs here.
	journals []*journal.Memory
}

// journals is room for the journals of runs, drivers that for walking them.
var (
	journals = sync.Pool{New: func() any { return &journal.Memory{} }}
	drivers  = sync.Pool{New: func() any { return &execute.Virtual{} }}
)

type pending struct {
	at    time.Time
	fault fault.Fault
}

var (
	_ drill.Place       = (*Place)(nil)
	_ drill.Remembering = (*Place)(nil)
	_ execute.Time      = (*Place)(nil)
)

// New forks the world. Every duration of the fork is drawn with the seed; without one each takes what is typical.
func New(w drive.World, sys *system.System, active system.Home, seed uint64) (*Place, error) {
	w.World = w.World.Fork()
	if seed != 0 {
		if err := w.World.Draw(seed); err != nil {
			return nil, err
		}
	}
	out := &Place{World: w, Witness: marks.New(w, sys, active, Every), family: &family{}}
	for _, d := range sys.Dependencies {
		out.needs = append(out.needs, d.Name)
	}
	return out, nil
}

// Fork is the same place, where every duration from now on is drawn with a seed. What happens in either is not seen in
// the other.
func (p *Place) Fork(seed uint64) (*Place, error) {
	w := p.World
	w.World = w.World.Fork()
	if err := w.World.Draw(seed); err != nil {
		return nil, err
	}
	return &Place{World: w, Witness: p.Witness.Fork(w), family: p.family, needs: p.needs,
		pending: slices.Clone(p.pending)}, nil
}

// Done gives back the room of a place of which nobody asks anything any more, nor looks at the records of its runs.
func (p *Place) Done() {
	for _, j := range p.journals {
		j.Clear()
		journals.Put(j)
	}
	p.World.World.Done()
}

// Kind tells that nothing here was measured.
func (p *Place) Kind() witness.Kind { return witness.Simulated }

// Now is the world's time.
func (p *Place) Now() time.Time { return p.World.World.Now() }

// Port makes calls from outside both homes.
func (p *Place) Port() plan.Port { return asking{drive.Remembering{World: p.World}} }

// asking remembers the answers of single calls, too.
type asking struct{ drive.Remembering }

// Call makes one call.
func (a asking) Call(ctx context.Context, c plan.Call) (plan.Document, error) { return a.Ask(ctx, c) }

// Seen takes both inventories for fresh, and traffic for unmoved: a drill begins with homes that are up.
func (p *Place) Seen() planner.Seen {
	return planner.Seen{InventoryAt: map[system.Home]time.Time{system.Primary: p.Now(), system.Secondary: p.Now()}}
}

// Break keeps a fault until its time has come.
func (p *Place) Break(_ context.Context, after time.Duration, line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return err
	}
	p.pending = append(p.pending, pending{p.Now().Add(after), f})
	slices.SortStableFunc(p.pending, func(a, b pending) int { return a.at.Compare(b.at) })
	p.strike()
	return p.broken
}

// strike injects what is due.
func (p *Place) strike() {
	for len(p.pending) > 0 && !p.pending[0].at.After(p.Now()) {
		err := p.World.World.Inject(p.pending[0].fault)
		if err != nil && p.broken == nil {
			p.broken = err
		}
		p.pending = p.pending[1:]
		p.Struck()
	}
}

// Wait lets time pass.
func (p *Place) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.Advance(p.Now().Add(d))
	return p.broken
}

// Advance moves the time, and breaks what falls due on the way.
func (p *Place) Advance(to time.Time) {
	for len(p.pending) > 0 && !p.pending[0].at.After(to) {
		p.Witness.Advance(p.pending[0].at)
		p.strike()
	}
	p.Witness.Advance(to)
}

// NextChange is when something may change next by itself.
func (p *Place) NextChange() (time.Time, bool) {
	next, will := p.Witness.NextChange()
	if len(p.pending) > 0 && p.pending[0].at.Before(next) {
		next = p.pending[0].at
	}
	return next, will
}

// Observe is one look of an observer in each home.
func (p *Place) Observe(ctx context.Context, active system.Home) []diagnose.Observation {
	var out []diagnose.Observation
	for _, home := range system.Homes {
		o := drive.Observer{World: p.World, Home: home, Active: active, Dependencies: p.needs}
		seen, _ := p.World.World.Part(p.sight(home, active), func() (any, error) { return o.LookAt(ctx, time.Time{}), nil })
		from := len(out)
		out = append(out, seen.([]diagnose.Observation)...)
		for n := range out[from:] {
			out[from+n].At = p.Now()
		}
	}
	return out
}

// LookAgain takes the looks from memory where those before were, and the world shows the same at the same time.
func (p *Place) LookAgain(active system.Home, before *drill.Looks, look func() *drill.Looks) *drill.Looks {
	key := world.Key{Act: world.TextOf("looks"), Texts: [6]world.Text{world.TextOf(active)},
		Refs: [4]unsafe.Pointer{unsafe.Pointer(p.family), unsafe.Pointer(before)}} //nolint:gosec // the addresses name them
	out, _ := p.World.World.Remember(key, func() (any, error) { return look(), nil })
	return out.(*drill.Looks)
}

// sight names what an observer sees of the homes of a family of forks.
func (p *Place) sight(home, active system.Home) world.Key {
	return world.Key{Act: world.TextOf("sight"), Texts: [6]world.Text{world.TextOf(home), world.TextOf(active)},
		Refs: [4]unsafe.Pointer{unsafe.Pointer(p.family)}} //nolint:gosec // the address names the family
}

// family is what the forks of a place have in common: its address names it.
type family struct{ _ byte }

// Run walks a machine in virtual time. Who is asked allows.
func (p *Place) Run(ctx context.Context, core *execute.Core) (execute.Finish, []journal.Record, error) {
	store := journals.Get().(*journal.Memory)
	p.journals = append(p.journals, store)
	v := drivers.Get().(*execute.Virtual)
	defer drivers.Put(v)
	v.Time, v.Port, v.Store, v.Decide = p, watched{drive.Remembering{World: p.World}, p}, store, drill.Allow
	f, err := v.Run(ctx, core)
	if err != nil {
		return f, nil, err
	}
	records, err := store.Load(ctx, "drill")
	return f, records, err
}

// watched lets the witness look after every call that changes something: what it does can be seen at once.
type watched struct {
	drive.Remembering
	place *Place
}

// Make makes a call of a plan.
func (w watched) Make(ctx context.Context, c plan.Call) error {
	before := w.place.World.World.Seq()
	err := w.Remembering.Make(ctx, c)
	if w.place.World.World.Seq() != before {
		w.place.Look()
	}
	return err
}
