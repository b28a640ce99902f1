package world

import (
	"fmt"
	"slices"

	"redoubt/sim/fault"
)

// call is one request to one region's endpoint of a service.
type call struct {
	from, region, service, operation string
	// data calls are served by the data plane, which a control-plane fault leaves alone.
	data bool
}

// calls lists the endpoints that an act on a kind needs. Where they live is
// section 0.4 of what was observed of the provider:
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
func (k *Kind) calls(verb, region, id string, in Document) []call {
	at := []string{region}
	switch {
	case k.endpoints != nil && verb == "Create":
		at = k.endpoints(region, in)
	case k.places != nil && verb != "Create":
		at = k.places(region, id)
	case k.Service == "iam" || k.Service == "route53":
		at = []string{"us-east-1"}
	case k.Service == "route53-recovery-control-config":
		at = []string{"us-west-2"}
	}
	var out []call
	for _, r := range at {
		out = append(out, call{region: r, service: k.Service, operation: verb + last(k.Name)})
	}
	return out
}

// admit answers as the network and the endpoints would before a request is
// looked at; it also counts the calls that a fault wants to fail.
func (w *World) admit(calls ...call) error {
	var refused error
	err := w.mutate(func(t *tx) error {
		for _, c := range calls {
			if refused = t.admit(c); refused != nil {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}

func (t *tx) admit(c call) error {
	if t.down(c.region) {
		return &Error{Code: "RequestError", Message: fmt.Sprintf("%s.%s: no answer from %s", c.service, c.operation,
			c.region)}
	}
	if c.from != "" && t.cut(c.from, c.region) {
		return &Error{Code: "RequestError", Message: fmt.Sprintf("%s is cut from %s", c.from, c.region)}
	}
	if err := t.unserved(c.service, c.region); err != nil {
		return err
	}
	if !c.data && t.controlDown(c.service, c.region) {
		return &Error{Code: "ServiceUnavailable", Status: 503,
			Message: fmt.Sprintf("the control plane of %s in %s is impaired", c.service, c.region)}
	}
	if err := t.throttled(c); err != nil {
		return err
	}
	return t.countFailures(c)
}

// counts reports whether a fault counts calls.
func (w *World) counts() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes.faults(w.st)
	return slices.ContainsFunc(w.st.faults, func(a active) bool { return a.Kind == fault.FailCall || a.Kind == fault.Throttle })
}

// countFailures fails the call that a fault names.
func (t *tx) countFailures(c call) error {
	for i, f := range t.activeFaults() {
		if f.Kind != fault.FailCall || f.Service != c.service || f.Operation != c.operation || f.Region != c.region {
			continue
		}
		list := slices.Clone(t.activeFaults())
		list[i].Seen++
		t.faulted = &list
		if f.N == 0 || f.N == list[i].Seen {
			return &Error{Code: f.Code, Status: 400, Message: f.Fault.String()}
		}
	}
	return nil
}

func (t *tx) any(is func(fault.Fault) bool) bool {
	return slices.ContainsFunc(t.activeFaults(), func(a active) bool { return is(a.Fault) })
}

func (t *tx) anyActive(is func(active) bool) bool { return slices.ContainsFunc(t.activeFaults(), is) }

func (t *tx) down(region string) bool {
	return t.anyActive(func(a active) bool {
		return a.Region == region && (a.Kind == fault.RegionDown || a.Kind == fault.RegionFading && a.away(t.clock()))
	})
}

func (t *tx) zoneDown(zone string) bool {
	return t.anyActive(func(a active) bool {
		return a.Zone == zone && (a.Kind == fault.ZoneDown || a.Kind == fault.ZoneFading && a.away(t.clock()))
	})
}

// short reports whether the zone has no machine left that is not reserved.
func (t *tx) short(zone string) bool {
	return t.any(func(f fault.Fault) bool { return f.Kind == fault.CapacityShort && f.Zone == zone })
}

func (t *tx) controlDown(service, region string) bool {
	return t.any(func(f fault.Fault) bool {
		return f.Kind == fault.ControlPlaneDown && f.Service == service && f.Region == region
	})
}

// cut reports whether nothing passes between two regions.
func (t *tx) cut(a, b string) bool {
	return a != b && (t.down(a) || t.down(b) || t.any(func(f fault.Fault) bool { return f.Cuts(a, b) }))
}

// ZoneAnswers says why nothing that runs in a zone answers, or nothing: what a client meets at the zone's own address of a
// load balancer.
func (w *World) ZoneAnswers(zone string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if region := zone[:len(zone)-1]; t.down(region) || t.zoneDown(zone) {
		return &Error{Code: "RequestError", Message: "no answer from " + zone}
	}
	return nil
}

// Apart reports whether nothing passes between two regions, because one of them is lost or they are cut from each other.
func (w *World) Apart(a, b string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begin().cut(a, b)
}

// Inject breaks or heals something from now on.
func (w *World) Inject(f fault.Fault) error {
	if _, err := fault.Parse(f.String()); err != nil {
		return err
	}
	return w.mutate(func(t *tx) error {
		list := slices.Clone(t.activeFaults())
		if f.Breaks() {
			if !slices.ContainsFunc(list, func(a active) bool { return a.Fault == f }) {
				hit, err := t.strikes(f)
				if err != nil {
					return err
				}
				one := active{Fault: f, Since: t.clock(), Hit: hit}
				if list = append(list, one); fades(f.Kind) {
					t.fadeLater(one)
				}
			}
		} else {
			list = slices.DeleteFunc(list, func(a active) bool { return f.Undoes(a.Fault) })
			if f.Kind == fault.Clean {
				t.mend(f.Region, f.Name)
			}
		}
		t.faulted = &list
		t.unpark()
		return nil
	})
}

// Faults lists the faults in force.
func (w *World) Faults() []fault.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes.faults(w.st)
	var out []fault.Fault
	for _, a := range w.st.faults {
		out = append(out, a.Fault)
	}
	return out
}
