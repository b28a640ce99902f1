package world

import (
	"slices"
	"time"
)

// later plans an event. Two equal events at one time are one.
func (t *tx) later(at time.Time, name string, doc Document) {
	t.await(coming{takes: -1, in: at.Sub(t.clock()), name: name, doc: doc, sum: sumOf(name, doc)})
}

// arrives plans what happens when something that is written now to a store is in another region, unless something stands
// in its way then. What is on its way when a lag ends is no faster (assumed).
func (t *tx) arrives(b behaviour, store, from, region, name string, doc Document) {
	most, _ := t.fallen(serviceOf(b), from, region)
	t.await(coming{takes: b, entity: store, region: region, in: most, name: name, doc: doc, sum: sumOf(name, doc)})
}

// laterIn plans an event from now.
func (t *tx) laterIn(d time.Duration, name string, doc Document) {
	c := coming{takes: -1, in: d, name: name, doc: doc}
	if f := t.firing; f != nil && f.name == name && address(f.in) == address(doc) {
		c.sum = f.sum // it happens again
	} else {
		c.sum = sumOf(name, doc)
	}
	t.await(c)
}

// parked is when what waits for the end of a fault happens until that ends.
var parked = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// park plans what a fault stands in the way of.
func (t *tx) park(name string, doc Document) {
	t.await(coming{takes: -1, at: parked, name: name, doc: doc, sum: sumOf(name, doc)})
}

// unpark lets what is parked be tried soon after faults came or went: what still cannot happen is parked again.
func (t *tx) unpark() {
	all := t.events()
	first := len(all)
	for first > 0 && all[first-1].at.Equal(parked) {
		first--
	}
	if first == len(all) {
		return
	}
	list := slices.Clip(all[:first])
	for _, e := range all[first:] {
		one := *e
		one.at = t.clock().Add(resume)
		list = list.with(&one)
	}
	t.coming, t.moved = list, true
}

// await plans an event, and notes it as one that comes again however the time stands.
func (t *tx) await(c coming) {
	if t.notes != nil {
		t.awaited = append(t.awaited, c)
	}
	at := c.at
	if at.IsZero() {
		at = t.at.Add(t.until(c)).UTC()
	}
	t.plan(&event{at: at, name: c.name, sum: c.sum, in: c.doc, created: t.at})
}

// until is how long it takes until what is coming happens.
func (t *tx) until(c coming) time.Duration {
	switch {
	case c.region != "":
		return max(c.in, t.figure(c.takes, c.entity, ">", c.region))
	case c.takes >= 0:
		return t.spent(c.takes, c.entity, c.counts)
	}
	return c.in
}

func (t *tx) plan(e *event) {
	e.own = t.memory != nil && !t.follows
	list := t.events().with(e)
	t.coming, t.moved = list, true
}

// events are those to come, as the transaction knows them.
func (t *tx) events() agenda {
	if t.moved {
		return t.coming
	}
	return t.agenda
}
