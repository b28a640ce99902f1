package world

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// place is one kind in one region; region "" is all regions together.
type place struct{ kind, region string }

// directory numbers the places and the entities that a world and its forks ever
// held, so that each of them keeps its content in plain lists. It only grows.
type directory struct {
	mu     sync.RWMutex
	seats  map[Ref]seat
	places map[place]int
	arns   map[string]int
	// members are the seats of a place.
	members [][]int
	// parts are the regions' places of one that is all regions together, in the order of the regions.
	parts [][]int
	names []place
}

// seat is where an entity is kept: its own number, that of its place, and that
// of the place of its kind in all regions.
type seat struct{ at, place, all int }

func newDirectory() *directory {
	return &directory{seats: map[Ref]seat{}, places: map[place]int{}, arns: map[string]int{}}
}

// clone is a directory with the same numbers, which grows by itself from then on.
func (d *directory) clone() *directory {
	d.mu.RLock()
	defer d.mu.RUnlock()
	c := &directory{seats: maps.Clone(d.seats), places: maps.Clone(d.places), arns: maps.Clone(d.arns), names: slices.Clone(d.names)}
	for n := range d.members {
		c.members, c.parts = append(c.members, slices.Clone(d.members[n])), append(c.parts, slices.Clone(d.parts[n]))
	}
	return c
}

// find returns where an entity is kept, if any of its name ever was.
func (d *directory) find(r Ref) (seat, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	s, known := d.seats[r]
	return s, known
}

// seat returns where an entity is kept from now on.
func (d *directory) seat(r Ref) seat {
	if s, known := d.find(r); known {
		return s
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, known := d.seats[r]; known {
		return s
	}
	at := d.placeOf(place{r.Kind, r.Region})
	s := seat{len(d.seats), at, d.places[place{r.Kind, ""}]}
	d.seats[r] = s
	d.members[at] = append(d.members[at], s.at)
	return s
}

// place returns the number of a place.
func (d *directory) place(p place) int {
	d.mu.RLock()
	n, known := d.places[p]
	d.mu.RUnlock()
	if known {
		return n
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.placeOf(p)
}

func (d *directory) placeOf(p place) int {
	if n, known := d.places[p]; known {
		return n
	}
	all := 0
	if p.region != "" {
		all = d.placeOf(place{p.kind, ""})
	}
	n := len(d.names)
	d.places[p] = n
	d.names, d.members, d.parts = append(d.names, p), append(d.members, nil), append(d.parts, nil)
	if p.region != "" {
		d.parts[all] = append(slices.Clone(d.parts[all]), n)
		slices.SortFunc(d.parts[all], func(a, b int) int { return strings.Compare(d.names[a].region, d.names[b].region) })
	}
	return n
}

// inside returns the seats of a place, or the places that it is made of.
func (d *directory) inside(n int) (members, parts []int) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.members[n], d.parts[n]
}

// name is the place of a number.
func (d *directory) name(n int) place {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.names[n]
}

// arn returns the number of an ARN, if any entity ever had it.
func (d *directory) arn(arn string) (int, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	n, known := d.arns[arn]
	return n, known
}

// newARN returns the number of an ARN from now on.
func (d *directory) newARN(arn string) int {
	if n, known := d.arn(arn); known {
		return n
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, known := d.arns[arn]
	if !known {
		n = len(d.arns)
		d.arns[arn] = n
	}
	return n
}
