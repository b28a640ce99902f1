package world

import (
	"slices"
	"time"
)

// eventFlip ends a row of contrary answers that is long enough to turn a check.
const eventFlip = "TurnHealthCheck"

// contraryRow is kept of a check whose endpoint answers otherwise than it shows: the number of that row of
// answers. A number says which row it is as well as the time of its beginning would, and a memory meets it again.
const (
	contraryRow = "ContraryRow"
	rowsBegun   = "RowsBegun"
)

// watch lets every check of an endpoint see what its endpoint does now. The
// checkers ask at their own interval, and a row of as many contrary answers as the
// threshold turns the status: interval times threshold after the endpoint turned.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
// An endpoint that answers well again before that begins a new row. That many checkers
// in many regions agree at the same moment is assumed.
func (t *tx) watch() {
	if !t.remembers() {
		t.see()
		return
	}
	t.fold()
	if t.world.Holds(&t.world.watched) {
		return // they see what they saw, and nothing has come of it
	}
	t.world.watched = t.world.Hold(watchKey, func() (any, error) {
		sub := t.world.begin()
		defer t.world.end(sub)
		if sub.see() {
			sub.become()
		}
		return nil, nil
	})
}

// see begins the rows of contrary answers that begin now, and ends those that are broken; it reports whether there were any.
func (t *tx) see() (moved bool) {
	for _, h := range t.list(kindHealthCheck, Global) {
		if !slices.Contains(endpointTypes, str(h.In, "Type")) {
			continue
		}
		contrary := t.recall(contraryPart, h, func() any { return t.contrary(h) }).(bool)
		if contrary == has(h.Out, contraryRow) {
			continue
		}
		h, moved = t.restate(h), true
		if !contrary {
			delete(h.Out, contraryRow)
			continue
		}
		n := numOr(h.Out, rowsBegun, 0) + 1
		h.Out[rowsBegun], h.Out[contraryRow] = n, n
		t.laterIn(detection(h), eventFlip, Document{"Id": h.ID, "Row": n})
	}
	return moved
}

// watchKey names what checks of endpoints see.
var watchKey = Key{Act: TextOf("watch")}

var contraryPart = TextOf("contrary")

// contrary reports whether an endpoint answers otherwise than its check shows.
func (t *tx) contrary(h *Entity) bool {
	return t.serves(firstOf(str(h.In, "Fqdn"), str(h.In, "IpAddress"))) != (str(h.Out, "Status") == healthy)
}

// detection is how long a check takes to turn: timings r53.detect.standard and r53.detect.fast.
func detection(h *Entity) time.Duration {
	return duration(numOr(h.In, "RequestInterval", 30) * numOr(h.In, "FailureThreshold", 3))
}

// turn ends a row of contrary answers, unless it was broken meanwhile.
func (t *tx) turn(in Document) {
	h := t.get(kindHealthCheck, Global, str(in, "Id"))
	if h == nil || !has(h.Out, contraryRow) || h.Out[contraryRow] != in["Row"] {
		return
	}
	h = t.edit(h)
	delete(h.Out, contraryRow)
	if str(h.Out, "Status") == healthy {
		h.Out["Status"] = unhealthy
	} else {
		h.Out["Status"] = healthy
	}
}
