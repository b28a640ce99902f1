package postgres

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// Args configures a Postgres.
type Args struct {
	Scope naming.Scope
	Store system.Store
	// Generation is the store's generation; a restore stands beside the
	// damaged database under the next one. Zero means 1.
	Generation int
	// Seed is true in the one home that creates the global database.
	Seed bool
	// PeerRegion is the other home's region. Required outside the seed: AWS joins
	// an encrypted cluster only on a request that is signed for the region it follows.
	PeerRegion string
	// Adopt makes the seed take an existing cluster instead of creating one.
	Adopt *Adopt
	// Protect turns on deletion protection, AWS's and the engine's.
	Protect bool

	// SubnetIDs are the isolated subnets, one in each of the three Zones.
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	Zones     []string
	// ClientCIDRs are the ranges that may connect: the home's own and its peer's.
	ClientCIDRs []string

	// KeyArn encrypts the data, SecretKeyArn the credentials and LogKeyArn the
	// logs. All are keys of the home's own region.
	KeyArn, SecretKeyArn, LogKeyArn pulumi.StringInput
	// Password is the master password, a Pulumi secret, the same in both homes.
	Password pulumi.StringInput

	// InstanceClass is memory-optimised; empty means DefaultInstanceClass.
	InstanceClass string
	// EngineVersion is major.minor; empty means DefaultEngineVersion. Only the
	// seed's value upgrades a living database, all members at once.
	EngineVersion string
	// RPOEnforced makes commits wait when the other home is more than RPOSeconds
	// behind. Only on the seed: after a failover the new writer has no follower
	// at first, and would not commit at all
	// (docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html).
	RPOEnforced bool
	RPOSeconds  int
	// LogDays is how long logs are kept. Zero means 90.
	LogDays int
	// FinalSnapshot names the snapshot that a destroy leaves; empty means the
	// cluster's name and "final". AWS refuses a name that exists, so a second
	// destroy of the same generation needs another one.
	FinalSnapshot string
}

// Adopt names an existing cluster of the home's region and account. It is
// read and never changed: its zones, parameters and encryption stay with its
// owner. It becomes the seed of the global database.
type Adopt struct {
	// ClusterID is the cluster's identifier.
	ClusterID string
	// SecurityGroupID is the cluster's security group; it must admit the proxy's.
	SecurityGroupID string
	// Username is the user that Args.Password belongs to; empty means Username.
	Username string
}

// The defaults of Args.
const (
	DefaultInstanceClass = "db.r7g.large"
	DefaultEngineVersion = "16.6"
	defaultLogDays       = 90
)

// Username is the master user of a database that this package creates.
const Username = "redoubt"

// DatabaseName is the database that a store's cluster is created with.
func DatabaseName(store system.Store) string { return strings.ReplaceAll(store.Name, "-", "_") }

// The limits of rds.global_db_rpo in seconds, from the page named at RPOEnforced.
const (
	rpoMin = 20
	rpoMax = 2147483647
)

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
	if a.InstanceClass == "" {
		a.InstanceClass = DefaultInstanceClass
	}
	if a.EngineVersion == "" {
		a.EngineVersion = DefaultEngineVersion
	}
	if a.LogDays == 0 {
		a.LogDays = defaultLogDays
	}
	return a, errors.Join(slices.Concat(
		a.scopeFaults(), a.placeFaults(), a.inputFaults(), a.engineFaults(), a.roleFaults(),
	)...)
}

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
	if a.Store.Kind != system.Postgres {
		errs = append(errs, fmt.Errorf("store.kind is %q, want %q", a.Store.Kind, system.Postgres))
	}
	if a.Generation < 1 {
		errs = append(errs, fmt.Errorf("generation is %d, want 1 or more", a.Generation))
	}
	if d := a.Store.Retention.PITRDays; d < 1 || d > 35 {
		errs = append(errs, fmt.Errorf("store.retention.pitrDays is %d, want 1 to 35", d))
	}
	return errs
}

// placeFaults checks that the store stands in three zones and who may reach it.
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
	}{
		{"vpcId", a.VpcID}, {"subnetIds", a.SubnetIDs}, {"keyArn", a.KeyArn},
		{"secretKeyArn", a.SecretKeyArn}, {"logKeyArn", a.LogKeyArn}, {"password", a.Password},
	} {
		if in.value == nil {
			errs = append(errs, fmt.Errorf("%s is required", in.name))
		}
	}
	return errs
}

var versionForm = regexp.MustCompile(`^(\d+)\.(\d+)$`)

// forwardingFrom is the first minor version of each major one that forwards
// writes; later majors all do
// (docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-write-forwarding-apg.html).
var forwardingFrom = map[int]int{14: 9, 15: 4}

func (a *Args) engineFaults() []error {
	var errs []error
	if !strings.HasPrefix(a.InstanceClass, "db.r") && !strings.HasPrefix(a.InstanceClass, "db.x") {
		errs = append(errs, fmt.Errorf("instanceClass is %q, want a memory-optimised one such as %s: "+
			"a global database takes no other", a.InstanceClass, DefaultInstanceClass))
	}
	m := versionForm.FindStringSubmatch(a.EngineVersion)
	if m == nil {
		return append(errs, fmt.Errorf("engineVersion is %q, want major.minor such as %s",
			a.EngineVersion, DefaultEngineVersion))
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < 14 {
		errs = append(errs, fmt.Errorf("engineVersion is %q, want 14 or later", a.EngineVersion))
	}
	if first, known := forwardingFrom[major]; a.Store.WriteForwarding && known && minor < first {
		errs = append(errs, fmt.Errorf("engineVersion is %q, want %d.%d or later to forward writes",
			a.EngineVersion, major, first))
	}
	return errs
}

// roleFaults checks what only the seed may ask for.
func (a *Args) roleFaults() []error {
	var errs []error
	if !a.Seed && (a.PeerRegion == "" || a.PeerRegion == a.Scope.Region) {
		errs = append(errs, fmt.Errorf("peerRegion is %q, want the region that the cluster follows", a.PeerRegion))
	}
	if a.RPOEnforced {
		if !a.Seed {
			errs = append(errs, errors.New("rpoEnforced outside the seed: its group would block every "+
				"commit after a failover"))
		}
		if a.RPOSeconds < rpoMin || a.RPOSeconds > rpoMax {
			errs = append(errs, fmt.Errorf("rpoSeconds is %d, want %d to %d", a.RPOSeconds, rpoMin, rpoMax))
		}
	}
	if a.Adopt == nil {
		return errs
	}
	if !a.Seed {
		errs = append(errs, errors.New("adopt outside the seed: an existing cluster cannot join a global database"))
	}
	if a.RPOEnforced {
		errs = append(errs, errors.New("rpoEnforced with adopt: the adopted cluster's parameters are its owner's"))
	}
	if a.Adopt.ClusterID == "" || a.Adopt.SecurityGroupID == "" {
		errs = append(errs, errors.New("adopt needs clusterId and securityGroupId"))
	}
	return errs
}

// family is the parameter family of the engine version.
func (a *Args) family() string {
	major, _, _ := strings.Cut(a.EngineVersion, ".")
	return engine + major
}

func (a *Args) username() string {
	if a.Adopt != nil && a.Adopt.Username != "" {
		return a.Adopt.Username
	}
	return Username
}
