package agents

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
	"redoubt/system/waits"
)

// Args configures an Agents.
type Args struct {
	// Scope says whose agents they are and where. Required.
	Scope naming.Scope
	// System declares the agents and what they use. Required.
	System *system.System
	// Cluster is the name of the home's Kubernetes cluster. Required.
	Cluster pulumi.StringInput
	// VpcID is the home's network. Required.
	VpcID pulumi.StringInput
	// Addresses are the ranges that the agents' traffic is held to. Required.
	Addresses Addresses
	// Stores are the places of this home's stores, by name. Required for each store that an agent uses.
	Stores map[string]Store
	// LockTableArn is the home's table of locks. Nil means that there is none.
	LockTableArn pulumi.StringInput
	// DiscoveryParameter is the name of the parameter through which agents find everything. Required.
	DiscoveryParameter string
	// DataKeyArn and SecretKeyArn are the home's keys for stores and for secrets. Required.
	DataKeyArn, SecretKeyArn pulumi.StringInput
	// TargetGroupArns are the entry's target groups, by public agent. Required for each.
	TargetGroupArns map[string]pulumi.StringInput
	// DependencySecrets are the secrets with which dependencies are called, by dependency; some have none.
	DependencySecrets map[string]pulumi.StringInput
	// Levels are the ARNs of the feature flags that tell an agent how much to give, by agent. Required for each
	// that declares degradation levels.
	Levels map[string]pulumi.StringArrayInput
	// Leases are where the lease of the active home stands, for agents that may write in one home at a time. Nil without an
	// arbiter.
	Leases *Leases
	// Waiting are agents that this home leaves out for now, because a store of theirs has no half here yet.
	Waiting []string
	// ClusterGroupID is the security group of the cluster's nodes and pods, EntryGroupID the load balancer's. Required.
	ClusterGroupID, EntryGroupID pulumi.StringInput
	// DrainSeconds is how long the entry lets a target that leaves finish its
	// requests; a replica lives longer than that. Required.
	DrainSeconds int
	// SettleReplicas sets the number of replicas back to what is declared for
	// this home, whatever a plan has made of it since.
	SettleReplicas bool
}

// Addresses are ranges of addresses, in CIDR notation.
type Addresses struct {
	// Entry are where the load balancer stands, Services where the endpoints of
	// AWS's services stand, Stores where databases and caches stand.
	Entry, Services, Stores []string
	// Homes are the networks of both homes, and all else that is not outside.
	Homes []string
}

// Store is where a store stands in this home, as far as its kind needs.
type Store struct {
	// Arn is the table, the bucket, the queue or the replication group.
	Arn pulumi.StringInput
	// SecretArn is the secret with the credentials of a postgres store.
	SecretArn pulumi.StringInput
	// UserArn is the user as which agents connect to a cache.
	UserArn pulumi.StringInput
	// URL is where a queue is called, LedgerArn the table of its accepted work,
	// IdempotencyArn the table of what was done.
	URL, LedgerArn, IdempotencyArn pulumi.StringInput
	// NextArn is the ARN that the table, the queue's ledger or the cache has after
	// its next restore. An agent may use it from the start, because IAM cannot be relied on
	// during a recovery. Empty where nothing is restored under another name.
	NextArn string
}

// resolve returns a checked copy. It reads plain Go values only: outputs are
// unknown during a preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.System == nil || len(a.System.Agents) == 0 {
		return Args{}, errors.New("system declares no agents")
	}
	_, wrong := waits.Of(a.System, a.System.Agents[0].Name, true)
	return a, errors.Join(wrong, a.checkScope(), a.checkInputs(), a.checkAddresses(), a.checkPlaces())
}

func (a Args) checkScope() error {
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System != a.System.Name || a.Scope.System == "" {
		add("scope.system is %q, want the system's name %q", a.Scope.System, a.System.Name)
	}
	if !a.Scope.Home.Valid() {
		add("scope.home is %q, want primary or secondary", a.Scope.Home)
	}
	if a.Scope.Region == "" || a.Scope.Account == "" {
		add("scope has no region or no account")
	}
	if d := a.DrainSeconds; d < 1 || d > 3600 {
		add("drainSeconds is %d, want 1 to 3600", d)
	}
	if a.DiscoveryParameter == "" || a.DiscoveryParameter[0] != '/' {
		add("discoveryParameter is %q, want a name that begins with a slash", a.DiscoveryParameter)
	}
	return errors.Join(errs...)
}

func (a Args) checkInputs() error {
	var errs []error
	for _, in := range []struct {
		name  string
		value pulumi.StringInput
	}{
		{"cluster", a.Cluster}, {"vpcId", a.VpcID}, {"dataKeyArn", a.DataKeyArn}, {"secretKeyArn", a.SecretKeyArn},
		{"clusterGroupId", a.ClusterGroupID}, {"entryGroupId", a.EntryGroupID},
	} {
		if in.value == nil {
			errs = append(errs, fmt.Errorf("%s is required", in.name))
		}
	}
	return errors.Join(errs...)
}

func (a Args) checkAddresses() error {
	var errs []error
	for _, list := range []struct {
		name   string
		ranges []string
	}{
		{"entry", a.Addresses.Entry}, {"services", a.Addresses.Services}, {"stores", a.Addresses.Stores},
		{"homes", a.Addresses.Homes},
	} {
		if len(list.ranges) == 0 {
			errs = append(errs, fmt.Errorf("addresses.%s is empty", list.name))
		}
		for _, r := range list.ranges {
			if p, err := netip.ParsePrefix(r); err != nil || p != p.Masked() {
				errs = append(errs, fmt.Errorf("addresses.%s has %q, want a range such as 10.40.0.0/16", list.name, r))
			}
		}
	}
	return errors.Join(errs...)
}

// checkPlaces holds that every agent finds its stores and its target group.
func (a Args) checkPlaces() error {
	var errs []error
	for _, agent := range a.agents() {
		for _, name := range Uses(agent) {
			st, _ := a.System.Store(name)
			if missing := a.Stores[name].missing(st.Kind); missing != "" {
				errs = append(errs, fmt.Errorf("agent %q: the %s %q has no %s in this home", agent.Name, st.Kind, name, missing))
			}
		}
		if len(agent.Degradation) > 0 && a.Levels[agent.Name] == nil {
			errs = append(errs, fmt.Errorf("agent %q declares degradation levels and has no feature flags", agent.Name))
		}
		if agent.Public && a.TargetGroupArns[agent.Name] == nil {
			errs = append(errs, fmt.Errorf("agent %q is public and has no target group", agent.Name))
		}
	}
	return errors.Join(errs...)
}

// agents are those that this home runs.
func (a Args) agents() []system.Agent {
	var out []system.Agent
	for _, agent := range a.System.Agents {
		if !slices.Contains(a.Waiting, agent.Name) {
			out = append(out, agent)
		}
	}
	return out
}

// missing names what a store of the kind lacks, empty when it has all.
func (s Store) missing(kind system.StoreKind) string {
	switch {
	case kind == system.Postgres && s.SecretArn == nil:
		return "secret"
	case kind != system.Postgres && s.Arn == nil:
		return "ARN"
	case kind == system.Cache && s.UserArn == nil:
		return "user"
	case kind == system.Queue && s.URL == nil:
		return "URL"
	case kind == system.Queue && s.LedgerArn == nil:
		return "work ledger"
	}
	return ""
}

// Uses lists the stores that the agent touches, the queue it consumes included.
func Uses(a system.Agent) []string {
	var out []string
	for _, u := range a.Stores {
		out = append(out, u.Store)
	}
	if a.Consumes != "" && !slices.Contains(out, a.Consumes) {
		out = append(out, a.Consumes)
	}
	return out
}
