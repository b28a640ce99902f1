package vault

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// Args configures a Vault.
type Args struct {
	Scope naming.Scope
	// PeerScope is the other home, once its vault exists. Nil makes no copies.
	PeerScope *naming.Scope
	// CopyAccount keeps a second copy. Nil makes none.
	CopyAccount *CopyAccount
	// KeyArn encrypts the vault, and the peer's copies that it takes. TopicKeyArn
	// encrypts the notifications; it must admit events.amazonaws.com.
	KeyArn, TopicKeyArn pulumi.StringInput
	// StoreKeyArn encrypts what a restore test makes: the key of the stores
	// themselves, because whoever could read the copy could read the store.
	StoreKeyArn pulumi.StringInput
	// Network is where a test restores a database to. Required when there is one.
	Network *Network
	// Resources are the home's stores that AWS Backup can back up.
	Resources []Resource
	// LockMinDays and LockMaxDays are the shortest and longest retention that
	// the vault takes. Zero means those of the rules. With Compliance state
	// them with room, because they can never change.
	LockMinDays, LockMaxDays int
	// Compliance makes the lock final: after 14 days not even the root user
	// can change it or delete a backup. It is an act of a person, never of CI.
	Compliance bool
	// BreakGlassRole is the IAM role that may delete backups, by name. Empty
	// means the system's name and "break-glass".
	BreakGlassRole string
	// OwnRegionSettings makes this stack own which services AWS Backup manages
	// in the account and region. Tables are copied only when somebody has set
	// advanced features for DynamoDB there.
	OwnRegionSettings bool
	// Protect makes the engine refuse to delete or replace the vault.
	Protect bool
}

// Resource is one store of the home.
type Resource struct {
	Store system.Store
	Arn   pulumi.StringInput
}

// Network is where a database can be restored to: isolated subnets, one a zone.
type Network struct {
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
}

// graceDays is how long a compliance lock can still be taken back; AWS takes
// 3 or more (docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html).
const graceDays = 14

// lockMax is the longest retention AWS takes, from the same page.
const lockMax = 36500

// resolve returns a checked copy with the defaults filled in. It reads plain
// Go values only, because outputs are unknown during preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.BreakGlassRole == "" {
		a.BreakGlassRole = breakGlassRole(a.Scope)
	}
	errs := slices.Concat(a.scopeFaults(), a.peerFaults(), a.copyFaults(), a.resourceFaults())
	for _, r := range a.Resources {
		for _, err := range a.retentionFaults(r.Store) {
			errs = append(errs, fmt.Errorf("store %q: %w", r.Store.Name, err))
		}
	}
	return a, errors.Join(append(errs, a.lockFaults()...)...)
}

func (a *Args) scopeFaults() []error {
	var errs []error
	for _, f := range []struct{ name, value string }{
		{"scope.system", a.Scope.System}, {"scope.region", a.Scope.Region}, {"scope.account", a.Scope.Account},
	} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("%s is empty", f.name))
		}
	}
	if !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope.home is %q, want primary or secondary", a.Scope.Home))
	}
	if a.KeyArn == nil {
		errs = append(errs, errors.New("keyArn is required"))
	}
	if a.TopicKeyArn == nil {
		errs = append(errs, errors.New("topicKeyArn is required"))
	}
	if a.StoreKeyArn == nil {
		errs = append(errs, errors.New("storeKeyArn is required"))
	}
	if a.has(system.Postgres) && (a.Network == nil || a.Network.VpcID == nil || a.Network.SubnetIDs == nil) {
		errs = append(errs, errors.New("network is required: without a default network no database could be restored"))
	}
	return errs
}

func (a *Args) peerFaults() []error {
	p := a.PeerScope
	if p == nil {
		return nil
	}
	var errs []error
	if p.Home != a.Scope.Home.Peer() {
		errs = append(errs, fmt.Errorf("peerScope.home is %q, want %q", p.Home, a.Scope.Home.Peer()))
	}
	if p.Region == a.Scope.Region || p.Region == "" {
		errs = append(errs, fmt.Errorf("peerScope.region is %q, want another region", p.Region))
	}
	if p.System != a.Scope.System {
		errs = append(errs, fmt.Errorf("peerScope.system is %q, want %q", p.System, a.Scope.System))
	}
	// Only databases can be copied to another account and region in one act:
	// docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html.
	if p.Account != a.Scope.Account {
		errs = append(errs, fmt.Errorf("peerScope.account is %q, want %q: buckets and tables cannot be copied "+
			"to another account and region at once", p.Account, a.Scope.Account))
	}
	return errs
}

// kinds are the stores that AWS Backup backs up, with the reason of the others.
var kinds = map[system.StoreKind]string{
	system.Postgres: "", system.Table: "", system.Bucket: "",
	system.Queue: "its accepted work is in the work ledger",
	system.Cache: "its snapshots are exported to a bucket",
}

func (a *Args) resourceFaults() []error {
	var errs []error
	if len(a.Resources) == 0 {
		errs = append(errs, errors.New("resources is empty: nothing would be backed up"))
	}
	seen := map[string]bool{}
	for _, r := range a.Resources {
		name := r.Store.Name
		if name == "" {
			errs = append(errs, errors.New("a store has no name"))
		}
		if seen[name] {
			errs = append(errs, fmt.Errorf("store %q is named twice", name))
		}
		seen[name] = true
		if why, known := kinds[r.Store.Kind]; !known || why != "" {
			errs = append(errs, fmt.Errorf("store %q: kind %q is not backed up by AWS Backup %s",
				name, r.Store.Kind, why))
		}
		if r.Arn == nil {
			errs = append(errs, fmt.Errorf("store %q: arn is required", name))
		}
	}
	return errs
}

// stores are the names of the stores, sorted.
func (a *Args) stores() []string {
	var out []string
	for _, r := range a.Resources {
		out = append(out, r.Store.Name)
	}
	slices.Sort(out)
	return out
}

// has reports whether there is a store of the kind.
func (a *Args) has(kind system.StoreKind) bool {
	return slices.ContainsFunc(a.Resources, func(r Resource) bool { return r.Store.Kind == kind })
}

func (a *Args) breakGlass() string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", a.Scope.Account, a.BreakGlassRole)
}

func breakGlassRole(s naming.Scope) string {
	return naming.Join(naming.RoleMax, s.System, "break-glass")
}

// BreakGlassArn is the role that may delete backups unless Args names another.
func BreakGlassArn(s naming.Scope) string {
	return (&Args{Scope: s, BreakGlassRole: breakGlassRole(s)}).breakGlass()
}
