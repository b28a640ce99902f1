// Package adopt tells the code about a restore. A plan restores a store beside
// the damaged one, under the names of the store's next generation; then the
// stack of each home must learn the new generation and that its resources stand
// for the new things. The damaged ones leave the state without being touched.
//
// A resource takes over by its id in the exported state, in place: its URN and
// what depends on it stay. "pulumi import" would want the old resource deleted
// from the state first, which Pulumi refuses while others depend on it, and
// the backups, the proxy and the inventory do
// (https://www.pulumi.com/docs/iac/cli/commands/pulumi_state_delete/).
package adopt

import (
	"errors"
	"fmt"
	"slices"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

// Restored says what a plan has restored.
type Restored struct {
	// Store is the store's name.
	Store string `json:"store"`
	// Generation is the generation that the restored store bears.
	Generation int `json:"generation"`
	// Selections are the ids of the new backup selections, which AWS invents, by home.
	Selections map[system.Home]string `json:"selections,omitempty"`
	// GlobalID is the new datastore of a cache. AWS puts letters of the region that made it before the name:
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateGlobalReplicationGroup.html
	GlobalID string `json:"globalId,omitempty"`
}

// Adoption is what the stack of one home must learn.
type Adoption struct {
	Home system.Home `json:"home"`
	// Settings are to be set in the stack's configuration.
	Settings []Setting `json:"settings"`
	// Swaps are the resources that stand for another thing from now on.
	Swaps []Swap `json:"swaps"`
	// Left are the things of the damaged generation, which no code knows any
	// more: they stay, protected, until a person deletes them.
	Left []Thing `json:"left"`
}

// Setting is one value of the configuration, with its path.
type Setting struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// Swap makes a resource stand for another thing.
type Swap struct {
	// Type and Name are the resource's in the program.
	Type string `json:"type"`
	Name string `json:"name"`
	// ID is the new thing's id.
	ID string `json:"id"`
	// Properties are the properties that name it, with their new values.
	Properties map[string]any `json:"properties"`
}

// Thing is something in AWS.
type Thing struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// After returns what the stacks of both homes must learn after a restore. The
// inventory is the one from before it.
func After(inv inventory.Inventory, r Restored) (map[system.Home]Adoption, error) {
	out := map[system.Home]Adoption{}
	var errs []error
	for _, home := range system.Homes {
		of, known := inv.Homes[home]
		store, has := of.Stores[r.Store]
		switch {
		case !known || !has:
			errs = append(errs, fmt.Errorf("the %s home has no store %q", home, r.Store))
			continue
		case r.Generation <= store.Generation:
			errs = append(errs, fmt.Errorf("generation is %d, want more than %d, which the %s home has of %q",
				r.Generation, store.Generation, home, r.Store))
			continue
		case kinds[store.Kind] == nil:
			errs = append(errs, fmt.Errorf("store %q is a %s, which is restored in its place", r.Store, store.Kind))
			continue
		}
		at := place{
			scope: naming.Scope{System: inv.System, Home: home, Region: of.Region, Account: of.Account},
			peer:  inv.Homes[home.Peer()].Region,
			store: r.Store, zones: len(of.Zones), selection: r.Selections[home], stands: store.Endpoint != "",
			datastores: map[int]string{store.Generation: store.GlobalID, r.Generation: r.GlobalID},
		}
		a := at.adoption(store, r.Generation)
		errs = append(errs, missing(a, store, r)...)
		out[home] = a
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// adoption is what the stack of the place must learn.
func (p place) adoption(store inventory.Store, generation int) Adoption {
	a := Adoption{Home: p.scope.Home, Settings: []Setting{{
		Path: "redoubt:storeGenerations." + p.store, Value: fmt.Sprint(generation),
	}}}
	a.Swaps = append(a.Swaps, kinds[store.Kind](p, generation)...)
	for _, s := range kinds[store.Kind](p, store.Generation) {
		if s.ID != "" && s.Type != selectionType {
			a.Left = append(a.Left, Thing{s.Type, s.ID})
		}
	}
	return a
}

// missing says which ids that AWS invents the restore does not tell.
func missing(a Adoption, store inventory.Store, r Restored) []error {
	var errs []error
	if slices.ContainsFunc(a.Swaps, func(s Swap) bool { return s.Type == selectionType && s.ID == "" }) {
		errs = append(errs, fmt.Errorf("the %s home has no new backup selection of %q", a.Home, r.Store))
	}
	if store.Kind == system.Cache && store.GlobalID != "" && r.GlobalID == "" {
		errs = append(errs, fmt.Errorf("the %s home has no new datastore of %q, want its id beside %s",
			a.Home, r.Store, store.GlobalID))
	}
	return errs
}

// Commands are what a person or a pipeline runs for the home, in their order;
// file is where the adoption was written. Nothing of it touches AWS.
func (a Adoption) Commands(file string) []string {
	stack := " --stack " + string(a.Home)
	var out []string
	for _, s := range a.Settings {
		out = append(out, fmt.Sprintf("pulumi config set%s --path %s %s", stack, s.Path, s.Value))
	}
	return append(out,
		fmt.Sprintf("pulumi stack export%s | redoubt adopt %s | pulumi stack import%s", stack, file, stack),
		"pulumi refresh"+stack,
		"pulumi preview"+stack,
	)
}
