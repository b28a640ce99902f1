// Package fault names what can break in the simulated AWS. A fault is one
// line that prints and parses, so that a scenario, a report and a bug are the
// same text. Every fault has its inverse.
package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is what sort of thing breaks or heals.
type Kind string

// The kinds of fault; each is followed by its inverse.
const (
	RegionDown       Kind = "region-down"
	RegionUp         Kind = "region-up"
	ControlPlaneDown Kind = "control-plane-down"
	ControlPlaneUp   Kind = "control-plane-up"
	ZoneDown         Kind = "zone-down"
	ZoneUp           Kind = "zone-up"
	// CapacityShort is a zone in which no machine can be launched that is not reserved.
	CapacityShort Kind = "capacity-short"
	CapacityBack  Kind = "capacity-back"
	// WriterDown is a database or cache whose writing node takes no writes any
	// more, while nothing that watches it notices.
	WriterDown  Kind = "writer-down"
	WriterUp    Kind = "writer-up"
	Partition   Kind = "partition"
	Heal        Kind = "heal"
	FailCall    Kind = "fail"
	StopFailing Kind = "stop-failing"
)

// Fault is one thing that breaks, or heals, at the moment it is injected.
type Fault struct {
	Kind Kind `json:"kind"`
	// Region is where; Peer is the other end of a partition.
	Region string `json:"region,omitempty"`
	Peer   string `json:"peer,omitempty"`
	Zone   string `json:"zone,omitempty"`
	// Name is the database cluster or the cache's replication group.
	Name string `json:"name,omitempty"`
	// Service and Operation are AWS's own names, such as rds and FailoverGlobalCluster.
	Service   string `json:"service,omitempty"`
	Operation string `json:"operation,omitempty"`
	// N is which call fails, counted from the injection; 0 is every call.
	N int `json:"n,omitempty"`
	// Code is the error code that AWS answers with.
	Code string `json:"code,omitempty"`
}

// String prints the line that Parse reads.
func (f Fault) String() string {
	switch f.Kind {
	case RegionDown, RegionUp:
		return fmt.Sprintf("%s %s", f.Kind, f.Region)
	case ControlPlaneDown, ControlPlaneUp:
		return fmt.Sprintf("%s %s %s", f.Kind, f.Service, f.Region)
	case ZoneDown, ZoneUp, CapacityShort, CapacityBack:
		return fmt.Sprintf("%s %s", f.Kind, f.Zone)
	case WriterDown, WriterUp:
		return fmt.Sprintf("%s %s %s", f.Kind, f.Name, f.Region)
	case Partition, Heal:
		return fmt.Sprintf("%s %s %s", f.Kind, f.Region, f.Peer)
	case FailCall:
		which := "every call"
		if f.N > 0 {
			which = fmt.Sprintf("call %d", f.N)
		}
		return fmt.Sprintf("fail %s of %s.%s in %s with %s", which, f.Service, f.Operation, f.Region, f.Code)
	case StopFailing:
		return fmt.Sprintf("stop-failing %s.%s in %s", f.Service, f.Operation, f.Region)
	}
	return string(f.Kind)
}

// Undoes reports whether f is the inverse of other, which then ends.
func (f Fault) Undoes(other Fault) bool {
	switch f.Kind {
	case RegionUp:
		return other.Kind == RegionDown && other.Region == f.Region
	case ControlPlaneUp:
		return other.Kind == ControlPlaneDown && other.Region == f.Region && other.Service == f.Service
	case ZoneUp:
		return other.Kind == ZoneDown && other.Zone == f.Zone
	case CapacityBack:
		return other.Kind == CapacityShort && other.Zone == f.Zone
	case WriterUp:
		return other.Kind == WriterDown && other.Name == f.Name && other.Region == f.Region
	case Heal:
		return other.Kind == Partition && other.Cuts(f.Region, f.Peer)
	case StopFailing:
		return other.Kind == FailCall && other.Region == f.Region &&
			other.Service == f.Service && other.Operation == f.Operation
	}
	return false
}

// Breaks reports whether f breaks something, rather than heal it.
func (f Fault) Breaks() bool {
	switch f.Kind {
	case RegionDown, ControlPlaneDown, ZoneDown, CapacityShort, WriterDown, Partition, FailCall:
		return true
	}
	return false
}

// Cuts reports whether f is a partition between the two regions.
func (f Fault) Cuts(a, b string) bool {
	return f.Kind == Partition && (f.Region == a && f.Peer == b || f.Region == b && f.Peer == a)
}

// Parse reads the line that String prints.
func Parse(line string) (Fault, error) {
	f, ok := parse(strings.Fields(line))
	if !ok {
		return Fault{}, fmt.Errorf("fault %q is not understood, want one of: %s", line, strings.Join(forms, "; "))
	}
	return f, nil
}

// Forms lists the lines that Parse reads, words to fill in as capitals.
func Forms() []string { return slices.Clone(forms) }

var forms = []string{
	"region-down REGION", "region-up REGION",
	"control-plane-down SERVICE REGION", "control-plane-up SERVICE REGION",
	"zone-down ZONE", "zone-up ZONE",
	"capacity-short ZONE", "capacity-back ZONE",
	"writer-down CLUSTER REGION", "writer-up CLUSTER REGION",
	"partition REGION REGION", "heal REGION REGION",
	"fail call N of SERVICE.OPERATION in REGION with CODE",
	"fail every call of SERVICE.OPERATION in REGION with CODE",
	"stop-failing SERVICE.OPERATION in REGION",
}

func parse(w []string) (Fault, bool) {
	if len(w) == 0 {
		return Fault{}, false
	}
	kind := Kind(w[0])
	switch {
	case (kind == RegionDown || kind == RegionUp) && len(w) == 2:
		return Fault{Kind: kind, Region: w[1]}, true
	case (kind == ControlPlaneDown || kind == ControlPlaneUp) && len(w) == 3:
		return Fault{Kind: kind, Service: w[1], Region: w[2]}, true
	case (kind == ZoneDown || kind == ZoneUp || kind == CapacityShort || kind == CapacityBack) && len(w) == 2:
		return Fault{Kind: kind, Zone: w[1]}, true
	case (kind == WriterDown || kind == WriterUp) && len(w) == 3:
		return Fault{Kind: kind, Name: w[1], Region: w[2]}, true
	case (kind == Partition || kind == Heal) && len(w) == 3 && w[1] != w[2]:
		return Fault{Kind: kind, Region: w[1], Peer: w[2]}, true
	case kind == StopFailing && len(w) == 4 && w[2] == "in":
		return operation(Fault{Kind: kind, Region: w[3]}, w[1])
	case kind == FailCall:
		return parseFail(w)
	}
	return Fault{}, false
}

// parseFail reads: fail (call N | every call) of SERVICE.OPERATION in REGION with CODE.
func parseFail(w []string) (Fault, bool) {
	if len(w) != 9 || w[3] != "of" || w[5] != "in" || w[7] != "with" {
		return Fault{}, false
	}
	f := Fault{Kind: FailCall, Region: w[6], Code: w[8]}
	switch {
	case w[1] == "call":
		n, err := strconv.Atoi(w[2])
		if err != nil || n < 1 {
			return Fault{}, false
		}
		f.N = n
	case w[1] != "every" || w[2] != "call":
		return Fault{}, false
	}
	return operation(f, w[4])
}

func operation(f Fault, name string) (Fault, bool) {
	service, op, ok := strings.Cut(name, ".")
	f.Service, f.Operation = service, op
	return f, ok && service != "" && op != ""
}
