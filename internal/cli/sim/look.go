package sim

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

// View is what stands in both homes, as their own inventories tell.
type View struct {
	System string     `json:"system"`
	Homes  []HomeView `json:"homes"`
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
	Agents    int         `json:"agents"`
	Address   string      `json:"address"`
	// Answers is false when the region is silent and the home is shown as its
	// peer last saw it.
	Answers bool `json:"answers"`
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
func (w *workspace) look(_ context.Context) (*View, error) {
	s, err := system.Load("system.yaml")
	if err != nil {
		return nil, exit.With(exit.Usage, err, "redoubt system check")
	}
	v := &View{System: s.Name, Homes: []HomeView{}}
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
	}
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
	doc, err := readSettings(filepath.Join(w.dir, "Pulumi."+string(at)+".yaml"))
	if err != nil {
		return nil, exit.With(exit.Usage, err, "")
	}
	setting := func(key string) string { v, _ := doc.Config[stacks.Namespace+":"+key].(string); return v }
	scope := naming.Scope{System: s.Name, Home: at, Region: setting("region"), Account: setting("accountId")}
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
	prefix := fmt.Sprintf("urn:pulumi:%s::%s::", h, stacks.Namespace)
	v := HomeView{
		Home: h, Region: own.Region, Zones: own.Zones, Agents: len(own.Agents), Address: own.Entry.Address,
		Resources: len(w.all(func(e *world.Entity) bool { return strings.HasPrefix(e.Token, prefix) })),
	}
	for name, st := range own.Stores {
		v.Stores = append(v.Stores, StoreView{Name: name, Kind: st.Kind, Tier: st.Tier, At: or(st.Endpoint, st.Name)})
	}
	sort.Slice(v.Stores, func(i, j int) bool { return v.Stores[i].Name < v.Stores[j].Name })
	return v
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
	s.Printf("%s, simulated\n\n", v.System)
	t := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	row := func(cells ...any) { _, _ = fmt.Fprintln(t, strings.TrimRight(fmt.Sprintln(cells...), "\n")) }
	row("home\tregion\tzones\tresources\tstores\tagents declared\taddress")
	for _, h := range v.Homes {
		row(fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s", h.Home, h.Region, len(h.Zones), h.Resources, len(h.Stores), h.Agents, h.address()))
	}
	_, _ = fmt.Fprintln(t)
	row("store\tkind\ttier\tin " + strings.Join(v.names(), "\tin "))
	for i := range v.stores() {
		row(v.storeRow(i))
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
	cells := []string{st.Name, string(st.Kind), st.Tier}
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

// kept lists what outlives a destroy.
func (w *workspace) kept() []Kept {
	out := []Kept{}
	for _, e := range w.all(func(e *world.Entity) bool { return e.Token != "" }) {
		out = append(out, Kept{Region: e.Region, Kind: e.Kind, ID: e.ID, Why: whyKept(e)})
	}
	return out
}

// whyKept says in words what keeps an entity.
func whyKept(e *world.Entity) string {
	if date, ok := e.Out["DeletionDate"]; ok {
		return fmt.Sprintf("deleted after its window, on %v", date)
	}
	return "kept by a lock or by retention"
}
