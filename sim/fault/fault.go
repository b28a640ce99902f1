// Package fault names what can break in the simulated AWS. A fault is one
// line that prints and parses, so that a scenario, a report and a bug are the
// same text. Every fault has its inverse.
package fault

import (
	"slices"
	"time"
)

// Kind is what sort of thing breaks or heals.
type Kind string

// The kinds of fault; each is followed by its inverse.
const (
	RegionDown       Kind = "region-down"
	RegionUp         Kind = "region-up"
	ControlPlaneDown Kind = "control-plane-down"
	ControlPlaneUp   Kind = "control-plane-up"
	// Throttle is a control plane that serves one of so many calls.
	Throttle   Kind = "throttle"
	Unthrottle Kind = "unthrottle"
	// ServiceDown is a service in a region that nobody reaches: its API and its data.
	ServiceDown Kind = "service-down"
	ServiceUp   Kind = "service-up"
	ZoneDown    Kind = "zone-down"
	ZoneUp      Kind = "zone-up"
	// ZoneFading is a zone that comes and goes, more and more seldom, until it is
	// lost; RegionFading is a region that does. Their inverses are those of the loss.
	ZoneFading   Kind = "zone-fading"
	RegionFading Kind = "region-fading"
	// TargetsFlap is load balancers' health checks that take targets out and in again.
	TargetsFlap   Kind = "targets-flap"
	TargetsSteady Kind = "targets-steady"
	// CapacityShort is a zone in which no machine can be launched that is not reserved.
	CapacityShort Kind = "capacity-short"
	CapacityBack  Kind = "capacity-back"
	// WriterDown is a database or cache whose writing node takes no writes any
	// more, while nothing that watches it notices.
	WriterDown Kind = "writer-down"
	WriterUp   Kind = "writer-up"
	// WriterLost is a database or cache whose writing node is gone, and AWS notices: a replica takes over by itself.
	WriterLost Kind = "writer-lost"
	WriterBack Kind = "writer-back"
	// PodDown is one pod of an agent that is gone, and is not made anew as long as that lasts.
	PodDown Kind = "pod-down"
	PodUp   Kind = "pod-up"
	// PodFailing is one pod of an agent that counts as ready, and answers wrongly or too late.
	PodFailing Kind = "pod-failing"
	PodWell    Kind = "pod-well"
	// CallFailing is one agent's calls of another, each of which is answered with an error on its way; CallLate is the same
	// calls, each of which is held up for so long. All other calls of either go on.
	CallFailing Kind = "call-failing"
	CallLate    Kind = "call-late"
	CallWell    Kind = "call-well"
	// NodesDown is a zone in which no node of a cluster runs; all else there does.
	NodesDown Kind = "nodes-down"
	NodesUp   Kind = "nodes-up"
	// Corrupt is a store whose content is wrong from now on, and is carried to its copies.
	Corrupt   Kind = "corrupt"
	Clean     Kind = "clean"
	Partition Kind = "partition"
	Heal      Kind = "heal"
	// Lag is a service whose copies between two regions fall behind, at most so far.
	Lag      Kind = "lag"
	CaughtUp Kind = "caught-up"
	// DependencyDown is an outside service that answers nobody.
	DependencyDown Kind = "dependency-down"
	DependencyUp   Kind = "dependency-up"
	FailCall       Kind = "fail"
	StopFailing    Kind = "stop-failing"
)

// Fault is one thing that breaks, or heals, at the moment it is injected.
type Fault struct {
	Kind Kind `json:"kind"`
	// Region is where; Peer is the other end of a partition or a lag.
	Region string `json:"region,omitempty"`
	Peer   string `json:"peer,omitempty"`
	Zone   string `json:"zone,omitempty"`
	// Name is the database cluster, the cache's replication group, the table, the bucket, the agent's Deployment or the
	// dependency.
	Name string `json:"name,omitempty"`
	// Callee is the Deployment of the agent that Name calls.
	Callee string `json:"callee,omitempty"`
	// Service and Operation are AWS's own names, such as rds and FailoverGlobalCluster.
	Service   string `json:"service,omitempty"`
	Operation string `json:"operation,omitempty"`
	// N is which call fails, counted from the injection, 0 for every call; or which of so many is served.
	N int `json:"n,omitempty"`
	// Code is the error code that AWS answers with.
	Code string `json:"code,omitempty"`
	// For is how long something fades or is held up, or how far it falls behind.
	For time.Duration `json:"for,omitempty"`
}

// heals says what each inverse ends.
var heals = map[Kind][]Kind{
	RegionUp: {RegionDown, RegionFading}, ControlPlaneUp: {ControlPlaneDown}, Unthrottle: {Throttle}, ServiceUp: {ServiceDown},
	ZoneUp: {ZoneDown, ZoneFading}, TargetsSteady: {TargetsFlap}, CapacityBack: {CapacityShort}, WriterUp: {WriterDown},
	WriterBack: {WriterLost}, PodUp: {PodDown}, PodWell: {PodFailing}, CallWell: {CallFailing, CallLate}, NodesUp: {NodesDown},
	Clean: {Corrupt}, Heal: {Partition}, CaughtUp: {Lag}, DependencyUp: {DependencyDown}, StopFailing: {FailCall},
}

// Undoes reports whether f is the inverse of other, which then ends.
func (f Fault) Undoes(other Fault) bool {
	return slices.Contains(heals[f.Kind], other.Kind) && f.Zone == other.Zone && f.Name == other.Name &&
		f.Callee == other.Callee && f.Service == other.Service && f.Operation == other.Operation && other.Between(f.Region, f.Peer)
}

// Breaks reports whether f breaks something, rather than heal it.
func (f Fault) Breaks() bool { return f.Kind != "" && heals[f.Kind] == nil }

// Cuts reports whether f is a partition between the two regions.
func (f Fault) Cuts(a, b string) bool { return f.Kind == Partition && f.Between(a, b) }

// Between reports whether f lies between the two regions, whichever is named first.
func (f Fault) Between(a, b string) bool {
	return f.Region == a && f.Peer == b || f.Region == b && f.Peer == a
}
