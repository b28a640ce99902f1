package diagnose

import (
	"fmt"
	"strings"

	"redoubt/system"
)

// verdict is what one observer outside thinks of a whole home.
type verdict int

const (
	cannotSay verdict = iota
	sees
	lost
)

// of returns what an observer thinks of a home: it is lost when everything that
// was looked at is bad, entry and control plane among it.
func (l looked) of(observer string, home system.Home) (verdict, []*Observation) {
	var seen []*Observation
	bad, entry, control := 0, false, false
	for n := range l.sights {
		s := &l.sights[n]
		if s.observer != observer || s.home != home || s.aspect == Content || s.aspect == Zone {
			continue
		}
		seen = append(seen, s.last())
		if s.bad(l.now, l.rules) {
			bad++
			entry, control = entry || s.aspect == Entry, control || s.aspect == Control
		} else if s.last().State == Good && !s.flaps(l.rules) {
			return sees, []*Observation{s.last()}
		}
	}
	if bad > 0 && bad == len(seen) && entry && control {
		return lost, seen
	}
	return cannotSay, seen
}

// region finds a home that is lost, cut off, or silent.
func (l looked) region() (Finding, bool) {
	for _, home := range system.Homes {
		var lostTo, seenBy, outside []string
		var evidence, against []*Observation
		for _, observer := range l.rules.Observers {
			if observer == string(home) {
				continue // what a home thinks of itself is no evidence of its loss
			}
			outside = append(outside, observer)
			switch v, seen := l.of(observer, home); v {
			case lost:
				lostTo, evidence = append(lostTo, observer), append(evidence, seen...)
			case sees:
				seenBy, against = append(seenBy, observer), append(against, seen...)
			}
		}
		if len(lostTo) == 0 {
			continue
		}
		f := Finding{Home: home, For: values(evidence), Against: values(against), Since: l.since(home, lostTo)}
		switch {
		case len(seenBy) > 0:
			f.Kind = Partitioned
			f.Why = fmt.Sprintf("%s sees nothing of the %s home, %s does", list(lostTo), home, list(seenBy))
		case len(lostTo) >= l.rules.Quorum:
			f.Kind = RegionLost
			f.Why = fmt.Sprintf("%s see nothing of the %s home", list(lostTo), home)
		case len(outside) < l.rules.Quorum:
			f.Kind = RegionSilent
			f.Why = fmt.Sprintf("%s sees nothing of the %s home, and nobody else looks: it is lost or cut off",
				list(lostTo), home)
		default:
			f.Kind = Unclear
			f.Why = fmt.Sprintf("%s sees nothing of the %s home, which is less than the quorum of %d",
				list(lostTo), home, l.rules.Quorum)
		}
		return f, true
	}
	return Finding{}, false
}

func values(of []*Observation) (out []Observation) {
	for _, o := range of {
		out = append(out, *o)
	}
	return out
}

func list(names []string) string { return strings.Join(names, " and ") }

// zone finds one zone that is lost in a home; two of them are more than the
// system is made for, and a person must look.
func (l looked) zone() (Finding, bool) {
	bad := map[system.Home]map[string][]Observation{}
	var first Finding
	for n := range l.sights {
		s := &l.sights[n]
		if s.aspect != Zone || !s.bad(l.now, l.rules) {
			continue
		}
		if bad[s.home] == nil {
			bad[s.home] = map[string][]Observation{}
		}
		bad[s.home][s.name] = append(bad[s.home][s.name], *s.last())
		if first.Home == "" {
			first = Finding{Kind: ZoneLost, Home: s.home, Name: s.name}
		}
	}
	if first.Home == "" {
		return Finding{}, false
	}
	first.For = bad[first.Home][first.Name]
	first.Why = fmt.Sprintf("what runs in zone %s does not answer, the rest of the %s home does", first.Name, first.Home)
	if n := len(bad[first.Home]); n > 1 {
		first.Kind = Unclear
		first.Why = fmt.Sprintf("%d zones of the %s home do not answer: that is more than it is made for", n, first.Home)
	}
	return first, true
}

// store finds a store of which an aspect is bad to some observer and good to none.
func (l looked) store(aspect Aspect) (Finding, bool) {
	for n := range l.sights {
		s := &l.sights[n]
		if s.aspect != aspect || !s.bad(l.now, l.rules) {
			continue
		}
		f := Finding{Home: s.home, Name: s.name}
		for n := range l.sights {
			other := &l.sights[n]
			if other.aspect != aspect || other.home != s.home || other.name != s.name {
				continue
			}
			if other.last().State == Good {
				f.Against = append(f.Against, *other.last())
			} else {
				f.For = append(f.For, *other.last())
			}
		}
		return f, true
	}
	return Finding{}, false
}

func (l looked) corrupt() (Finding, bool) {
	f, found := l.store(Content)
	if !found {
		return f, false
	}
	f.Kind, f.Why = StoreCorrupt, fmt.Sprintf("store %s answers, and what it holds is not what was written", f.Name)
	if len(f.Against) > 0 {
		f.Kind, f.Why = Unclear, fmt.Sprintf("observers disagree whether the content of store %s is right", f.Name)
	}
	return f, true
}

func (l looked) writer() (Finding, bool) {
	f, found := l.store(Writes)
	if !found {
		return f, false
	}
	f.Kind = WriterLost
	f.Why = fmt.Sprintf("store %s takes no writes in the %s home, which otherwise answers", f.Name, f.Home)
	if len(f.Against) > 0 {
		f.Kind, f.Why = Unclear, fmt.Sprintf("observers disagree whether store %s takes writes", f.Name)
	}
	return f, true
}

// dependency finds an outside service that no observer reaches.
func (l looked) dependency() (Finding, bool) {
	f, found := l.store(Dependency)
	if !found {
		return f, false
	}
	f.Kind, f.Why = DependencyLost, fmt.Sprintf("%s does not answer any observer", f.Name)
	if len(f.Against) > 0 {
		f.Kind = Unclear
		f.Why = fmt.Sprintf("%s answers %s: the fault lies on the way", f.Name, f.Against[0].Observer)
	}
	return f, true
}

// unclear catches what is bad, but not for long enough, or flaps.
func (l looked) unclear() (Finding, bool) {
	for n := range l.sights {
		s := &l.sights[n]
		switch {
		case s.flaps(l.rules):
			return Finding{Kind: Unclear, Home: s.home, Name: s.name, For: s.all(),
				Why: fmt.Sprintf("what %s sees of %s changes too often to be believed", s.observer, s.what())}, true
		case s.last().State == Bad:
			return Finding{Kind: Unclear, Home: s.home, Name: s.name, For: []Observation{*s.last()},
				Why: fmt.Sprintf("%s is bad to %s, not yet for %s", s.what(), s.observer, l.rules.Quiet)}, true
		}
	}
	if len(l.sights) == 0 {
		return Finding{Kind: Unclear, Why: fmt.Sprintf("nobody has looked within %s", l.rules.Fresh)}, true
	}
	return Finding{}, false
}

func (s sight) what() string {
	if s.name != "" {
		return string(s.aspect) + " " + s.name
	}
	return fmt.Sprintf("the %s of the %s home", s.aspect, s.home)
}
