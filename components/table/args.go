package table

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Args configures a Table.
type Args struct {
	// Scope says whose table it is and where. Required.
	Scope naming.Scope
	// Name is the store's name, or another purpose such as "idempotency". Required.
	Name string
	// Tier is the store's tier, a tag; empty for what belongs to no tier.
	Tier string
	// Shape is what the table is made for. Required.
	Shape Shape
	// Generation is the store's generation: a restore stands beside the damaged
	// table under the next one. Zero means 1.
	Generation int
	// PITRDays is how far back a point-in-time restore reaches: 1 to 35. It
	// holds for the table that seeds; a replica always reaches 35 days back.
	PITRDays int
	// KeyArn is the key of this region that encrypts the table. Required.
	KeyArn pulumi.StringInput
	// ReplicaOf is the region whose table this one is a replica of; empty
	// declares the table itself. That table must exist.
	ReplicaOf string
	// Restored says that a plan has made the table: it is taken over, not created.
	Restored bool
	// Protect turns on deletion protection, AWS's and the engine's.
	Protect bool
}

// resolve returns a checked copy with the defaults filled in. It reads plain
// Go values only, because outputs are unknown during preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.Generation == 0 {
		a.Generation = 1
	}
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	s := a.Scope
	nowhere := !s.Home.Valid() && (s.Home != "" || !a.Shape.Local) // the arbiter's table is local and of no home
	bad(s.System == "" || s.Region == "" || s.Account == "" || nowhere,
		"scope is %+v, want system, home, region and account", s)
	bad(a.Name == "", "name is empty")
	bad(a.Shape.Hash == "", "shape has no hash key")
	bad(a.Generation < 1, "generation is %d, want 1 or more", a.Generation)
	bad(a.PITRDays < 1 || a.PITRDays > 35, "pitrDays is %d, want 1 to 35", a.PITRDays)
	bad(a.Restored && a.ReplicaOf != "", "restored excludes replicaOf")
	bad(a.KeyArn == nil, "keyArn is required")
	bad(a.ReplicaOf != "" && a.ReplicaOf == s.Region, "replicaOf is %q, want another region", a.ReplicaOf)
	bad(a.ReplicaOf != "" && a.Shape.Local, "replicaOf is %q, but a local table has no replica: "+
		"both homes could then hold one lock", a.ReplicaOf)
	bad(a.Shape.Local && a.Generation > 1, "generation is %d, but a local table is never restored: "+
		"leases of the past are void", a.Generation)
	return a, errors.Join(errs...)
}

// physical is the table's own name.
func (a *Args) physical() string {
	if a.Shape.Local {
		return a.Scope.LocalTable(a.Name)
	}
	return a.Scope.Table(a.Name, a.Generation)
}
