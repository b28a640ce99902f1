package cache

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/bucket"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Args configures a Cache.
type Args struct {
	Scope naming.Scope
	Store system.Store
	// Generation is the store's generation; a restore stands beside the
	// damaged cache under the next one. Zero means 1.
	Generation int
	// Seed is true in the one home that makes the global datastore.
	Seed bool
	// Replicated is true when both homes hold the cache, in one datastore. False
	// leaves the seed's group alone and gives the other home only what a restore needs.
	Replicated bool
	// GlobalID is the datastore that a home outside the seed joins, as its
	// peer's inventory names it. Required there when Replicated.
	GlobalID string
	// Protect keeps the engine from deleting or replacing group and datastore.
	Protect bool

	// SubnetIDs are the isolated subnets, one in each of the three Zones.
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	Zones     []string
	// ClientCIDRs are the ranges that may connect: the home's own and its peer's.
	ClientCIDRs []string
	// KeyArn is the key of the home's own region that encrypts the cache at rest.
	KeyArn pulumi.StringInput

	// SnapshotPeer is where exported snapshots are replicated to. Nil while the
	// peer's bucket does not exist, and for a cache that is rebuilt.
	SnapshotPeer *bucket.Peer
	// AlarmActions are told when no snapshot could be exported and restored for
	// a day. Nil tells nobody; the alarm stands all the same.
	AlarmActions pulumi.ArrayInput

	// NodeType is one that a global datastore takes; empty means the smallest
	// that holds the store's sizeGiB.
	NodeType string
	// EngineVersion is Valkey's major.minor; empty means DefaultEngineVersion.
	// Only the seed's value counts, for all members at once.
	EngineVersion string
}

// DefaultEngineVersion is the Valkey that a new cache runs.
const DefaultEngineVersion = "8.0"

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
	if a.EngineVersion == "" {
		a.EngineVersion = DefaultEngineVersion
	}
	var sized error
	if a.NodeType == "" {
		a.NodeType, sized = nodeFor(a.Store.SizeGiB)
	}
	return a, errors.Join(slices.Concat(
		a.scopeFaults(), []error{sized}, a.placeFaults(), a.inputFaults(), a.engineFaults(), a.joinFaults(),
	)...)
}

// joins reports whether the home's group becomes a member of the peer's datastore.
func (a *Args) joins() bool { return a.Replicated && !a.Seed }

// restoredOnly reports whether the home has a group only after a restore.
func (a *Args) restoredOnly() bool { return !a.Replicated && !a.Seed }

// kept reports whether the cache is kept as snapshots: nothing else holds what is in it.
func (a *Args) kept() bool { return a.Store.RebuildFrom == "" }

func (a *Args) scopeFaults() []error {
	var errs []error
	for _, f := range []struct{ name, value string }{
		{"scope.system", a.Scope.System}, {"scope.region", a.Scope.Region},
		{"scope.account", a.Scope.Account}, {"store.name", a.Store.Name},
	} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("%s is empty", f.name))
		}
	}
	if !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope.home is %q, want primary or secondary", a.Scope.Home))
	}
	if a.Store.Kind != system.Cache {
		errs = append(errs, fmt.Errorf("store.kind is %q, want %q", a.Store.Kind, system.Cache))
	}
	if a.Generation < 1 {
		errs = append(errs, fmt.Errorf("generation is %d, want 1 or more", a.Generation))
	}
	if d := a.Store.Retention.DailyDays; a.kept() && (d < 1 || d > snapshotDaysMax) {
		errs = append(errs, fmt.Errorf("store.retention.dailyDays is %d, want 1 to %d, or store.rebuildFrom",
			d, snapshotDaysMax))
	}
	return errs
}

// placeFaults checks that the cache stands in three zones and who may reach it.
func (a *Args) placeFaults() []error {
	var errs []error
	if n := len(a.Zones); n != 3 {
		errs = append(errs, fmt.Errorf("zones are %d, want 3", n))
	}
	for i, z := range a.Zones {
		if !strings.HasPrefix(z, a.Scope.Region) {
			errs = append(errs, fmt.Errorf("zone %q is not in region %q", z, a.Scope.Region))
		}
		if slices.Contains(a.Zones[:i], z) {
			errs = append(errs, fmt.Errorf("zone %q is named twice", z))
		}
	}
	if plain, ok := a.SubnetIDs.(pulumi.StringArray); ok && len(plain) != 3 {
		errs = append(errs, fmt.Errorf("subnetIds are %d, want 3, one a zone", len(plain)))
	}
	if len(a.ClientCIDRs) == 0 {
		errs = append(errs, errors.New("clientCidrs is empty: nobody could connect"))
	}
	for i, cidr := range a.ClientCIDRs {
		p, err := netip.ParsePrefix(cidr)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("client range %q: %w", cidr, err))
		case !p.Addr().Is4():
			errs = append(errs, fmt.Errorf("client range %q is not IPv4, which is all that a global datastore takes", cidr))
		case p != p.Masked():
			errs = append(errs, fmt.Errorf("client range %q has host bits, want %q", cidr, p.Masked()))
		case p.Bits() == 0:
			errs = append(errs, fmt.Errorf("client range %q is everybody", cidr))
		case slices.Contains(a.ClientCIDRs[:i], cidr):
			errs = append(errs, fmt.Errorf("client range %q is named twice", cidr))
		}
	}
	return errs
}

func (a *Args) inputFaults() []error {
	var errs []error
	for _, in := range []struct {
		name  string
		value any
	}{{"vpcId", a.VpcID}, {"subnetIds", a.SubnetIDs}, {"keyArn", a.KeyArn}} {
		if in.value == nil {
			errs = append(errs, fmt.Errorf("%s is required", in.name))
		}
	}
	return errs
}

// versionForm takes the versions of Valkey that this package has parameters for.
var versionForm = regexp.MustCompile(`^(7\.[2-9]|8\.\d)$`)

func (a *Args) engineFaults() []error {
	var errs []error
	if a.NodeType != "" && !nodeForm.MatchString(a.NodeType) {
		errs = append(errs, fmt.Errorf("nodeType is %q, want one that a global datastore takes, such as %s",
			a.NodeType, nodes[0].name))
	}
	if !versionForm.MatchString(a.EngineVersion) {
		errs = append(errs, fmt.Errorf("engineVersion is %q, want 7.2 to 8.9, such as %s",
			a.EngineVersion, DefaultEngineVersion))
	}
	return errs
}

func (a *Args) joinFaults() []error {
	switch {
	case a.joins() && a.GlobalID == "":
		return []error{errors.New("globalId is empty: want the datastore of the peer's inventory")}
	case !a.joins() && a.GlobalID != "":
		return []error{fmt.Errorf("globalId is %q in a home that joins nothing", a.GlobalID)}
	}
	return nil
}

// family is the parameter family of the engine version.
func (a *Args) family() string {
	major, _, _ := strings.Cut(a.EngineVersion, ".")
	return engine + major
}
