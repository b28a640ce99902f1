package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/assess"
	"redoubt/system"
)

// Graph is everything that the stack of one home declares. Rules relate its
// resources by URN, parent and deterministic name, never by what AWS answers.
type Graph struct {
	// System is what must survive. It is nil when the file cannot be read, and SystemError says why: then only rules about
	// the file judge.
	System      *system.System
	SystemError error
	// Home is the home that the stack declares.
	Home system.Home
	// Preview is true when nothing has been changed yet.
	Preview bool
	// PeerReady is true once the other home exists: before, nothing that needs it is declared.
	PeerReady bool
	// Settings are those of the stack, with their namespace and without the secret ones.
	Settings map[string]string

	// Forecast predicts what comes of each disruption, from the file of the system; nil where nobody forecasts.
	Forecast func(assess.Options) (assess.Report, error)

	all    []*Resource
	byURN  map[string]*Resource
	byName map[[2]string]*Resource
	scope  *scope
	closed []Finding
	// tracker leads the unknowns of every resource that was handed out to the subject of the moment.
	tracker *tracker
}

// scope is one subject that a check looks at, and the unknowns that it met there.
type scope struct {
	subject string
	met     met
	told    bool
}

// NewGraph is the graph of the resources.
func NewGraph(g Graph, resources []*Resource) *Graph {
	g.all = resources
	g.tracker = &tracker{}
	g.byURN, g.byName = map[string]*Resource{}, map[[2]string]*Resource{}
	for _, r := range resources {
		g.byURN[r.URN] = r
		g.byName[[2]string{r.Type, r.Name}] = r
	}
	return &g
}

// With is the same home with other resources.
func (g *Graph) With(resources []*Resource) *Graph { return NewGraph(*g, resources) }

// Resources are all resources, as they were given.
func (g *Graph) Resources() []*Resource { return g.all }

// About begins a subject, such as: store "tasks". An unknown that is met from
// here on touches the verdict on this subject alone.
func (g *Graph) About(format string, args ...any) {
	g.end()
	g.scope = &scope{subject: fmt.Sprintf(format, args...)}
	g.tracker.met = &g.scope.met
}

// Each is a rule that looks at every resource of the types as a subject of its own, such as: vault "vault-vault". It
// also judges when the file of the system cannot be read.
func Each(what string, look func(*Graph, *Resource, Config) []Finding, types ...string) *StackRule {
	check := func(g *Graph, c Config) []Finding {
		var out []Finding
		for _, r := range g.OfType(types...) {
			g.About("%s %q", what, r.Name)
			out = append(out, look(g, r, c)...)
		}
		return out
	}
	return &StackRule{Check: check, WithoutSystem: true}
}

// end closes the subject: what met an unknown and told nothing is not judged.
func (g *Graph) end() {
	if s := g.scope; s != nil && s.met.any() && !s.told {
		g.closed = append(g.closed, Finding{Kind: NotJudged, Subject: s.subject, Message: unknownsOf(&s.met)})
	}
	g.scope = nil
}

// Violation is a finding about the subject, shown at the stack. Once an unknown was met on the subject it is not
// judged.
func (g *Graph) Violation(format string, args ...any) Finding {
	return g.ViolationAt(nil, format, args...)
}

// ViolationAt is Violation, shown at a resource.
func (g *Graph) ViolationAt(r *Resource, format string, args ...any) Finding {
	f := Finding{Kind: Violation, Message: fmt.Sprintf(format, args...)}
	if r != nil {
		f.Subject, f.URN = r.Name, r.URN
	}
	if g.scope == nil {
		return f
	}
	f.Subject = g.scope.subject
	if g.scope.met.any() {
		g.scope.told = true
		f.Kind, f.Message = NotJudged, unknownsOf(&g.scope.met)
	}
	return f
}

// NotJudged is the finding that the subject cannot be judged yet, and why.
func (g *Graph) NotJudged(format string, args ...any) Finding {
	f := Finding{Kind: NotJudged, Message: fmt.Sprintf(format, args...)}
	if g.scope != nil {
		f.Subject, g.scope.told = g.scope.subject, true
	}
	return f
}

// WaitsForPeer is the finding of what needs the other home while that is not there.
func (g *Graph) WaitsForPeer() Finding {
	return g.NotJudged("the %s home is not there yet: judged when redoubt:peerReady is true", g.Home.Peer())
}

func (g *Graph) seen(r *Resource) *Resource {
	if r == nil {
		return nil
	}
	if g.scope == nil {
		g.About("the stack of the %s home", g.Home)
	}
	return r.view(g.tracker)
}

// Get returns the resource of a type and name, nil when none is declared.
func (g *Graph) Get(typ, name string) *Resource { return g.seen(g.byName[[2]string{typ, name}]) }

// Has reports whether a resource of the type and name is declared.
func (g *Graph) Has(typ, name string) bool { return g.byName[[2]string{typ, name}] != nil }

// ByURN returns the resource, nil when none is declared.
func (g *Graph) ByURN(urn string) *Resource { return g.seen(g.byURN[urn]) }

// OfType returns the resources of the types, in the order of their names.
func (g *Graph) OfType(types ...string) []*Resource {
	return g.where(func(r *Resource) bool { return slices.Contains(types, r.Type) })
}

// Children returns the resources whose parent is the URN.
func (g *Graph) Children(urn string) []*Resource {
	return g.where(func(r *Resource) bool { return r.Parent == urn })
}

func (g *Graph) where(is func(*Resource) bool) []*Resource {
	var out []*Resource
	for _, r := range g.all {
		if is(r) {
			out = append(out, g.seen(r))
		}
	}
	slices.SortFunc(out, func(a, b *Resource) int { return strings.Compare(a.Type+a.Name, b.Type+b.Name) })
	return out
}

// Via returns the resources whose outputs an input of r is made of.
func (g *Graph) Via(r *Resource, property string) []*Resource {
	var out []*Resource
	for _, urn := range r.PropertyDependencies[property] {
		if to := g.ByURN(urn); to != nil {
			out = append(out, to)
		}
	}
	return out
}

// Uses reports whether an input of r is made of an output of a resource of the type and name.
func (g *Graph) Uses(r *Resource, property, typ, name string) bool {
	return slices.ContainsFunc(g.Via(r, property), func(to *Resource) bool { return to.Type == typ && to.Name == name })
}

// fork is the same graph for one check.
func (g *Graph) fork() *Graph {
	out := *g
	out.tracker = &tracker{}
	out.scope, out.closed, out.Settings = nil, nil, maps.Clone(g.Settings)
	return &out
}
