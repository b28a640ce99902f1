package world

import (
	"slices"
	"time"
)

// eventFlip ends a row of contrary answers that is long enough to turn a check.
const eventFlip = "TurnHealthCheck"

// contrarySince is kept of a check whose endpoint answers otherwise than it shows.
const contrarySince = "ContrarySince"

// watch lets every check of an endpoint see what its endpoint does now. The
// checkers ask at their own interval, and a row of as many contrary answers as the
// threshold turns the status: interval times threshold after the endpoint turned.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
// An endpoint that answers well again before that begins a new row. That many checkers
// in many regions agree at the same moment is assumed.
func (t *tx) watch() {
	if !t.recall(watchKey{}, (*tx).turning) {
		return
	}
	for _, h := range t.list(kindHealthCheck, Global) {
		if !slices.Contains(endpointTypes, str(h.In, "Type")) {
			continue
		}
		since := str(h.Out, contrarySince)
		switch contrary := t.contrary(h); {
		case contrary && since == "":
			since = t.clock().Format(time.RFC3339Nano)
			t.edit(h).Out[contrarySince] = since
			t.later(t.clock().Add(detection(h)), eventFlip, Document{"Id": h.ID, "Since": since})
		case !contrary && since != "":
			delete(t.edit(h).Out, contrarySince)
		}
	}
}

// watchKey names the question whether any check sees something new.
type watchKey struct{}

// turning reports whether any check begins a row of contrary answers, or ends one.
func (t *tx) turning() bool {
	return slices.ContainsFunc(t.list(kindHealthCheck, Global), func(h *Entity) bool {
		return slices.Contains(endpointTypes, str(h.In, "Type")) && t.contrary(h) != (str(h.Out, contrarySince) != "")
	})
}

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
	if h == nil || str(h.Out, contrarySince) != str(in, "Since") {
		return
	}
	h = t.edit(h)
	delete(h.Out, contrarySince)
	if str(h.Out, "Status") == healthy {
		h.Out["Status"] = unhealthy
	} else {
		h.Out["Status"] = healthy
	}
}
