package world

import (
	"fmt"
	"slices"
	"time"

	"redoubt/sim/fault"
)

// serviceDown reports whether nobody reaches a service in a region: its name does not
// resolve, or nearly every request fails. The data of its stores there is out of reach, too
// (assumed of a database, whose connections do not need the name of the API):
// https://aws.amazon.com/message/101925/
func (t *tx) serviceDown(service, region string) bool {
	return t.any(func(f fault.Fault) bool {
		return f.Kind == fault.ServiceDown && f.Service == service && f.Region == region
	})
}

// severed reports whether nothing of a service passes between two regions.
func (t *tx) severed(service, a, b string) bool {
	return t.cut(a, b) || t.serviceDown(service, a) || t.serviceDown(service, b)
}

// unserved is what a client gets of a store whose service is down.
func (t *tx) unserved(service, region string) error {
	if t.serviceDown(service, region) {
		return &Error{Code: "RequestError", Message: fmt.Sprintf("%s in %s does not answer", service, region)}
	}
	return nil
}

// throttled counts the calls to a control plane, and refuses all but each so-many-eth.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
func (t *tx) throttled(c call) error {
	for i, f := range t.activeFaults() {
		if f.Kind != fault.Throttle || f.Service != c.service || f.Region != c.region || c.data {
			continue
		}
		list := slices.Clone(t.activeFaults())
		list[i].Seen++
		t.faulted = &list
		if list[i].Seen%f.N != 0 {
			return &Error{Code: "ThrottlingException", Status: 400, Message: "Rate exceeded: " + f.Fault.String()}
		}
	}
	return nil
}

// serviceOf is the service whose copies lag so.
func serviceOf(b behaviour) string {
	switch b {
	case auroraLag:
		return "rds"
	case cacheLag:
		return "elasticache"
	case tableLag:
		return "dynamodb"
	case imageLag:
		return "ecr"
	default:
		return "s3"
	}
}

// fallen is how far a lag fault lets the copies of a service fall behind, and since when.
func (t *tx) fallen(service, a, b string) (lag time.Duration, since time.Time) {
	for _, f := range t.activeFaults() {
		if f.Kind == fault.Lag && f.Service == service && f.Between(a, b) && f.For > lag {
			t.notes.never()
			lag, since = f.For, f.Since
		}
	}
	return lag, since
}

// Dependency says why an outside service does not answer, or nothing.
func (w *World) Dependency(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if t.any(func(f fault.Fault) bool { return f.Kind == fault.DependencyDown && f.Name == name }) {
		return &Error{Code: "RequestError", Message: "no answer from " + name}
	}
	return nil
}
