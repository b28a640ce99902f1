package world

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kindEvent is the kind of events where they are kept: in records and snapshots an event
// is an entity like any other.
const kindEvent = "Redoubt::World::Event"

const eventFormat = "2006-01-02T15:04:05.000000000Z"

// event is something that happens by itself at a time. It is never changed.
type event struct {
	at   time.Time
	name string
	// sum is that of the document.
	sum     uint64
	in      Document
	created time.Time
	// own events were planned in this world by what no memory knows.
	own bool
}

// compare is the order in which events happen: that of their ids.
func (e *event) compare(o *event) int {
	switch {
	case !e.at.Equal(o.at):
		return e.at.Compare(o.at)
	case e.name != o.name:
		return strings.Compare(e.name, o.name)
	case e.sum < o.sum:
		return -1
	case e.sum > o.sum:
		return 1
	}
	return 0
}

func (e *event) id() string {
	return fmt.Sprintf("%s/%s/%016x", e.at.Format(eventFormat), e.name, e.sum)
}

// entity is the event as it is kept.
func (e *event) entity() *Entity {
	return &Entity{
		Kind: kindEvent, Region: Global, Created: e.created, In: e.in, ID: e.id(),
		Out: Document{"At": e.at.Format(time.RFC3339Nano), "Event": e.name},
	}
}

func (e *event) ref() Ref { return Ref{kindEvent, Global, e.id()} }

// eventOf reads what entity wrote.
func eventOf(id string, in Document, created time.Time) *event {
	e := &event{in: in, created: created}
	when, rest, _ := strings.Cut(id, "/")
	e.at, _ = time.Parse(time.RFC3339Nano, when)
	name, sum, _ := strings.Cut(rest, "/")
	e.name = name
	e.sum, _ = strconv.ParseUint(sum, 16, 64)
	return e
}

// sumOf is the sum of an event's document.
func sumOf(name string, doc Document) uint64 { return sumValue(sumText(sumBasis, name), doc) }

// sumBasis and sumPrime are those of FNV-1a.
const (
	sumBasis = 14695981039346656037
	sumPrime = 1099511628211
)

// sumValue goes on with a sum by a value: two that are one JSON have one sum.
func sumValue(h uint64, v any) uint64 {
	switch v := v.(type) {
	case string:
		return sumText(h, v)
	case Document:
		all := uint64(0)
		for name, one := range v { // in any order
			all += sumValue(sumText(sumBasis, name), one)
		}
		return (h ^ all) * sumPrime
	case []any:
		for _, one := range v {
			h = sumValue(h, one)
		}
		return (h ^ uint64(len(v))) * sumPrime
	case bool:
		return sumText(h, strconv.FormatBool(v))
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("document of an event: " + err.Error()) // documents are JSON by construction
	}
	return sumText(h, string(raw))
}

func sumText(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * sumPrime
	}
	return (h ^ 0xff) * sumPrime
}

// agenda are the events to come, in their order. It is never changed in place.
type agenda []*event

// with returns an agenda that has the event. Two equal events at one time are one.
func (a agenda) with(e *event) agenda {
	n, has := slices.BinarySearchFunc(a, e, (*event).compare)
	out := make(agenda, 0, len(a)+1)
	out = append(append(out, a[:n]...), e)
	if has {
		n++
	}
	return append(out, a[n:]...)
}

// without returns an agenda that does not have the event.
func (a agenda) without(e *event) agenda {
	n, has := slices.BinarySearchFunc(a, e, (*event).compare)
	if !has {
		return a
	}
	return append(append(make(agenda, 0, len(a)), a[:n]...), a[n+1:]...)
}

// since lists what an agenda has that an older one has not, and what only the older one has.
func (a agenda) since(old agenda) (put, del agenda) {
	for len(a) > 0 || len(old) > 0 {
		switch {
		case len(old) == 0 || len(a) > 0 && a[0].compare(old[0]) < 0:
			put, a = append(put, a[0]), a[1:]
		case len(a) == 0 || a[0].compare(old[0]) > 0:
			del, old = append(del, old[0]), old[1:]
		default:
			if a[0] != old[0] {
				put = append(put, a[0])
			}
			a, old = a[1:], old[1:]
		}
	}
	return put, del
}
