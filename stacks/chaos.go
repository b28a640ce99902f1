package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/agents"
	"redoubt/components/chaos"
	"redoubt/components/keys"
	"redoubt/components/vault"
)

// declareChaos declares what may be broken on purpose. In production nothing may, unless the settings allow it, and even
// then nothing by itself.
func (h *home) declareChaos() error {
	if h.config.Production && !h.config.ExperimentsInProduction {
		return nil
	}
	s := h.scope()
	_, err := chaos.New(h.ctx, "chaos", &chaos.Args{
		Scope: s, PeerRegion: h.config.PeerRegion, System: h.system, Zones: h.config.Zones, Stores: h.chaosStores(),
		// The one controller whose calls of EC2 the agents' nodes depend on.
		CallerRoleArn: pulumi.String(fmt.Sprintf("arn:aws:iam::%s:role/%s", s.Account, s.Role("autoscaler"))),
		LogKeyArn:     h.keys.Arn(keys.Logs), LoadBalancer: h.entry.LoadBalancerArnSuffix, Namespace: agents.Namespace(h.system),
		TopicArn: vault.TopicArn(s), Schedules: !h.config.Production,
	}, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.controllers, h.agents}))
	return err
}

// chaosStores are the places of the stores that this home has.
func (h *home) chaosStores() map[string]chaos.Store {
	out := map[string]chaos.Store{}
	for name, p := range h.postgres {
		out[name] = chaos.Store{Arn: p.ClusterArn}
	}
	for name, c := range h.caches {
		out[name] = chaos.Store{Arn: c.Arn}
	}
	for name, b := range h.buckets {
		out[name] = chaos.Store{Arn: b.Arn}
	}
	for name, t := range h.tables {
		out[name] = chaos.Store{Arn: t.Arn}
	}
	for _, st := range h.system.Stores {
		if q := h.queues[st.Name]; q != nil && h.hasLedger(st) {
			out[st.Name] = chaos.Store{Arn: q.Arn, LedgerArn: q.LedgerArn}
		}
	}
	return out
}
