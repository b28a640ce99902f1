package sim

import (
	"fmt"
	"sort"
	"strings"

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
	// Missing are declared stores that a home should have and has not yet.
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

	// waiting says of stores that are not in the home what of them is.
	waiting map[string]string
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
		v.Missing = append(v.Missing, missing(s, h, inv.Own())...)
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
		waiting: map[string]string{}, Resources: len(w.all(func(e *world.Entity) bool {
			return strings.HasPrefix(e.Token, prefix) && e.Out["DeletionDate"] == nil
		})),
	}
	for _, st := range w.System.Stores {
		if backupsOnly(w.System, st.Tier, st.Kind, h) {
			v.waiting[st.Name] = "copies of backups"
			if st.RebuildFrom != "" {
				v.waiting[st.Name] = "rebuilt from " + st.RebuildFrom
			}
		}
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

// missing lists the declared stores that the home should have and has not.
func missing(s *system.System, h system.Home, own inventory.Home) []string {
	var out []string
	for _, st := range s.Stores {
		if _, has := own.Stores[st.Name]; !has && !backupsOnly(s, st.Tier, st.Kind, h) {
			out = append(out, fmt.Sprintf("%s (%s) in the %s", st.Name, st.Kind, h))
		}
	}
	return out
}

// backupsOnly reports whether the home has nothing of a store but copies of its
// backups: see stacks and components/cache.
func backupsOnly(s *system.System, tier string, kind system.StoreKind, h system.Home) bool {
	t, _ := s.Tier(tier)
	return h == system.Secondary && t.Strategy == system.BackupRestore && (kind == system.Table || kind == system.Cache)
}
