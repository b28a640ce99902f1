package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/bucket"
	"redoubt/components/cache"
	"redoubt/components/keys"
	"redoubt/components/vault"
	"redoubt/inventory"
	"redoubt/system"
)

// declareCaches declares every cache. The primary makes the global datastore in
// its first update, so that the secondary finds its id in the second.
func (h *home) declareCaches() error {
	h.caches = map[string]*cache.Cache{}
	for _, st := range h.system.StoresOf(system.Cache) {
		args := h.cacheArgs(st)
		if behind := h.peerBehind(args); behind != nil {
			return behind
		}
		if args.Replicated && !args.Seed && args.GlobalID == "" {
			// A cache that joins homes that stand. The other home may be out of reach, so this one goes on.
			if err := h.ctx.Log.Warn(fmt.Sprintf("cache %q waits: the primary has not made its global datastore yet; "+
				"bring the primary up, then this home again", st.Name), nil); err != nil {
				return err
			}
			continue
		}
		c, err := cache.New(h.ctx, "cache-"+st.Name, args, h.here())
		if err != nil {
			return err
		}
		h.caches[st.Name] = c
	}
	return nil
}

func (h *home) cacheArgs(st system.Store) *cache.Args {
	args := &cache.Args{
		Scope: h.scope(), Store: st, Generation: h.config.Generation(st.Name), Seed: h.seed(),
		Replicated: cache.Replicated(h.strategies()[st.Tier]), Protect: h.config.Protect,
		VpcID: h.network.VpcID, SubnetIDs: h.network.IsolatedSubnetIDs, Zones: h.config.Zones,
		ClientCIDRs: []string{h.config.Site().CIDR.String(), h.peerCIDR().String()},
		KeyArn:      h.keys.Arn(keys.Data), AlarmActions: pulumi.Array{pulumi.String(vault.TopicArn(h.scope()))},
	}
	if h.peer != nil && h.peer.Stores[st.Name].SnapshotBucket != "" {
		args.SnapshotPeer = &bucket.Peer{
			Region: h.config.PeerRegion, KeyArn: keys.InRegion(h.keys.Arn(keys.Data), h.config.PeerRegion),
			Bucket: h.peer.Stores[st.Name].SnapshotBucket,
		}
	}
	if args.Replicated && !args.Seed {
		args.GlobalID = h.peerDatastore(st.Name, args.Generation)
	}
	return args
}

// peerDatastore is the datastore that the peer has for a generation of a cache, empty while it has none.
func (h *home) peerDatastore(store string, generation int) string {
	if h.peer == nil || h.peer.Stores[store].Generation != generation {
		return ""
	}
	return h.peer.Stores[store].GlobalID
}

// peerBehind refuses a home that knows of a restore before the primary does: without the new
// datastore's id it would leave its half out, which is to delete it.
func (h *home) peerBehind(args *cache.Args) error {
	if !args.Replicated || args.Seed || args.GlobalID != "" || h.peer == nil {
		return nil
	}
	seen, has := h.peer.Stores[args.Store.Name]
	if !has || seen.GlobalID == "" {
		return nil
	}
	return fmt.Errorf("cache %q is of generation %d here and of %d in the primary: "+
		"update the primary first, then this home",
		args.Store.Name, args.Generation, seen.Generation)
}

// cacheSlots fill in what AWS says of each cache.
func (h *home) cacheSlots() []slot {
	var slots []slot
	store := func(name string, change func(*inventory.Store, string)) func(*inventory.Home, string) {
		return func(o *inventory.Home, v string) {
			st := o.Stores[name]
			change(&st, v)
			o.Stores[name] = st
		}
	}
	for _, name := range sortedKeys(h.caches) {
		c := h.caches[name]
		slots = append(slots,
			text(c.GroupID, store(name, func(s *inventory.Store, v string) { s.Name = v })),
			text(c.Arn, store(name, func(s *inventory.Store, v string) { s.Arn = v })),
			text(c.GlobalID, store(name, func(s *inventory.Store, v string) { s.GlobalID = v })),
			text(c.Endpoint, store(name, func(s *inventory.Store, v string) { s.Endpoint = v })),
			text(c.ReaderEndpoint, store(name, func(s *inventory.Store, v string) { s.ReaderEndpoint = v })),
			text(c.SnapshotBucket, store(name, func(s *inventory.Store, v string) { s.SnapshotBucket = v })),
			text(h.keys.Arn(keys.Data), store(name, func(s *inventory.Store, v string) { s.KeyArn = v })),
			list(c.Members, func(o *inventory.Home, v []string) {
				st := o.Stores[name]
				st.Members = v
				o.Stores[name] = st
			}),
		)
	}
	return slots
}
