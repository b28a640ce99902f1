package mesh

import (
	"strconv"
	"testing"
	"time"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// small is a system with one agent that users reach, one that is called, and one that takes work from a queue.
func small(n int) *system.System {
	return &system.System{
		Name:  "demo" + strconv.Itoa(n),
		Tiers: []system.Tier{{Name: "solid", Critical: true, Strategy: system.WarmStandby}},
		Stores: []system.Store{
			{Name: "ledger", Kind: system.Postgres, Tier: "solid"}, {Name: "jobs", Kind: system.Queue, Tier: "solid"},
		},
		Dependencies: []system.Dependency{{Name: "model", Kind: system.ModelDependency, Host: "model.example.com"}},
		Agents: []system.Agent{
			{Name: "front", Tier: "solid", Replicas: 6, PerReplica: 100, Port: 8080, Public: true, Calls: []string{"back"}},
			{Name: "back", Tier: "solid", Replicas: 3, PerReplica: 10, Port: 9090,
				Stores: []system.Use{{Store: "ledger", Write: true}}},
			{Name: "hand", Tier: "solid", Replicas: 3, PerReplica: 5, Consumes: "jobs", Needs: []string{"model"}},
		},
	}
}

func suite() pulumitest.Suite[Args, *Mesh] {
	return pulumitest.Suite[Args, *Mesh]{New: New, Cluster: true, Args: func(n int) *Args {
		s := small(n)
		return &Args{
			Scope:     naming.Scope{System: s.Name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
			System:    s,
			Namespace: s.Name, Entry: []string{"10.40.192.0/22"}, Stores: []string{"10.40.128.0/21"},
		}
	}}
}

func TestMesh_suite(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Bad = []pulumitest.Bad[Args]{
		{Name: "no system", Mutate: func(a *Args) { a.System = nil }, Want: "declares no agents"},
		{Name: "another system's scope", Mutate: func(a *Args) { a.Scope.System = "x" }, Want: "scope is incomplete"},
		{Name: "no region", Mutate: func(a *Args) { a.Scope.Region = "" }, Want: "scope is incomplete"},
		{Name: "no namespace", Mutate: func(a *Args) { a.Namespace = "" }, Want: "namespace is empty"},
		{Name: "no entry", Mutate: func(a *Args) { a.Entry = nil }, Want: "entry is empty"},
		{Name: "no range", Mutate: func(a *Args) { a.Stores = []string{"10.40.0.1/16"} }, Want: `stores has "10.40.0.1/16"`},
		{Name: "a caller with too little time",
			Mutate: func(a *Args) { a.System.Agents[0].Resilience.Deadline = time.Second },
			Want:   "front -> back: a request to front may take 1s"},
	}
	s.Changes = []pulumitest.Change[Args]{
		{Name: "a deadline", Mutate: func(a *Args) { a.System.Agents[1].Resilience.Deadline = 9 * time.Second },
			Want: []string{"main-destinationrule-front--back spec", "main-virtualservice-back spec"}},
		{Name: "a call more", Mutate: func(a *Args) { a.System.Agents[2].Calls = []string{"back"} }, Want: []string{
			"+main-destinationrule-hand--back", "main-authorizationpolicy-back spec", "main-destinationrule-front--back spec",
			"main-destinationrule-hand--outside--model spec", "main-sidecar-hand spec", "main-virtualservice-back spec"}},
		{Name: "where the load balancer stands", Mutate: func(a *Args) { a.Entry = []string{"10.41.192.0/22"} },
			Want: []string{"main-authorizationpolicy-front spec"}},
		{Name: "where the stores stand", Mutate: func(a *Args) { a.Stores = []string{"10.41.128.0/21"} },
			Want: []string{"main-serviceentry-stores--postgres spec"}},
		{Name: "an agent that waits", Mutate: func(a *Args) { a.Waiting = []string{"hand"} }, Want: []string{
			"-main-authorizationpolicy-hand", "-main-destinationrule-hand--outside--model", "-main-serviceentry-aws--sqs",
			"-main-serviceentry-outside--model", "-main-sidecar-hand"}},
	}
	s.Run(t)
}
