package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	arbiters "redoubt/components/arbiter"
	"redoubt/components/entry"
	"redoubt/components/keys"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/system"
)

// slot is one field of the inventory that only AWS can fill in.
type slot struct {
	out pulumi.Output
	set func(*inventory.Home, any)
}

func text(out pulumi.StringOutput, set func(*inventory.Home, string)) slot {
	return slot{out, func(h *inventory.Home, v any) { set(h, v.(string)) }}
}

func list(out pulumi.StringArrayOutput, set func(*inventory.Home, []string)) slot {
	return slot{out, func(h *inventory.Home, v any) { set(h, v.([]string)) }}
}

func named(out pulumi.StringMapOutput, set func(*inventory.Home, map[string]string)) slot {
	return slot{out, func(h *inventory.Home, v any) { set(h, v.(map[string]string)) }}
}

// encode gives the inventory as canonical text, with the peer's last known
// part when withPeer is true.
func (h *home) encode(own pulumi.Output, withPeer bool) pulumi.StringOutput {
	return own.ApplyT(func(v any) (string, error) {
		doc := inventory.New(h.system.Name, h.config.Home, v.(inventory.Home))
		if withPeer && h.peer != nil {
			doc.Homes[doc.Home.Peer()] = *h.peer
		}
		text, err := inventory.Encode(doc)
		return string(text), err
	}).(pulumi.StringOutput)
}

// inventory gathers this home's identifiers as one output of inventory.Home.
func (h *home) inventory() pulumi.Output {
	slots := h.slots()
	outs := make([]any, len(slots))
	for i, s := range slots {
		outs[i] = s.out
	}
	return pulumi.All(outs...).ApplyT(func(values []any) any {
		own := h.known()
		for i, s := range slots {
			s.set(&own, values[i])
		}
		return own
	})
}

// known is the part of the inventory that needs no answer from AWS.
func (h *home) known() inventory.Home {
	scope, site := h.scope(), h.config.Site()
	own := inventory.Home{
		Region: site.Region, Account: site.Account, Zones: site.Zones, ZoneIDs: h.zoneIDs, CIDR: site.CIDR.String(),
		Keys: map[string]string{}, Stores: map[string]inventory.Store{}, Agents: map[string]inventory.Agent{},
		Entry: inventory.Entry{
			Domain: h.system.Domain, Switch: h.config.Switch,
		},
		Registry: inventory.Registry{Host: scope.Registry()},
		Discovery: inventory.Discovery{
			Domain: directory.Domain(h.system.Name), Parameter: directory.Parameter(h.system.Name),
		},
		Control: inventory.Control{
			Bucket: scope.Bucket("control", 1), Key: inventory.ObjectKey(h.config.Home),
			Parameter: scope.Path("inventory", string(h.config.Home)),
		},
	}
	if h.leaseRegions() != nil { // a plan takes the leases for the fence, so the agents must ask for them
		own.Control.Arbiter = &inventory.Arbiter{Region: h.config.ArbiterRegion, Table: arbiters.Table(h.third())}
	}
	if h.config.Switch == inventory.MetricSwitch {
		own.Entry.SwitchAlarm = entry.AlarmName(scope)
		own.Entry.SwitchDimensions = map[string]string{entry.Dimension: h.system.Name}
	}
	if h.config.Switch == inventory.ARCSwitch && !h.seed() && h.peer != nil {
		of := h.peer.Entry
		own.Entry.RoutingControlArns, own.Entry.RoutingPanelArn = of.RoutingControlArns, of.RoutingPanelArn
		own.Entry.RoutingEndpoints = of.RoutingEndpoints
	}
	for _, st := range h.system.Stores {
		if h.deployed(st) {
			own.Stores[st.Name] = inventory.Store{Kind: st.Kind, Tier: st.Tier, Generation: h.config.Generation(st.Name)}
		}
	}
	for _, a := range h.system.Agents {
		own.Agents[a.Name] = h.agentOf(a)
	}
	return own
}

// deployed reports whether this program declares the store.
func (h *home) deployed(st system.Store) bool {
	return h.buckets[st.Name] != nil || h.postgres[st.Name] != nil || h.tables[st.Name] != nil ||
		h.queues[st.Name] != nil ||
		h.caches[st.Name] != nil
}

// slots lists every field that AWS fills in.
func (h *home) slots() []slot {
	slots := []slot{
		text(h.network.VpcID, func(o *inventory.Home, v string) { o.Network.VpcID = v }),
		list(h.network.PublicSubnetIDs, func(o *inventory.Home, v []string) { o.Network.PublicSubnetIDs = v }),
		list(h.network.PrivateSubnetIDs, func(o *inventory.Home, v []string) { o.Network.PrivateSubnetIDs = v }),
		list(h.network.IsolatedSubnetIDs, func(o *inventory.Home, v []string) { o.Network.IsolatedSubnetIDs = v }),
		text(h.zoneID, func(o *inventory.Home, v string) { o.Entry.ZoneID = v }),
		text(h.entry.LoadBalancerArn, func(o *inventory.Home, v string) { o.Entry.LoadBalancerArn = v }),
		text(h.entry.Address, func(o *inventory.Home, v string) { o.Entry.Address = v }),
		text(h.entry.SwitchNamespace, func(o *inventory.Home, v string) { o.Entry.SwitchNamespace = v }),
		text(h.entry.SwitchMetric, func(o *inventory.Home, v string) { o.Entry.SwitchMetric = v }),
		text(h.vault.VaultName, func(o *inventory.Home, v string) { o.Vault.Name = v }),
		text(h.vault.VaultArn, func(o *inventory.Home, v string) { o.Vault.Arn = v }),
		text(h.configurations.Bucket, func(o *inventory.Home, v string) { o.Configuration = v }),
	}
	if !h.seed() { // the home that asked for the connection tells the other
		slots = append(slots, text(h.network.PeeringID, func(o *inventory.Home, v string) { o.Network.PeeringID = v }))
	}
	if h.config.Switch == inventory.ARCSwitch {
		slots = append(slots, h.routingSlots()...)
	}
	for _, purpose := range keys.Purposes {
		slots = append(slots, text(h.keys.Arn(purpose), func(o *inventory.Home, v string) { o.Keys[purpose] = v }))
	}
	slots = append(slots, h.tableSlots()...)
	slots = append(slots, h.queueSlots()...)
	slots = append(slots, h.storeSlots()...)
	slots = append(slots, h.clusterSlots()...)
	slots = append(slots, h.agentSlots()...)
	slots = append(slots, h.levelSlots()...)
	slots = append(slots, h.cacheSlots()...)
	slots = append(slots, h.secretSlots()...)
	slots = append(slots, h.discoverySlots()...)
	slots = append(slots, h.backupSlots()...)
	slots = append(slots, h.machineSlots()...)
	return slots
}

// routingSlots are what the primary makes of an ARCSwitch in its first update:
// both homes' checks, and the routing controls with where they are set. The
// secondary keeps a copy of the latter, for the day on which nobody can ask.
func (h *home) routingSlots() []slot {
	slots := []slot{
		text(h.entry.HealthCheckID, func(o *inventory.Home, v string) { o.Entry.HealthCheckID = v }),
		text(h.entry.PeerHealthCheckID, func(o *inventory.Home, v string) { o.Entry.PeerHealthCheckID = v }),
	}
	if !h.seed() {
		return slots
	}
	return append(slots,
		text(h.entry.RoutingPanelArn, func(o *inventory.Home, v string) { o.Entry.RoutingPanelArn = v }),
		named(h.entry.ClusterEndpoints, func(o *inventory.Home, v map[string]string) { o.Entry.RoutingEndpoints = v }),
		named(h.entry.RoutingControlArns, func(o *inventory.Home, v map[string]string) {
			o.Entry.RoutingControlArns = map[system.Home]string{}
			for home, arn := range v {
				o.Entry.RoutingControlArns[system.Home(home)] = arn
			}
		}))
}

// ofStore sets a field of one store.
func ofStore(name string, change func(*inventory.Store, string)) func(*inventory.Home, string) {
	return func(o *inventory.Home, v string) {
		st := o.Stores[name]
		change(&st, v)
		o.Stores[name] = st
	}
}

func (h *home) storeSlots() []slot {
	var slots []slot
	for _, name := range sortedKeys(h.buckets) {
		b := h.buckets[name]
		slots = append(slots,
			text(b.Bucket, ofStore(name, func(s *inventory.Store, v string) { s.Name = v })),
			text(b.Arn, ofStore(name, func(s *inventory.Store, v string) { s.Arn = v })),
			text(h.keys.Arn(keys.Data), ofStore(name, func(s *inventory.Store, v string) { s.KeyArn = v })),
		)
	}
	for _, name := range sortedKeys(h.postgres) {
		p := h.postgres[name]
		slots = append(slots,
			text(p.ClusterID, ofStore(name, func(s *inventory.Store, v string) { s.Name = v })),
			text(p.ClusterArn, ofStore(name, func(s *inventory.Store, v string) { s.Arn = v })),
			text(p.GlobalID, ofStore(name, func(s *inventory.Store, v string) { s.GlobalID = v })),
			text(p.ProxyEndpoint, ofStore(name, func(s *inventory.Store, v string) { s.Endpoint = v })),
			text(p.ProxyReaderEndpoint, ofStore(name, func(s *inventory.Store, v string) { s.ReaderEndpoint = v })),
			text(p.SecretArn, ofStore(name, func(s *inventory.Store, v string) { s.SecretArn = v })),
			text(h.keys.Arn(keys.Data), ofStore(name, func(s *inventory.Store, v string) { s.KeyArn = v })),
			list(p.Members, func(o *inventory.Home, v []string) {
				st := o.Stores[name]
				st.Members = v
				o.Stores[name] = st
			}),
		)
	}
	return slots
}
