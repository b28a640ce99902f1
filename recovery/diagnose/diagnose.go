// Package diagnose turns observations into a finding, with the evidence for
// and against it. It is pure, and is never told the fault.
//
// What it must not do is to take a line that is cut, flaps, or an observer that
// went silent for the loss of a region: two regions that cannot see each other
// look the same to each of them as a dead peer does.
package diagnose

import (
	"fmt"
	"slices"
	"time"

	"redoubt/system"
)

// State is what an observer saw.
type State string

// The states. An observer that could not look says nothing: it is Unknown.
const (
	Good    State = "good"
	Bad     State = "bad"
	Unknown State = "unknown"
)

// Aspect is what was looked at.
type Aspect string

// The aspects.
const (
	// Entry is whether users' requests are answered by the home.
	Entry Aspect = "entry"
	// Control is whether the region's control plane answers.
	Control Aspect = "control"
	// Writes is whether a store takes writes in the home.
	Writes Aspect = "writes"
	// Content is whether what a store holds is what was written: checksums, the
	// witness's marks, a person's word.
	Content Aspect = "content"
	// Zone is whether what runs in one zone of the home answers.
	Zone Aspect = "zone"
	// Dependency is whether an outside service answers.
	Dependency Aspect = "dependency"
)

// Observation is one look of one observer.
type Observation struct {
	// Observer names who looked: a home, or the arbiter.
	Observer string    `json:"observer"`
	At       time.Time `json:"at"`
	Aspect   Aspect    `json:"aspect"`
	// Home is the home that was looked at; empty for a dependency.
	Home system.Home `json:"home,omitempty"`
	// Name is the store, zone or dependency.
	Name  string `json:"name,omitempty"`
	State State  `json:"state"`
	// Detail is what was seen, for a person.
	Detail string `json:"detail,omitempty"`
}

// String says who saw what, when.
func (o Observation) String() string {
	what := string(o.Aspect)
	if o.Name != "" {
		what += " " + o.Name
	}
	if o.Home != "" {
		what += " of the " + string(o.Home) + " home"
	}
	return fmt.Sprintf("%s, %s: %s is %s (%s)", o.At.UTC().Format(time.RFC3339), o.Observer, what, o.State, o.Detail)
}

// Kind is what we believe.
type Kind string

// The findings, the widest first.
const (
	// RegionLost: a quorum of observers outside the home sees nothing of it.
	RegionLost Kind = "region lost"
	// RegionSilent: the peer sees nothing of the home, and nobody else can look. It
	// is lost or cut off; which of them nobody here can tell.
	RegionSilent Kind = "region silent"
	// Partitioned: one observer outside sees nothing of the home, another sees it well.
	Partitioned Kind = "partitioned"
	// ZoneLost: one zone of a home that otherwise answers.
	ZoneLost Kind = "zone lost"
	// StoreCorrupt: a store answers, and what it holds is wrong.
	StoreCorrupt Kind = "store corrupt"
	// WriterLost: a store of a home that otherwise answers takes no writes.
	WriterLost Kind = "writer lost"
	// DependencyLost: an outside service does not answer.
	DependencyLost Kind = "dependency lost"
	// Unclear: something is wrong, and what was seen is too old, too short or too
	// contradictory to act on.
	Unclear Kind = "unclear"
	// Healthy: nothing is wrong.
	Healthy Kind = "healthy"
)

// Finding is what we believe after looking.
type Finding struct {
	Kind Kind        `json:"kind"`
	Home system.Home `json:"home,omitempty"`
	// Name is the store, zone or dependency that is lost.
	Name string `json:"name,omitempty"`
	// Since is when what is lost was first seen so, without a break since.
	Since time.Time `json:"since,omitzero"`
	// Why says in a sentence how the evidence leads here.
	Why string `json:"why"`
	// For is the evidence, Against what speaks against it.
	For     []Observation `json:"for,omitempty"`
	Against []Observation `json:"against,omitempty"`
}

// Rules say how much evidence is enough.
type Rules struct {
	// Observers are all that should be looking; a home is named as its home.
	Observers []string
	// Quorum is how many observers outside a home must have lost it.
	Quorum int
	// Fresh is how old an observation may be.
	Fresh time.Duration
	// Quiet is how long something must have been bad without a break.
	Quiet time.Duration
	// Flaps is how many changes within Fresh make a line one that flaps.
	Flaps int
	// Skew is how far the clocks of two observers may lie apart; zero takes them for one.
	Skew time.Duration
	// Gap is the longest silence between two looks, and since the last, through which something still counts as bad
	// without a break; zero asks for none.
	Gap time.Duration
}

// DefaultRules are those of two homes and, when there is one, the arbiter. A
// quorum of two is the majority of three: the home itself, its peer, the arbiter.
func DefaultRules(arbiter bool) Rules {
	r := Rules{
		Observers: []string{string(system.Primary), string(system.Secondary)}, Quorum: 2,
		Fresh: 5 * time.Minute, Quiet: time.Minute, Flaps: 3,
	}
	if arbiter {
		r.Observers = append(r.Observers, "arbiter")
	}
	return r
}

// Find returns what the observations lead to at a time, the widest finding
// first: a lost region explains a lost writer in it.
func Find(now time.Time, all []Observation, r Rules) Finding {
	l := look(now, all, r)
	for _, find := range []func() (Finding, bool){
		l.region, l.zone, l.corrupt, l.writer, l.dependency, l.unclear,
	} {
		if f, found := find(); found {
			return f
		}
	}
	return Finding{Kind: Healthy, Why: "nothing that was looked at is bad", For: l.latest()}
}

// line is what one observer sees of one thing.
type line struct {
	observer string
	aspect   Aspect
	home     system.Home
	name     string
}

// sight is a line with what was seen on it.
type sight struct {
	line
	of *history
	// newest is the place of what was seen last.
	newest int
}

// history is everything that was seen, the oldest first, with the place of what was seen on the same line before; -1 is none.
type history struct {
	seen   []Observation
	before []int
}

// looked is everything that is fresh, by line.
type looked struct {
	now    time.Time
	rules  Rules
	sights []sight
}

// lines is how many lines there is room for: those of two homes of the example are somewhat fewer.
const lines = 64

func look(now time.Time, all []Observation, r Rules) looked {
	sorted, byTime := all, func(a, b Observation) int { return a.At.Compare(b.At) }
	if !slices.IsSortedFunc(sorted, byTime) {
		sorted = slices.Clone(all)
		slices.SortStableFunc(sorted, byTime)
	}
	l, h := looked{now: now, rules: r, sights: make([]sight, 0, lines)}, &history{sorted, make([]int, len(sorted))}
	at, next := make(map[line]int, lines), 0
	for n := range sorted {
		o := &sorted[n]
		if o.State == Unknown || o.At.After(now.Add(r.Skew)) || now.Sub(o.At) > r.Fresh || !slices.Contains(r.Observers, o.Observer) {
			continue
		}
		key := line{o.Observer, o.Aspect, o.Home, o.Name}
		if next == len(l.sights) || l.sights[next].line != key { // observers look in the same order each time
			var known bool
			if next, known = at[key]; !known {
				next = len(l.sights)
				at[key] = next
				l.sights = append(l.sights, sight{key, h, -1})
			}
		}
		s := &l.sights[next]
		h.before[n], s.newest = s.newest, n
		next = (next + 1) % len(l.sights)
	}
	return l
}

func (s *sight) last() *Observation { return &s.of.seen[s.newest] }

// all is everything that was seen.
func (s *sight) all() (out []Observation) {
	for n := s.newest; n >= 0; n = s.of.before[n] {
		out = append(out, s.of.seen[n])
	}
	slices.Reverse(out)
	return out
}

// flaps reports whether the line changed too often to be believed.
func (s *sight) flaps(r Rules) bool {
	changes := 0
	for n := s.newest; n >= 0; n = s.of.before[n] {
		if b := s.of.before[n]; b >= 0 && s.of.seen[n].State != s.of.seen[b].State {
			changes++
		}
	}
	return changes >= r.Flaps
}

// bad reports whether the thing has been bad without a break for the quiet
// period by the clock of whoever asks, which may run before the observer's, and is so on a line that does not flap.
func (s *sight) bad(now time.Time, r Rules) bool {
	return s.last().State == Bad && now.Sub(s.since(now, r)) >= r.Quiet+r.Skew && !s.flaps(r)
}

// since is when the thing began to be bad without a break, now when it is not.
func (s *sight) since(now time.Time, r Rules) time.Time {
	heard := now
	for n := s.newest; n >= 0 && s.of.seen[n].State == Bad; n = s.of.before[n] {
		at := s.of.seen[n].At
		if r.Gap > 0 && heard.Sub(at) > r.Gap+r.Skew {
			break
		}
		now, heard = at, at
	}
	return now
}

// since is when a home was first lost on any line of the observers.
func (l looked) since(home system.Home, observers []string) time.Time {
	at := l.now
	for n := range l.sights {
		s := &l.sights[n]
		if s.home != home || !slices.Contains(observers, s.observer) || s.aspect == Content || s.aspect == Zone {
			continue
		}
		if began := s.since(l.now, l.rules); began.Before(at) {
			at = began
		}
	}
	return at
}

// latest returns the last observation of every line.
func (l looked) latest() []Observation {
	out := make([]Observation, 0, len(l.sights))
	for n := range l.sights {
		out = append(out, *l.sights[n].last())
	}
	return out
}
