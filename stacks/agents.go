package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/agents"
	"redoubt/components/controllers"
	"redoubt/components/entry"
	"redoubt/components/keys"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/regions"
	"redoubt/system"
)

// inside are the providers of what stands in the home's cluster and of what AWS
// knows of it.
func (h *home) inside() pulumi.ResourceOption { return pulumi.Providers(h.provider, h.kubernetes) }

// declareControllers makes what the agents need in the cluster.
func (h *home) declareControllers() (err error) {
	args := &controllers.Args{
		Scope: h.scope(), ClusterName: h.scope().Kubernetes(), Cluster: h.cluster.Name, VpcID: h.network.VpcID,
		TargetGroupArns: h.targetGroups(), QueueArns: map[string]pulumi.StringInput{},
		Nodes: controllers.Nodes{
			Groups: map[string]pulumi.StringInput{}, Least: h.size.Running, Most: h.size.Most(),
		},
	}
	for _, zone := range h.config.Zones {
		args.Nodes.Groups[zone] = h.cluster.ScalingGroups.MapIndex(pulumi.String(zone))
	}
	for name, st := range h.agentStores() {
		if s, _ := h.system.Store(name); s.Kind == system.Queue {
			args.QueueArns[name] = st.Arn
		}
	}
	h.controllers, err = controllers.New(h.ctx, "controllers", args, h.inside())
	return err
}

// declareAgents runs the agents in the home's cluster, after the controllers
// that know what they declare.
func (h *home) declareAgents() error {
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	waiting := h.waiting()
	if len(waiting) > 0 {
		if err := h.ctx.Log.Warn(fmt.Sprintf("agents wait for stores that this home does not have yet: %s",
			strings.Join(waiting, ", ")), nil); err != nil {
			return err
		}
	}
	h.agents, err = agents.New(h.ctx, "agents", &agents.Args{
		Scope: h.scope(), System: h.system, Cluster: h.cluster.Name, VpcID: h.network.VpcID, Addresses: addresses,
		Stores: h.agentStores(), Waiting: waiting, LockTableArn: h.locks.Arn, TargetGroupArns: h.targetGroups(),
		DiscoveryParameter: directory.Parameter(h.system.Name), DependencySecrets: h.dependencySecrets(), Levels: h.levels(), Leases: h.agentLeases(),
		DataKeyArn: h.keys.Arn(keys.Data), SecretKeyArn: h.keys.Arn(keys.Secrets),
		ClusterGroupID: h.cluster.SecurityGroupID, EntryGroupID: h.entry.SecurityGroupID,
		DrainSeconds: entry.DrainSeconds, SettleReplicas: h.config.SettleReplicas,
	}, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.controllers}))
	return err
}

// agentStores are the places of the stores that this home has.
func (h *home) agentStores() map[string]agents.Store {
	out, at := map[string]agents.Store{}, h.scope()
	next := func(store string) int { return h.config.Generation(store) + 1 }
	for name, p := range h.postgres {
		out[name] = agents.Store{SecretArn: p.SecretArn}
	}
	for name, b := range h.buckets {
		out[name] = agents.Store{Arn: b.Arn}
	}
	for name, c := range h.caches {
		out[name] = agents.Store{Arn: c.Arn, UserArn: c.UserArn,
			NextArn: at.ARN("elasticache", "replicationgroup:"+at.Cache(name, next(name)))}
	}
	for _, st := range h.system.StoresOf(system.Table) {
		if h.backupsOnly(st) { // a plan restores it there; its agents stand ready with none
			out[st.Name] = agents.Store{Arn: pulumi.String(at.ARN("dynamodb", "table/"+at.Table(st.Name, next(st.Name))))}
		}
	}
	for name, t := range h.tables {
		out[name] = agents.Store{Arn: t.Arn, NextArn: at.ARN("dynamodb", "table/"+at.Table(name, next(name)))}
	}
	for name, q := range h.queues {
		st := agents.Store{Arn: q.Arn, URL: q.URL, LedgerArn: q.LedgerArn,
			NextArn: at.ARN("dynamodb", "table/"+at.Table(name+system.LedgerSuffix, next(name)))}
		if h.idempotency != nil {
			st.IdempotencyArn = h.idempotency.Arn
		}
		out[name] = st
	}
	return out
}

// dependencySecrets are the keys of the outside services, by dependency.
func (h *home) dependencySecrets() map[string]pulumi.StringInput {
	out := map[string]pulumi.StringInput{}
	for _, d := range h.system.Dependencies {
		out[d.Name] = h.secrets.Arns.MapIndex(pulumi.String(d.Name))
	}
	return out
}

// waiting are the agents that use a store which has no half in this home yet.
func (h *home) waiting() []string {
	have := h.agentStores()
	var out []string
	for _, a := range h.system.Agents {
		used := agents.Uses(a)
		if slices.ContainsFunc(used, func(name string) bool { _, has := have[name]; return !has }) {
			out = append(out, a.Name)
		}
	}
	return out
}

// targetGroups are the entry's, by public agent.
func (h *home) targetGroups() map[string]pulumi.StringInput {
	out := map[string]pulumi.StringInput{}
	for _, a := range h.system.Public() {
		out[a.Name] = h.entry.TargetGroupArns.MapIndex(pulumi.String(a.Name))
	}
	return out
}

// addresses are where the agents' traffic comes from and goes to: the subnets
// of the address plan, or all of a network that was adopted.
func (h *home) addresses() (agents.Addresses, error) {
	site := h.config.Site()
	own := []string{site.CIDR.String()}
	out := agents.Addresses{
		Entry: own, Services: own, Stores: own, Homes: []string{own[0], h.peerCIDR().String()},
	}
	if h.config.Adopt.Vpc != nil {
		return out, nil
	}
	subnets, err := regions.CarveSubnets(site.CIDR, len(site.Zones))
	if err != nil {
		return out, err
	}
	out.Entry, out.Services, out.Stores = nil, nil, nil
	for i := range site.Zones {
		out.Entry = append(out.Entry, subnets.Public[i].String())
		out.Services = append(out.Services, subnets.Private[i].String())
		out.Stores = append(out.Stores, subnets.Isolated[i].String())
	}
	return out, nil
}

// agentOf is what the inventory says of an agent without asking AWS.
func (h *home) agentOf(a system.Agent) inventory.Agent {
	out := inventory.Agent{Tier: a.Tier, Public: a.Public, Image: h.scope().Image(a.Image)}
	if slices.Contains(h.waiting(), a.Name) {
		return out
	}
	out.Deployment, out.Scaler, out.ScalerKind = a.Name, a.Name, agents.ScalerKind(a)
	out.Active, out.Standby = h.system.Replicas(a)
	return out
}

// agentSlots are the target groups of the public agents.
func (h *home) agentSlots() []slot {
	var slots []slot
	for _, a := range h.system.Public() {
		slots = append(slots, text(h.entry.TargetGroupArns.MapIndex(pulumi.String(a.Name)),
			func(o *inventory.Home, v string) {
				agent := o.Agents[a.Name]
				agent.TargetGroupArn = v
				o.Agents[a.Name] = agent
			}))
	}
	return slots
}
