package world

import (
	"hash/maphash"
	"math"
	"unsafe"
)

// twins are what was written to a seat by acts that nobody remembers. Two worlds in which
// the same came of it share it from then on.
type twins struct {
	// known are by the sums of their contents.
	known  map[uint64]*Entity
	misses int
}

// What is kept at most of a seat, and how often it is looked at in vain.
const (
	mostTwins  = 1 << 10
	mostMisses = 200
)

// estrange says whether what is in a seat is of this world alone.
func (s *state) estrange(seat seat, strange bool) {
	if at(s.strange, seat.at) == strange {
		return
	}
	by := -1
	if strange {
		by = 1
	}
	put(&s.strange, seat.at, strange)
	for _, n := range [...]int{seat.place, seat.all} {
		put(&s.strangers, n, at(s.strangers, n)+by)
	}
}

// twins puts in the place of each entity that is about to be written the same one as another world wrote it. With a
// memory, what no other world has written is strange.
func (s *state) twins(written []*Entity) (strange []bool) {
	if s.memory == nil {
		return nil
	}
	strange = make([]bool, len(written))
	for n, e := range written {
		written[n] = s.memory.twin(s.dir.seat(e.ref()).at, e)
		strange[n] = written[n] == e
	}
	return strange
}

// twin returns the same entity as another world wrote it, or e.
func (m *Memory) twin(seat int, e *Entity) *Entity {
	of := m.twins[seat]
	if of == nil {
		of = &twins{known: map[uint64]*Entity{}}
		m.twins[seat] = of
	}
	if of.misses > mostMisses {
		return e
	}
	sum := e.sum()
	if one := of.known[sum]; one != nil && one.like(e) {
		of.misses = 0
		return one
	}
	of.misses++
	if len(of.known) == mostTwins {
		clear(of.known)
	}
	of.known[sum] = e
	return e
}

var sumSeed = maphash.MakeSeed()

// sum is the same for two entities of one name that are alike.
func (e *Entity) sum() uint64 { return sumOfValue(e.In)*3 + sumOfValue(e.Out) }

// sumOfValue is a number for what is in a document; the order of names does not matter.
func sumOfValue(v any) (sum uint64) {
	const spread = 0x9E3779B97F4A7C15
	switch x := v.(type) {
	case map[string]any:
		for name, one := range x {
			sum += (maphash.String(sumSeed, name) ^ sumOfValue(one)) * spread
		}
		return sum + 1
	case []any:
		for _, one := range x {
			sum = (sum + sumOfValue(one) + 2) * spread
		}
		return sum
	case string:
		return maphash.String(sumSeed, x)
	case float64:
		return math.Float64bits(x) * spread
	case bool:
		if x {
			return spread
		}
	}
	return 0
}

// like reports whether two entities of one name are the same.
func (e *Entity) like(o *Entity) bool {
	return e.ARN == o.ARN && e.Token == o.Token && e.Generation == o.Generation &&
		len(e.Out) == len(o.Out) && same(e.Out, o.Out) && same(e.In, o.In)
}

// list is the sorted list of a place of that content, if anybody ever asked for it.
func (m *Memory) list(place int, mark uint64) *[]*Entity {
	if m == nil {
		return nil
	}
	return m.lists[content{place, mark}]
}

// mostLists bounds the lists that are kept.
const mostLists = 4096

func (m *Memory) keep(place int, mark uint64, list *[]*Entity) {
	if m == nil {
		return
	}
	if len(m.lists) == mostLists {
		clear(m.lists)
	}
	m.lists[content{place, mark}] = list
}

// keepPick keeps what was picked from a list.
func (m *Memory) keepPick(p pick) {
	if m == nil {
		return
	}
	if len(m.picks) == mostLists {
		clear(m.picks)
	}
	m.picks[&p.all[0]] = p
}

// address is where a document is.
func address(d Document) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&d)) } //nolint:gosec // a map is a pointer

// mark is a number for an entity as it is: entities are never changed and never moved.
func mark(e *Entity) uint64 {
	if e == nil {
		return 0
	}
	h := uint64(uintptr(unsafe.Pointer(e))) //nolint:gosec // the address is the identity
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}
