package sim

import (
	"fmt"
	"sort"
	"strings"
	"text/tabwriter"

	"redoubt/internal/cli/streams"
	"redoubt/inventory"
	"redoubt/sim/world"
	"redoubt/system"
)

// View is what stands in both homes, as their own inventories tell.
type View struct {
	System string     `json:"system"`
	Homes  []HomeView `json:"homes"`
	// Traffic is where the system's domain leads now; nil when it leads nowhere.
	Traffic *TrafficView `json:"traffic,omitempty"`
	// Faults are the injected faults in force.
	Faults []string `json:"faults"`
	// Changed counts the changes of the run that this view ends; nil for a mere look.
	Changed *int `json:"changed,omitempty"`
	// Missing are declared stores of kinds that are not deployed yet.
	Missing []string `json:"missing,omitempty"`
}

// HomeView is one home.
type HomeView struct {
	Home      system.Home `json:"home"`
	Region    string      `json:"region"`
	Zones     []string    `json:"zones"`
	Resources int         `json:"resources"`
	Stores    []StoreView `json:"stores"`
	Agents    []AgentView `json:"agents"`
	Address   string      `json:"address"`
	// Answers is false when the region is silent and the home is shown as its
	// peer last saw it.
	Answers bool `json:"answers"`
}

// TrafficView is where clients of the system's domain are sent.
type TrafficView struct {
	Domain string `json:"domain"`
	// Home is empty when the name leads to neither home.
	Home   system.Home `json:"home,omitempty"`
	Region string      `json:"region,omitempty"`
	Target string      `json:"target"`
}

// StoreView is one store's place in a home.
type StoreView struct {
	Name string           `json:"name"`
	Kind system.StoreKind `json:"kind"`
	Tier string           `json:"tier"`
	At   string           `json:"at"`
}

// look reads the inventory that each home keeps in its own region; neither the
// engine's state nor the other home is asked.
func (w *workspace) look() (*View, error) {
	s := w.System
	v := &View{System: s.Name, Homes: []HomeView{}, Faults: w.faults()}
	regions := map[string]system.Home{}
	for _, h := range system.Homes {
		inv, answers, err := w.ownInventory(s, h)
		if err != nil {
			return nil, err
		}
		if inv == nil {
			continue
		}
		view := w.view(h, inv.Own())
		view.Answers = answers
		v.Homes = append(v.Homes, view)
		v.Missing = missing(s, inv.Own())
		regions[view.Region] = h
	}
	v.Traffic = w.traffic(s.Domain, regions)
	return v, nil
}

// ownInventory fetches one home's inventory from its own control bucket or,
// when that region does not answer, the copy that its peer keeps; nil when there
// is none. Answers tells whether the home itself answered.
func (w *workspace) ownInventory(s *system.System, h system.Home) (inv *inventory.Inventory, answers bool, err error) {
	inv, err = w.fetch(s, h, h)
	if world.IsUnreachable(err) {
		inv, err = w.fetch(s, h.Peer(), h)
		return inv, false, err
	}
	return inv, true, err
}

// fetch reads the inventory that speaks for one home from the control bucket at another, or its own.
func (w *workspace) fetch(s *system.System, at, of system.Home) (*inventory.Inventory, error) {
	scope := w.Scope(at)
	out, err := w.world.Call(world.Request{
		Region: scope.Region, Service: "s3", Operation: "GetObject",
		Input: world.Document{"Bucket": scope.Bucket("control", 1), "Key": inventory.ObjectKey(of)},
	})
	if world.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the inventory of the %s home: %w", of, err)
	}
	body, _ := out["Body"].(string)
	inv, err := inventory.Decode([]byte(body))
	if err != nil {
		return nil, fmt.Errorf("read the inventory of the %s home: %w", of, err)
	}
	return &inv, nil
}

func (w *workspace) view(h system.Home, own inventory.Home) HomeView {
	prefix := stackPrefix(string(h))
	v := HomeView{
		Home: h, Region: own.Region, Zones: own.Zones, Agents: w.agents(own), Address: own.Entry.Address,
		Resources: len(w.all(func(e *world.Entity) bool {
			return strings.HasPrefix(e.Token, prefix) && e.Out["DeletionDate"] == nil
		})),
	}
	for name, st := range own.Stores {
		v.Stores = append(v.Stores, StoreView{Name: name, Kind: st.Kind, Tier: st.Tier, At: or(st.Endpoint, st.Name)})
	}
	sort.Slice(v.Stores, func(i, j int) bool {
		if a, b := w.rank(v.Stores[i].Tier), w.rank(v.Stores[j].Tier); a != b {
			return a < b
		}
		return v.Stores[i].Name < v.Stores[j].Name
	})
	return v
}

// traffic asks DNS as a client would.
func (w *workspace) traffic(domain string, regions map[string]system.Home) *TrafficView {
	a, err := w.world.Resolve(domain, "A")
	if err != nil {
		return nil // no such name yet
	}
	return &TrafficView{Domain: domain, Home: regions[a.Region], Region: a.Region, Target: a.Target}
}

func (t *TrafficView) String() string {
	switch {
	case t == nil:
		return "nowhere, the domain has no record"
	case t.Home == "":
		return fmt.Sprintf("neither home (%s leads to %s)", t.Domain, t.Target)
	}
	return fmt.Sprintf("%s (%s, %s)", t.Home, t.Domain, t.Region)
}

// faults lists the faults in force.
func (w *workspace) faults() []string {
	out := []string{}
	for _, f := range w.world.Faults() {
		out = append(out, f.String())
	}
	return out
}

// all lists the entities of every kind that match.
func (w *workspace) all(match func(*world.Entity) bool) []*world.Entity {
	var out []*world.Entity
	for _, kind := range world.Kinds() {
		out = append(out, w.world.Find("", kind, match)...)
	}
	return out
}

// missing lists the declared stores that the home does not have.
func missing(s *system.System, own inventory.Home) []string {
	var out []string
	for _, st := range s.Stores {
		if _, ok := own.Stores[st.Name]; !ok {
			out = append(out, fmt.Sprintf("%s (%s)", st.Name, st.Kind))
		}
	}
	return out
}

func (v *View) print(s *streams.Streams) {
	s.Printf("%s, simulated\n\ntraffic: %s\n", v.System, v.Traffic)
	for _, f := range v.Faults {
		s.Printf("fault: %s\n", f)
	}
	s.Printf("\n")
	t := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	row := func(cells ...any) { _, _ = fmt.Fprintln(t, strings.TrimRight(fmt.Sprintln(cells...), "\n")) }
	row("home\tregion\tzones\tresources\tstores\tagents\taddress")
	for _, h := range v.Homes {
		row(fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s", h.Home, h.Region, len(h.Zones), h.Resources, len(h.Stores), len(h.Agents), h.address()))
	}
	_, _ = fmt.Fprintln(t)
	row("store\ttier\tkind\tin " + strings.Join(v.names(), "\tin "))
	for i := range v.stores() {
		row(v.storeRow(i))
	}
	if len(v.Homes) > 0 {
		_, _ = fmt.Fprintln(t)
		row("agent\ttier\tstrategy\tready in " + strings.Join(v.names(), "\tready in ") + "\tneeded to serve")
		for i := range v.Homes[0].Agents {
			row(v.agentRow(i))
		}
	}
	_ = t.Flush()
	if len(v.Missing) > 0 {
		s.Printf("\ndeclared, not deployed by this version: %s\n", strings.Join(v.Missing, ", "))
	}
}

func (h HomeView) address() string {
	if !h.Answers {
		return h.Address + " (no answer from " + h.Region + ")"
	}
	return h.Address
}

func (v *View) names() []string {
	var out []string
	for _, h := range v.Homes {
		out = append(out, string(h.Home))
	}
	return out
}

func (v *View) stores() []StoreView {
	if len(v.Homes) == 0 {
		return nil
	}
	return v.Homes[0].Stores
}

func (v *View) storeRow(i int) string {
	st := v.Homes[0].Stores[i]
	cells := []string{st.Name, st.Tier, string(st.Kind)}
	for _, h := range v.Homes {
		at := "-"
		for _, other := range h.Stores {
			if other.Name == st.Name {
				at = other.At
			}
		}
		cells = append(cells, at)
	}
	return strings.Join(cells, "\t")
}
