package stacks

import (
	"errors"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/agents"
	"redoubt/components/bucket"
	"redoubt/components/cache"
	"redoubt/components/certificates"
	"redoubt/components/cluster"
	"redoubt/components/control"
	"redoubt/components/control/machine"
	"redoubt/components/controllers"
	"redoubt/components/degradation"
	"redoubt/components/discovery"
	"redoubt/components/entry"
	"redoubt/components/keys"
	"redoubt/components/network"
	"redoubt/components/postgres"
	"redoubt/components/registry"
	"redoubt/components/secrets"
	"redoubt/components/vault"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/system"
)

// home declares one home, component by component.
type home struct {
	ctx    *pulumi.Context
	config Config
	system *system.System
	// peer is the other home as last seen, nil until there is one.
	peer     *inventory.Home
	provider *aws.Provider
	// configurations is the bucket of what the homes are made from.
	configurations *bucket.Bucket

	// zoneIDs are the ids of the home's zones, which mean the same in every account.
	zoneIDs  map[string]string
	keys     *keys.Keys
	registry *registry.Registry
	secrets  *secrets.Secrets
	network  *network.Network
	buckets  map[string]*bucket.Bucket
	postgres map[string]*postgres.Postgres
	caches   map[string]*cache.Cache
	zoneID   pulumi.StringOutput
	entry    *entry.Entry
	names    *discovery.Names
	vault    *vault.Vault
	control  *bucket.Bucket
	// machine is nil where no plan runs inside AWS.
	machine *machine.Machine
	cluster *cluster.Cluster
	// size is how many nodes the cluster has.
	size cluster.Size
	// kubernetes is the provider of everything inside the cluster.
	kubernetes *kubernetes.Provider
	homeTables
	controllers *controllers.Controllers
	// degradation is nil when no agent declares levels.
	degradation *degradation.Degradation
	agents      *agents.Agents
}

// declare registers every component in the order of their needs.
func (h *home) declare() error {
	for _, step := range []func() error{
		h.lookZones,
		h.declareQuotas,
		h.declareKeys,
		h.declareRegistry,
		h.declareSecrets,
		h.declareNetwork,
		h.declareBuckets,
		h.declarePostgres,
		h.declareCaches,
		h.declareTables,
		h.declareQueues,
		h.declareEntry,
		h.declareNames,
		h.declareVault,
		h.declareCluster,
		h.declareViewers,
		h.declareControllers,
		h.declareDegradation,
		h.declareAgents,
		h.declareMesh,
		h.declareChaos,
		h.declareExport,
		h.declareLeases,
		h.declareMachine,
		h.declareWatch,
		h.declareWitness,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (h *home) here() pulumi.ResourceOption { return pulumi.Provider(h.provider) }

func (h *home) scope() naming.Scope { return h.config.Scope(h.system.Name) }

func (h *home) seed() bool { return h.config.Home == system.Primary }

func (h *home) declareKeys() error {
	args := &keys.Args{Scope: h.scope(), Protect: h.config.Protect}
	if c := h.config.CopyAccount; c != nil {
		args.CopyAccount = c.ID
	}
	if !h.seed() {
		if h.peer == nil {
			return errors.New("the secondary home's keys are replicas of the primary's: bring the primary up first, " +
				"then set redoubt:peerReady true on the secondary")
		}
		args.Peer = &keys.Peer{KeyArns: h.peer.Keys}
	}
	var err error
	h.keys, err = keys.New(h.ctx, "keys", args, h.here())
	return err
}

func (h *home) declareNetwork() error {
	args := &network.Args{Scope: h.scope(), Site: h.config.Site(), LogKeyArn: h.keys.Arn(keys.Logs)}
	if h.peer != nil {
		args.Peer = &network.Peer{Region: h.peer.Region, CIDR: h.peerCIDR()}
		if h.seed() {
			args.Peer.PeeringID = h.peer.Network.PeeringID
		} else {
			args.Peer.VpcID = h.peer.Network.VpcID
		}
	}
	if a := h.config.Adopt.Vpc; a != nil {
		args.Adopt = &network.Adopt{
			VpcID: a.ID, PublicSubnetIDs: a.PublicSubnetIDs, PrivateSubnetIDs: a.PrivateSubnetIDs,
			IsolatedSubnetIDs: a.IsolatedSubnetIDs, PrivateRouteTableIDs: a.PrivateRouteTableIDs,
			IsolatedRouteTableIDs: a.IsolatedRouteTableIDs,
		}
	}
	var err error
	h.network, err = network.New(h.ctx, "network", args, h.here())
	return err
}

// peerCIDR is the peer's range: what its inventory says, or what the address
// plan gives it.
func (h *home) peerCIDR() netip.Prefix {
	if h.peer != nil {
		if cidr, err := netip.ParsePrefix(h.peer.CIDR); err == nil {
			return cidr
		}
	}
	return regions.CIDR(h.config.Home.Peer())
}

// bucketPeer is where a store's bucket replicates to, nil as long as the peer
// has no such bucket: S3 refuses a destination that does not exist, also when a store joins homes that
// stand. The peer's inventory says what its bucket is called, because it may have adopted one.
func (h *home) bucketPeer(store string) *bucket.Peer {
	if h.peer == nil || h.peer.Stores[store].Name == "" {
		return nil
	}
	return &bucket.Peer{
		Region: h.config.PeerRegion, KeyArn: keys.InRegion(h.keys.Arn(keys.Data), h.config.PeerRegion),
		Bucket: h.peer.Stores[store].Name,
	}
}

func (h *home) declareBuckets() error {
	h.buckets = map[string]*bucket.Bucket{}
	for _, st := range h.system.StoresOf(system.Bucket) {
		args := &bucket.Args{
			Scope: h.scope(), Name: st.Name, Generation: h.config.Generation(st.Name), Retention: st.Retention,
			Lock: st.Retention.LockDays > 0, KeyArn: h.keys.Arn(keys.Data), Peer: h.bucketPeer(st.Name),
			Protect: h.config.Protect, Ends: h.marksEnd(),
		}
		if name := h.config.Adopt.Buckets[st.Name]; name != "" {
			args.Adopt = &bucket.Adopt{Name: name}
		}
		b, err := bucket.New(h.ctx, "bucket-"+st.Name, args, h.here())
		if err != nil {
			return err
		}
		h.buckets[st.Name] = b
	}
	if err := h.declareConfigurationBucket(); err != nil {
		return err
	}
	return h.declareControlBucket()
}

// declareControlBucket makes the bucket of the inventories. It does not
// replicate: both homes write the same keys, each with what it knows.
func (h *home) declareControlBucket() (err error) {
	h.control, err = bucket.New(h.ctx, "bucket-control", &bucket.Args{
		Scope: h.scope(), Name: "control", Generation: 1, KeyArn: h.keys.Arn(keys.Data),
		Retention: system.Retention{PITRDays: 35}, Protect: h.config.Protect, Ends: h.segmentsEnd(),
	}, h.here())
	return err
}

func (h *home) declarePostgres() error {
	h.postgres = map[string]*postgres.Postgres{}
	for _, st := range h.system.StoresOf(system.Postgres) {
		args := &postgres.Args{
			Scope: h.scope(), Store: st, Generation: h.config.Generation(st.Name), Seed: h.seed(),
			PeerRegion: h.config.PeerRegion, EngineVersion: h.config.PostgresVersion,
			VpcID: h.network.VpcID, SubnetIDs: h.network.IsolatedSubnetIDs, Zones: h.config.Zones,
			ClientCIDRs: []string{h.config.Site().CIDR.String(), h.peerCIDR().String()},
			KeyArn:      h.keys.Arn(keys.Data), SecretKeyArn: h.keys.Arn(keys.Secrets), LogKeyArn: h.keys.Arn(keys.Logs),
			Password: h.config.DatabasePassword, RPOEnforced: h.enforcesRPO(st),
			RPOSeconds: h.rpoSeconds(st), Protect: h.config.Protect,
		}
		if a, ok := h.config.Adopt.Clusters[st.Name]; ok {
			args.Adopt = &postgres.Adopt{ClusterID: a.ID, SecurityGroupID: a.SecurityGroupID, Username: a.Username}
		}
		p, err := postgres.New(h.ctx, "postgres-"+st.Name, args, h.here())
		if err != nil {
			return err
		}
		h.postgres[st.Name] = p
	}
	return nil
}

// enforcesRPO reports whether the store's commits wait for the peer. Before the
// peer is there they would wait for nobody, and for ever.
func (h *home) enforcesRPO(st system.Store) bool {
	return h.seed() && h.peer != nil && slices.Contains(h.config.RPOEnforced, st.Name)
}

func (h *home) declareEntry() error {
	if err := h.declareZone(); err != nil {
		return err
	}
	cert, err := certificates.New(h.ctx, "certificates", &certificates.Args{
		Scope: h.scope(), Domain: h.system.Domain, ZoneID: h.zoneID, OwnRecord: h.seed(), Adopt: h.config.Adopt.Certificate,
	}, h.here())
	if err != nil {
		return err
	}
	args := &entry.Args{
		Scope: h.scope(), Domain: h.system.Domain, ZoneID: h.zoneID, VpcID: h.network.VpcID,
		PublicSubnetIDs: h.network.PublicSubnetIDs, CertificateArn: cert.CertificateArn,
		ClientCIDRs: h.config.ClientCIDRs, CheckerPrefixListID: h.config.CheckerPrefixListID,
		TargetCIDRs: []string{h.config.Site().CIDR.String()}, Agents: h.system.Public(), Strategies: h.strategies(),
		Switch: h.config.Switch, Protect: h.config.Protect,
	}
	if h.peer != nil {
		args.Peer = &entry.Peer{Region: h.config.PeerRegion}
		if id := h.peer.Entry.PeerHealthCheckID; id != "" {
			args.Peer.HealthCheckID = pulumi.String(id)
		}
	}
	h.entry, err = entry.New(h.ctx, "entry", args, h.here())
	return err
}

// declareZone finds the public zone: the primary owns or adopts it, the
// secondary knows its id from the inventory.
func (h *home) declareZone() error {
	if !h.seed() {
		h.zoneID = pulumi.String(h.peer.Entry.ZoneID).ToStringOutput()
		return nil
	}
	zone, err := entry.NewZone(h.ctx, "zone", &entry.ZoneArgs{
		Domain: h.system.Domain, AdoptID: h.config.Adopt.ZoneID, Protect: h.config.Protect,
	}, h.here())
	if err != nil {
		return err
	}
	h.zoneID = zone.ZoneID
	return nil
}

// strategies gives each tier's strategy.
func (h *home) strategies() map[string]system.Strategy {
	out := map[string]system.Strategy{}
	for _, t := range h.system.Tiers {
		out[t.Name] = t.Strategy
	}
	return out
}

// export writes the inventory into this home and into the stack's outputs.
func (h *home) export() error {
	own := h.inventory()
	if err := h.declareDirectory(own); err != nil {
		return err
	}
	last := ""
	if h.peer != nil {
		text, err := inventory.Encode(inventory.New(h.system.Name, h.config.Home.Peer(), *h.peer))
		if err != nil {
			return err
		}
		last = string(text)
	}
	if _, err := control.New(h.ctx, "control", &control.Args{
		Scope: h.scope(), Bucket: h.control.Bucket, KeyArn: h.keys.Arn(keys.Data),
		Own: h.encode(own, false), Peer: last, Protect: h.config.Protect,
	}, h.here()); err != nil {
		return err
	}
	h.ctx.Export(InventoryOutput, h.encode(own, true))
	h.ctx.Export("home", pulumi.String(h.config.Home))
	h.ctx.Export("region", pulumi.String(h.config.Region))
	h.ctx.Export("address", h.entry.Address)
	return nil
}

// rpoSeconds is what the store's tier promises for the loss of the region.
func (h *home) rpoSeconds(st system.Store) int {
	t, _ := h.system.Tier(st.Tier)
	return int(t.Objectives[system.RegionLoss].RPO.Seconds())
}
