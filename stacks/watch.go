package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/keys"
	"redoubt/components/quotas"
	"redoubt/components/vault"
	"redoubt/components/watch"
	"redoubt/system"
	catalogue "redoubt/watch"
)

// subscriptions reads who is told. Their addresses are secrets wherever they go.
func subscriptions(raw *config.Config) ([]watch.Subscription, error) {
	given := map[string]watch.Subscription{}
	if _, err := raw.TrySecretObject("subscriptions", &given); err != nil && !errors.Is(err, config.ErrMissingVar) {
		// The SDK's error may quote an address.
		return nil, fmt.Errorf("%s:subscriptions is not an object of {severity, protocol, endpoint}", Namespace)
	}
	var out []watch.Subscription
	for _, name := range sortedKeys(given) {
		one := given[name]
		one.Name = name
		out = append(out, one)
	}
	var errs []error
	for _, err := range watch.CheckSubscriptions(out) {
		errs = append(errs, fmt.Errorf("%s:%w", Namespace, err))
	}
	return out, errors.Join(errs...)
}

// declareWatch watches the home, and the other one from here once it is there.
func (h *home) declareWatch() error {
	if !h.config.Watch {
		return nil
	}
	places := map[system.Home]catalogue.Place{h.config.Home: h.place()}
	if h.peer != nil {
		places[h.config.Home.Peer()] = catalogue.PlaceOf(*h.peer)
	}
	if err := h.warnOfNobody(); err != nil {
		return err
	}
	if err := h.declareProber(); err != nil {
		return err
	}
	_, err := watch.New(h.ctx, "watch", &watch.Args{
		Scope: h.scope(), System: h.system, Places: places, KeyArn: h.keys.Arn(keys.Logs), References: h.references(),
		Subscriptions: h.config.Subscriptions,
	}, h.here(), pulumi.DependsOn([]pulumi.Resource{h.keys}))
	return err
}

// warnOfNobody says that alarms nobody hears are no alarms.
func (h *home) warnOfNobody() error {
	for _, s := range h.config.Subscriptions {
		if s.Severity == string(catalogue.Page) {
			return nil
		}
	}
	return h.ctx.Log.Warn("nobody is told of a page; set redoubt:subscriptions (docs/watch.md)", nil)
}

// place is this home as the watch knows it: by the names that it gives.
func (h *home) place() catalogue.Place {
	s := h.scope()
	p := catalogue.Place{Region: h.config.Region, Zones: h.config.Zones, Stores: map[string]catalogue.Store{},
		Vault: vault.Name(s), Keys: keys.Purposes, LoadBalancer: catalogue.LoadBalancerRef, TargetGroups: map[string]string{},
		Arbiter: h.leaseRegions() != nil}
	for _, st := range h.system.Stores {
		if h.deployed(st) {
			p.Stores[st.Name] = h.storeNames(st)
		}
	}
	for _, a := range h.system.Public() {
		p.TargetGroups[a.Name] = catalogue.TargetGroupRef(a.Name)
	}
	if demand, err := quotas.Demand(h.system, h.size, false); err == nil {
		p.VCPUs = demand[quotas.VCPUs]
	}
	return p
}

// storeNames are the physical names of a store in this home.
func (h *home) storeNames(st system.Store) catalogue.Store {
	s, g := h.scope(), h.config.Generation(st.Name)
	switch st.Kind {
	case system.Postgres:
		if a, adopted := h.config.Adopt.Clusters[st.Name]; adopted {
			return catalogue.Store{Name: a.ID}
		}
		return catalogue.Store{Name: s.Cluster(st.Name, g)}
	case system.Cache:
		group := s.Cache(st.Name, g)
		return catalogue.Store{Name: group, Members: catalogue.Members(group, len(h.config.Zones))}
	case system.Bucket:
		if name := h.config.Adopt.Buckets[st.Name]; name != "" {
			return catalogue.Store{Name: name}
		}
		return catalogue.Store{Name: s.Bucket(st.Name, g)}
	case system.Queue:
		return catalogue.Store{Name: s.Queue(st.Name, st.FIFO), DeadLetters: s.Queue(st.Name+"-dlq", st.FIFO),
			Ledger: s.Table(st.Name+system.LedgerSuffix, g)}
	}
	return catalogue.Store{Name: s.Table(st.Name, g)}
}

// references are what AWS makes up: the ends of the ARNs of the load balancer and of its target groups.
func (h *home) references() map[string]pulumi.StringInput {
	out := map[string]pulumi.StringInput{catalogue.LoadBalancerRef: h.entry.LoadBalancerArnSuffix}
	for name, arn := range h.targetGroups() {
		out[catalogue.TargetGroupRef(name)] = arn.ToStringOutput().ApplyT(func(arn string) string {
			return arn[strings.LastIndex(arn, ":")+1:]
		}).(pulumi.StringOutput)
	}
	return out
}
