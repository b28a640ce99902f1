// Package stacks turns system.yaml and one stack's settings into one home.
package stacks

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/vault"
	"redoubt/components/watch"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/system"
)

// Namespace is the namespace of every setting, the project's name.
const Namespace = "redoubt"

// Keys lists every setting; Pulumi.yaml describes each.
var Keys = []string{
	"home", "region", "peerRegion", "accountId", "zones", "system", "peerReady", "peerStack", "protect", "switch",
	"clientCidrs", "checkerPrefixListId", "rpoEnforced", "postgresVersion", "storeGenerations",
	"complianceLock", "copyAccount", "tags", "adopt", "databasePassword", "dependencyKeys",
	"clusterAdmins", "clusterViewers", "clusterCidrs", "kubernetesVersion", "nodeType", "permissionsBoundary",
	"settleReplicas", "watch", "subscriptions", "production", "experimentsInProduction", "homeRegions", "arbiterRegion", "leases",
	"recoveryImage", "automatic", "witness",
}

// Config is the settings of one stack; Pulumi.yaml describes each key.
type Config struct {
	Home       system.Home
	Region     string
	PeerRegion string
	AccountID  string
	Zones      []string
	System     string
	PeerReady  bool
	PeerStack  string
	Protect    bool
	Switch     string
	// ClientCIDRs are the ranges that may call the entry.
	ClientCIDRs []string
	// CheckerPrefixListID lets Route 53's health checkers in when not everybody may call.
	CheckerPrefixListID string
	// Generations are the store generations above 1, by store.
	Generations map[string]int
	// RPOEnforced are the postgres stores whose commits wait for the peer.
	RPOEnforced []string
	// PostgresVersion is the engine of every postgres store, empty for the default.
	PostgresVersion string
	// ClusterAdmins are the IAM roles that may do everything in the cluster;
	// empty means the role <system>-deployer of the account.
	ClusterAdmins []string
	// ClusterViewers are the IAM roles that may look at what is declared in the
	// cluster, and at no secret of it.
	ClusterViewers []string
	// ClusterCIDRs may call the cluster's API server from outside the network.
	ClusterCIDRs []string
	// KubernetesVersion and NodeType are empty for the defaults.
	KubernetesVersion, NodeType string
	// SettleReplicas sets every agent's number of replicas back to what is declared for this home.
	SettleReplicas bool
	// Production says that users depend on the homes. Then nothing is broken on purpose, unless ExperimentsInProduction.
	Production, ExperimentsInProduction bool
	// PermissionsBoundary puts the boundary that the pipeline's stack makes on every role of the home.
	PermissionsBoundary bool
	// Watch declares the alarms, and runs the prober on whose metrics they stand. It is on unless it is set to false.
	Watch bool
	// Witness runs a witness that writes marks into the stores all the time.
	Witness bool
	// Subscriptions are who is told of alarms.
	Subscriptions []watch.Subscription
	// ArbiterRegion is where the arbiter is, empty for none.
	ArbiterRegion string
	// Leases lets agents ask for the lease of the active home, and plans stand on it.
	Leases bool
	// RecoveryImage is the tag or the digest of the image of the function that recovers the home; empty for none. A tag
	// makes the place that it is pushed to, a digest the function and its state machine too.
	RecoveryImage string
	// Automatic lets the home begin to recover without a person when the arbiter's judge has given it the work.
	Automatic bool
	// ComplianceLock makes the vault's lock irreversible.
	ComplianceLock bool
	// CopyAccount keeps a second copy of the backups; nil when there is none.
	CopyAccount *vault.CopyAccount
	// ExtraTags are put on every resource.
	ExtraTags map[string]string
	Adopt     Adopt
	// Warnings are what speaks against the pair of regions without forbidding it.
	Warnings []regions.Warning
	// Plain are the settings as they were given, without the secret ones, and
	// SystemText what the file of the system says: what the configuration bucket keeps.
	Plain      map[string]string
	SystemText string
	// DatabasePassword is the administrator's password of every postgres store.
	DatabasePassword pulumi.StringOutput
	// DependencyKeys are the keys of the services outside, by dependency. They are secrets.
	DependencyKeys map[string]string
}

// Adopt names what exists already and is used instead of being created.
type Adopt struct {
	Vpc         *AdoptVpc               `json:"vpc"`
	ZoneID      string                  `json:"zoneId"`
	Certificate string                  `json:"certificateArn"`
	Clusters    map[string]AdoptCluster `json:"clusters"`
	Buckets     map[string]string       `json:"buckets"`
	// ConfigRecorder is true where the account has a recorder of AWS Config in the region already.
	ConfigRecorder bool `json:"configRecorder"`
	// Registry says that the account's image replication in this region is somebody else's.
	Registry bool `json:"registry"`
}

// AdoptCluster names an existing database cluster.
type AdoptCluster struct {
	ID              string `json:"id"`
	SecurityGroupID string `json:"securityGroupId"`
	Username        string `json:"username"`
}

// AdoptVpc names an existing network.
type AdoptVpc struct {
	ID                    string   `json:"id"`
	CIDR                  string   `json:"cidr"`
	PublicSubnetIDs       []string `json:"publicSubnetIds"`
	PrivateSubnetIDs      []string `json:"privateSubnetIds"`
	IsolatedSubnetIDs     []string `json:"isolatedSubnetIds"`
	PrivateRouteTableIDs  []string `json:"privateRouteTableIds"`
	IsolatedRouteTableIDs []string `json:"isolatedRouteTableIds"`
}

// Load reads the settings of the running stack and reports every fault at once.
func Load(ctx *pulumi.Context) (Config, error) {
	raw := config.New(ctx, Namespace)
	c := Config{
		Home: system.Home(raw.Get("home")), Region: raw.Get("region"), PeerRegion: raw.Get("peerRegion"),
		AccountID: raw.Get("accountId"), System: or(raw.Get("system"), "system.yaml"), Protect: true,
		Production: true, Watch: true,
		Switch: or(raw.Get("switch"), inventory.MetricSwitch), ClientCIDRs: []string{"0.0.0.0/0"},
		CheckerPrefixListID: raw.Get("checkerPrefixListId"), PostgresVersion: raw.Get("postgresVersion"),
		KubernetesVersion: raw.Get("kubernetesVersion"), NodeType: raw.Get("nodeType"),
		ArbiterRegion: raw.Get("arbiterRegion"), RecoveryImage: raw.Get("recoveryImage"),
	}
	c.Plain = plainSettings(ctx, raw)
	c.PeerStack = or(raw.Get("peerStack"), string(c.Home.Peer()))
	errs := []error{
		flag(raw, "peerReady", &c.PeerReady), flag(raw, "complianceLock", &c.ComplianceLock),
		flag(raw, "protect", &c.Protect), flag(raw, "settleReplicas", &c.SettleReplicas), flag(raw, "watch", &c.Watch),
		flag(raw, "leases", &c.Leases), flag(raw, "automatic", &c.Automatic), flag(raw, "witness", &c.Witness),
		flag(raw, "production", &c.Production), flag(raw, "experimentsInProduction", &c.ExperimentsInProduction),
		flag(raw, "permissionsBoundary", &c.PermissionsBoundary), object(raw, "clusterViewers", &c.ClusterViewers),
		object(raw, "zones", &c.Zones), object(raw, "clientCidrs", &c.ClientCIDRs),
		object(raw, "storeGenerations", &c.Generations), object(raw, "rpoEnforced", &c.RPOEnforced),
		object(raw, "copyAccount", &c.CopyAccount), object(raw, "tags", &c.ExtraTags), object(raw, "adopt", &c.Adopt),
		object(raw, "clusterAdmins", &c.ClusterAdmins), object(raw, "clusterCidrs", &c.ClusterCIDRs),
	}
	password, err := raw.TrySecret("databasePassword")
	if err != nil {
		errs = append(errs, errors.New("redoubt:databasePassword is not set; "+
			"set it with: pulumi config set --secret redoubt:databasePassword"))
	}
	c.DatabasePassword = password
	if c.DependencyKeys, err = dependencyKeys(raw); err != nil {
		errs = append(errs, err)
	}
	if c.Subscriptions, err = subscriptions(raw); err != nil {
		errs = append(errs, err)
	}
	return c, errors.Join(append(errs, c.validate()...)...)
}

// flag reads a switch; a missing one leaves the default. The SDK takes a word
// that it does not know for false, and a slip must not switch protection off.
func flag(raw *config.Config, key string, into *bool) error {
	text := raw.Get(key)
	if text == "" {
		return nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return fmt.Errorf("%s:%s is %q, want true or false", Namespace, key, text)
	}
	*into = on
	return nil
}

// object reads a structured setting; a missing one leaves the default.
func object(raw *config.Config, key string, into any) error {
	err := raw.TryObject(key, into)
	if err == nil || errors.Is(err, config.ErrMissingVar) {
		return nil
	}
	return fmt.Errorf("%s:%s: %w", Namespace, key, err)
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}

// maxTags is what an object in S3 leaves beside the provider's own three:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
const maxTags = 7

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// validate returns every fault of the settings.
func (c *Config) validate() []error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s:%s %s", Namespace, key, fmt.Sprintf(format, args...)))
	}
	if !c.Home.Valid() {
		bad("home", "is %q, want primary or secondary", c.Home)
	}
	if !accountID.MatchString(c.AccountID) {
		bad("accountId", "is %q, want twelve digits", c.AccountID)
	}
	if c.Switch != inventory.MetricSwitch && c.Switch != inventory.ARCSwitch {
		bad("switch", "is %q, want %s or %s", c.Switch, inventory.MetricSwitch, inventory.ARCSwitch)
	}
	if c.PeerStack == "" {
		bad("peerStack", "is empty, want the name of the other home's stack or %q", PinnedOnly)
	}
	if n := len(c.ExtraTags); n > maxTags {
		bad("tags", "has %d tags, want at most %d: an object in S3 takes ten, and Redoubt sets three", n, maxTags)
	}
	for _, name := range sortedKeys(c.ExtraTags) {
		if strings.HasPrefix(name, "redoubt:") || strings.HasPrefix(strings.ToLower(name), "aws:") || name == "managed-by" {
			bad("tags", "has %q, which is not yours to set", name)
		}
	}
	for _, cidr := range c.ClientCIDRs {
		if _, err := netip.ParsePrefix(cidr); err != nil {
			bad("clientCidrs", "has %q, want an address range such as 203.0.113.0/24", cidr)
		}
	}
	if c.CopyAccount != nil && *c.CopyAccount == (vault.CopyAccount{}) {
		c.CopyAccount = nil // the empty default
	}
	if c.CopyAccount != nil {
		if err := c.CopyAccount.Check(c.Scope(c.System)); err != nil {
			bad("copyAccount", "%v", err)
		}
	}
	if err := regions.CheckArbiter(c.ArbiterRegion, c.Region, c.PeerRegion); c.ArbiterRegion != "" && err != nil {
		bad("arbiterRegion", "%v", err)
	}
	if c.Leases && c.ArbiterRegion == "" {
		bad("leases", "is true and redoubt:arbiterRegion is empty: nobody keeps leases")
	}
	if c.Automatic && (!c.recovers() || !c.Leases) {
		bad("automatic", "is true, and that takes redoubt:recoveryImage with a digest, redoubt:arbiterRegion and redoubt:leases")
	}
	if _, ok := c.recoveryImage(); c.RecoveryImage != "" && !ok {
		bad("recoveryImage", "is %q, want a tag, or a digest such as sha256:0123...", c.RecoveryImage)
	}
	for store, g := range c.Generations {
		if g < 1 {
			bad("storeGenerations", "has %d for %s, want 1 or more", g, store)
		}
	}
	if err := c.Site().Validate(); err != nil {
		errs = append(errs, err)
	}
	if c.Home.Valid() {
		errs = append(errs, c.pair()...)
	}
	return errs
}

func (c *Config) pair() []error {
	first, second := c.Region, c.PeerRegion
	if c.Home == system.Secondary {
		first, second = second, first
	}
	warnings, err := regions.CheckPair(first, second)
	c.Warnings = warnings
	if err != nil {
		return []error{err}
	}
	return nil
}

// Site is where this home lives.
func (c Config) Site() regions.Site {
	cidr := regions.CIDR(c.Home)
	if c.Adopt.Vpc != nil {
		if adopted, err := netip.ParsePrefix(c.Adopt.Vpc.CIDR); err == nil {
			cidr = adopted
		}
	}
	return regions.Site{Home: c.Home, Region: c.Region, Account: c.AccountID, Zones: c.Zones, CIDR: cidr}
}

// Scope names this home's things.
func (c Config) Scope(systemName string) naming.Scope {
	return naming.Scope{System: systemName, Home: c.Home, Region: c.Region, Account: c.AccountID}
}

// Generation is the generation of a store.
func (c Config) Generation(store string) int { return max(c.Generations[store], 1) }

// checkAgainst reports settings that name stores the system does not have.
func (c Config) checkAgainst(s *system.System) error {
	var errs []error
	check := func(key, name string, kinds ...system.StoreKind) {
		st, ok := s.Store(name)
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s:%s names %q, which is no store of %s", Namespace, key, name, c.System))
		case len(kinds) > 0 && !slices.Contains(kinds, st.Kind):
			errs = append(errs, fmt.Errorf("%s:%s names %q, which is a %s, want %v", Namespace, key, name, st.Kind, kinds))
		}
	}
	for _, name := range sortedKeys(c.Generations) {
		check("storeGenerations", name)
	}
	for _, name := range c.RPOEnforced {
		check("rpoEnforced", name, system.Postgres)
	}
	for _, name := range sortedKeys(c.Adopt.Clusters) {
		check("adopt.clusters", name, system.Postgres)
	}
	for _, name := range sortedKeys(c.Adopt.Buckets) {
		check("adopt.buckets", name, system.Bucket)
	}
	return errors.Join(append(errs, c.checkKeys(s)...)...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
