// Package rules turns the declared calls of a system into the mesh's objects:
// who may call whom, how long it may take, how often it is tried, how many calls stand at
// once, and when a replica is left out. It is pure: the component declares what it returns.
//
// The objects are those of Istio 1.31 in sidecar mode:
// https://istio.io/latest/docs/reference/config/networking/
// https://istio.io/latest/docs/reference/config/security/
package rules

import (
	"slices"
	"time"

	"redoubt/system"
	"redoubt/system/budget"
)

// Place is where the agents of one home run.
type Place struct {
	// Namespace is the agents' own.
	Namespace string
	// Region and Account are those of the home.
	Region, Account string
	// Entry are the ranges, in CIDR notation, in which the load balancer stands; Stores those of databases and caches.
	Entry, Stores []string
	// LeaseRegions are the other regions whose tables hold the lease of the active home; none without an arbiter.
	LeaseRegions []string
}

// Object is one object of the mesh, in the agents' namespace.
type Object struct {
	APIVersion, Kind, Name string
	// Spec is made of maps, lists, texts, whole numbers and truths.
	Spec map[string]any
}

const (
	networking = "networking.istio.io/v1"
	security   = "security.istio.io/v1"
	telemetry  = "telemetry.istio.io/v1"
)

// AgentLabel is the label that picks an agent's pods. It can never change.
const AgentLabel = "app.kubernetes.io/name"

// Objects are the objects of the mesh for these agents of the system, those of
// the namespace first. The system must have been parsed, so that its deadlines add up.
func Objects(s *system.System, agents []system.Agent, at Place) []Object {
	m := &mesh{Place: at, sys: s, agents: agents}
	m.sheet, _ = s.Budgets()
	out := m.closed()
	out = append(out, m.services()...)
	for _, a := range agents {
		out = append(out, m.admission(a)...)
		out = append(out, m.scope(a))
		if route, called := m.route(a); called {
			out = append(out, route)
		}
		for _, e := range m.edges(a) {
			out = append(out, m.pool(e))
		}
		out = append(out, m.outside(a)...)
	}
	return out
}

// mesh makes the objects of one home.
type mesh struct {
	Place
	sys    *system.System
	agents []system.Agent
	sheet  budget.Sheet
}

// Edge is one declared call with what holds it.
type Edge struct {
	budget.Call
	// Pool is how many requests one replica of the caller has open to the callee at most.
	Pool int
	// EjectAfter is after how many failures in a row a replica of the callee is
	// left out, EjectFor for how long the first time.
	EjectAfter int
	EjectFor   time.Duration
}

// Edges are all calls of the system, in the order of the file.
func Edges(s *system.System) []Edge {
	m := &mesh{sys: s, agents: s.Agents}
	m.sheet, _ = s.Budgets()
	var out []Edge
	for _, a := range s.Agents {
		out = append(out, m.edges(a)...)
	}
	return out
}

// edges are the calls of one agent.
func (m *mesh) edges(caller system.Agent) []Edge {
	var out []Edge
	for _, call := range m.sheet[caller.Name].Out {
		callee, _ := m.sys.Agent(call.Callee)
		r := m.sys.Resilience(callee)
		out = append(out, Edge{Call: call, Pool: m.share(callee), EjectAfter: r.EjectAfter, EjectFor: r.EjectFor})
	}
	return out
}

// callers are the agents that call this one.
func (m *mesh) callers(of system.Agent) []system.Agent {
	var out []system.Agent
	for _, a := range m.agents {
		if slices.Contains(a.Calls, of.Name) {
			out = append(out, a)
		}
	}
	return out
}

// share is how many requests one replica of a caller may have open to the
// callee: what all the callee's replicas have in hand, shared by the callers' replicas. The loss
// of a zone takes as many of the ones as of the others, so the share stays right.
func (m *mesh) share(callee system.Agent) int {
	replicas := 0
	for _, a := range m.callers(callee) {
		replicas += a.Replicas
	}
	return max(1, min(most, up(min(callee.Replicas, most)*AtOnce(m.sys, m.sheet, callee), max(1, replicas))))
}

// AtOnce is how many requests one replica has in hand: as declared, or what it
// carries a second for as long as a request may take. Whatever waits behind that many could not
// be answered in time (Little's law).
func AtOnce(s *system.System, sheet budget.Sheet, a system.Agent) int {
	if n := s.Resilience(a).AtOnce; n > 0 {
		return n
	}
	held := up(min(a.PerReplica, most)*int(sheet[a.Name].Deadline.Milliseconds()), 1000)
	return max(1, min(held, most))
}

// most is more than any proxy holds, and less than the most that Istio takes.
const most = 1 << 20

// up divides and rounds up.
func up(a, b int) int { return (a + b - 1) / b }

// own picks the pods of one agent.
func own(agent string) map[string]any {
	return map[string]any{"matchLabels": map[string]any{AgentLabel: agent}}
}

// fqdn is the full name of an agent's service: what proxies know it by.
func (m *mesh) fqdn(agent string) string { return agent + "." + m.Namespace + ".svc.cluster.local" }

// here exports an object to its own namespace and no other.
func here() []any { return []any{"."} }

// texts is a list as an object takes it.
func texts(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

// span writes a duration as Istio does: in whole milliseconds, or seconds.
func span(d time.Duration) string {
	if d%time.Second != 0 {
		return (d - d%time.Millisecond).String()
	}
	return d.String()
}
