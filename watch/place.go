package watch

import (
	"maps"
	"slices"

	"redoubt/inventory"
	"redoubt/system"
)

// Place is what the watch must know of one home.
type Place struct {
	Region string
	Zones  []string
	Stores map[string]Store
	// Vault is the backup vault's name.
	Vault string
	// Keys are the purposes of the home's keys.
	Keys []string
	// LoadBalancer and TargetGroups, by agent, are the last parts of their ARNs, by which CloudWatch knows them. AWS
	// makes them up, so that they may be References.
	LoadBalancer string
	TargetGroups map[string]string
	// VCPUs is how many the home needs when it serves; zero asks nobody about its room.
	VCPUs int
	// Arbiter says that an arbiter's judge may give the home the work of the other one.
	Arbiter bool
}

// Store is a store's physical names in one home.
type Store struct {
	// Name is the cluster, the table, the group, the bucket or the queue.
	Name string
	// Members are the nodes of a cache.
	Members []string
	// DeadLetters is the second queue of a queue, Ledger the table of its accepted work.
	DeadLetters, Ledger string
}

// LoadBalancerRef and TargetGroupRef stand for what is not known before AWS has made it.
const LoadBalancerRef = "${loadBalancer}"

// TargetGroupRef stands for an agent's target group.
func TargetGroupRef(agent string) string { return "${targetGroup:" + agent + "}" }

// PlaceOf is a home as its inventory describes it.
func PlaceOf(h inventory.Home) Place {
	p := Place{Region: h.Region, Zones: h.Zones, Stores: map[string]Store{}, Vault: h.Vault.Name,
		Keys: slices.Sorted(maps.Keys(h.Keys)), LoadBalancer: LoadBalancerRef, TargetGroups: map[string]string{},
		Arbiter: h.Control.Arbiter != nil}
	for name, s := range h.Stores {
		one := Store{Name: s.Name, Ledger: s.LedgerTable}
		if s.Kind == system.Cache {
			one.Members = Members(s.Name, len(h.Zones))
		}
		if s.Kind == system.Queue {
			one.DeadLetters = lastPart(s.DeadLetterURL)
		}
		p.Stores[name] = one
	}
	for name, a := range h.Agents {
		if a.Public {
			p.TargetGroups[name] = TargetGroupRef(name)
		}
	}
	return p
}

// Members are the nodes of a cache's group as AWS names them:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.Endpoints.html
func Members(group string, nodes int) []string {
	var out []string
	for n := range nodes {
		out = append(out, group+"-00"+string(rune('1'+n)))
	}
	return out
}

func lastPart(path string) string {
	for n := len(path) - 1; n >= 0; n-- {
		if path[n] == '/' {
			return path[n+1:]
		}
	}
	return path
}
