package agents

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// example is the system that the repository protects.
func example(t testing.TB) *system.System {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	return s
}

// small is a system with one agent of each sort: called by users, called by
// agents, and a consumer.
func small(n int) *system.System {
	s := &system.System{
		Name: "demo" + strconv.Itoa(n), Domain: "demo.example.com",
		Tiers: []system.Tier{
			{Name: "solid", Critical: true, Strategy: system.WarmStandby},
			{Name: "slow", Strategy: system.PilotLight},
		},
		Stores: []system.Store{
			{Name: "ledger", Kind: system.Postgres, Tier: "solid"}, {Name: "notes", Kind: system.Table, Tier: "solid"},
			{Name: "jobs", Kind: system.Queue, Tier: "solid"}, {Name: "hot", Kind: system.Cache, Tier: "solid"},
			{Name: "big-files", Kind: system.Bucket, Tier: "slow"},
		},
	}
	res := system.Resources{CPUMillis: 500, MemoryMiB: 512}
	s.Agents = []system.Agent{
		{Name: "front", Tier: "solid", Image: "registry.example.com/demo/front:1.2.3", Replicas: 9, Load: 900, PerReplica: 150,
			Resources: res, Port: 8080, Public: true, Calls: []string{"back"}},
		{Name: "back", Tier: "solid", Image: "registry.example.com/demo/back:1.2.3", Replicas: 3, Load: 10, PerReplica: 10,
			Resources: res, Port: 9090, Stores: []system.Use{{Store: "ledger", Write: true}, {Store: "jobs", Write: true},
				{Store: "hot", Write: true}, {Store: "notes"}}},
		{Name: "hand", Tier: "slow", Image: "registry.example.com/demo/hand:1.2.3", Replicas: 3, Load: 10, PerReplica: 5,
			Resources: res, Consumes: "jobs", Needs: []string{"model"}, Stores: []system.Use{{Store: "big-files", Write: true}},
			Volumes: []system.Volume{{Name: "scratch", Kind: system.Ephemeral, Path: "/scratch", SizeMiB: 512}}},
	}
	return s
}

// flagsOf are what tells an agent its level.
func flagsOf(s naming.Scope, agent string) pulumi.StringArray {
	return pulumi.StringArray{pulumi.String(s.ARN("appconfig", "application/"+agent+"/environment/e/configuration/p"))}
}

func argsFor(s *system.System, home system.Home) *Args {
	region := map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}[home]
	scope := naming.Scope{System: s.Name, Home: home, Region: region, Account: "123456789012"}
	a := &Args{
		Scope: scope, System: s, Cluster: pulumi.String(s.Name + "-" + string(home)), VpcID: pulumi.String("vpc-0123"),
		Addresses: Addresses{
			Entry: []string{"10.40.192.0/22"}, Services: []string{"10.40.0.0/19"}, Stores: []string{"10.40.128.0/21"},
			Homes: []string{"10.40.0.0/16", "10.41.0.0/16"},
		},
		ClusterGroupID: pulumi.String("sg-cluster"), EntryGroupID: pulumi.String("sg-entry"),
		DependencySecrets: map[string]pulumi.StringInput{
			"model": pulumi.String(scope.ARN("secretsmanager", "secret:model")),
			"other": pulumi.String(scope.ARN("secretsmanager", "secret:other")),
		},
		Stores: map[string]Store{}, TargetGroupArns: map[string]pulumi.StringInput{}, DrainSeconds: 60,
		LockTableArn:       pulumi.String(scope.ARN("dynamodb", "table/"+s.Name+"-locks")),
		DiscoveryParameter: "/" + s.Name + "/discovery",
		DataKeyArn:         pulumi.String(scope.ARN("kms", "key/mrk-data")),
		SecretKeyArn:       pulumi.String(scope.ARN("kms", "key/mrk-secrets")),
	}
	for _, st := range s.Stores {
		a.Stores[st.Name] = placeOf(scope, st)
	}
	a.Levels = map[string]pulumi.StringArrayInput{}
	for _, agent := range s.Degrading() {
		a.Levels[agent.Name] = flagsOf(scope, agent.Name)
	}
	for _, agent := range s.Public() {
		a.TargetGroupArns[agent.Name] = pulumi.String(scope.ARN("elasticloadbalancing", "targetgroup/"+agent.Name+"/0123"))
	}
	return a
}

func placeOf(s naming.Scope, st system.Store) Store {
	switch st.Kind {
	case system.Postgres:
		return Store{SecretArn: pulumi.String(s.ARN("secretsmanager", "secret:"+st.Name))}
	case system.Bucket:
		return Store{Arn: pulumi.String("arn:aws:s3:::" + s.System + "-" + st.Name)}
	case system.Cache:
		return Store{Arn: pulumi.String(s.ARN("elasticache", "replicationgroup:"+st.Name)),
			UserArn: pulumi.String(s.ARN("elasticache", "user:"+st.Name))}
	case system.Queue:
		return Store{Arn: pulumi.String(s.ARN("sqs", st.Name)), URL: pulumi.String("https://sqs.example/" + st.Name),
			LedgerArn:      pulumi.String(s.ARN("dynamodb", "table/"+st.Name+"-ledger")),
			IdempotencyArn: pulumi.String(s.ARN("dynamodb", "table/"+st.Name+"-done"))}
	default:
		return Store{Arn: pulumi.String(s.ARN("dynamodb", "table/"+st.Name))}
	}
}

func run(t *testing.T, args *Args) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, suite().Program(args))
}

func suite() pulumitest.Suite[Args, *Agents] {
	return pulumitest.Suite[Args, *Agents]{
		Args: func(n int) *Args { return argsFor(small(n), system.Primary) }, New: New, Cluster: true,
	}
}

func TestAgents_suite(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Bad = []pulumitest.Bad[Args]{
		{Name: "no system", Mutate: func(a *Args) { a.System = nil }, Want: "declares no agents"},
		{Name: "another system's scope", Mutate: func(a *Args) { a.Scope.System = "x" }, Want: `scope.system is "x"`},
		{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "" }, Want: "scope.home"},
		{Name: "no region", Mutate: func(a *Args) { a.Scope.Region = "" }, Want: "no region"},
		{Name: "no cluster", Mutate: func(a *Args) { a.Cluster = nil }, Want: "cluster is required"},
		{Name: "no vpc", Mutate: func(a *Args) { a.VpcID = nil }, Want: "vpcId is required"},
		{Name: "no data key", Mutate: func(a *Args) { a.DataKeyArn = nil }, Want: "dataKeyArn is required"},
		{Name: "no secret key", Mutate: func(a *Args) { a.SecretKeyArn = nil }, Want: "secretKeyArn is required"},
		{Name: "no cluster group", Mutate: func(a *Args) { a.ClusterGroupID = nil }, Want: "clusterGroupId is required"},
		{Name: "no entry group", Mutate: func(a *Args) { a.EntryGroupID = nil }, Want: "entryGroupId is required"},
		{Name: "no draining", Mutate: func(a *Args) { a.DrainSeconds = 0 }, Want: "drainSeconds is 0, want 1 to 3600"},
		{Name: "a parameter without slash", Mutate: func(a *Args) { a.DiscoveryParameter = "d" }, Want: "discoveryParameter"},
		{Name: "no addresses", Mutate: func(a *Args) { a.Addresses.Stores = nil }, Want: "addresses.stores is empty"},
		{Name: "no range", Mutate: func(a *Args) { a.Addresses.Homes = []string{"10.40.0.1/16"} }, Want: `has "10.40.0.1/16"`},
		{Name: "no database", Mutate: func(a *Args) { delete(a.Stores, "ledger") }, Want: `"ledger" has no secret`},
		{Name: "no table", Mutate: func(a *Args) { delete(a.Stores, "notes") }, Want: `the table "notes" has no ARN`},
		{Name: "no work ledger", Mutate: func(a *Args) {
			st := a.Stores["jobs"]
			st.LedgerArn = nil
			a.Stores["jobs"] = st
		}, Want: `agent "hand": the queue "jobs" has no work ledger`},
		{Name: "no cache user", Mutate: func(a *Args) {
			st := a.Stores["hot"]
			st.UserArn = nil
			a.Stores["hot"] = st
		}, Want: `the cache "hot" has no user`},
		{Name: "no feature flags", Mutate: func(a *Args) {
			a.System.Agents[0].Degradation = []system.Degradation{{Level: system.Full}}
		}, Want: `agent "front" declares degradation levels and has no feature flags`},
		{Name: "no target group", Mutate: func(a *Args) { a.TargetGroupArns = nil }, Want: `"front" is public and has no target group`},
	}
	s.Changes = []pulumitest.Change[Args]{
		{Name: "the cluster", Mutate: func(a *Args) { a.Cluster = pulumi.String("x") },
			Want:     each(" clusterName", "front-identity", "back-identity", "hand-identity"),
			Replaces: each(" clusterName", "front-identity", "back-identity", "hand-identity")},
		{Name: "the network", Mutate: func(a *Args) { a.VpcID = pulumi.String("x") }, Want: []string{"main-front-binding spec"}},
		{Name: "the cluster's group", Mutate: func(a *Args) { a.ClusterGroupID = pulumi.String("x") },
			Want: []string{"main-front-door securityGroupId"}, Replaces: []string{"main-front-door securityGroupId"}},
		{Name: "the entry's group", Mutate: func(a *Args) { a.EntryGroupID = pulumi.String("x") },
			Want: []string{"main-front-door referencedSecurityGroupId"}},
		{Name: "a dependency's secret", Mutate: func(a *Args) { a.DependencySecrets["model"] = pulumi.String("arn:x") },
			Want: []string{"main-hand-allowed policy"}},
		{Name: "a secret of what nobody needs", Mutate: func(a *Args) { delete(a.DependencySecrets, "other") }},
		{Name: "the target group", Mutate: func(a *Args) { a.TargetGroupArns["front"] = pulumi.String("x") },
			Want: []string{"main-front-binding spec"}},
		{Name: "the entry's addresses", Mutate: func(a *Args) { a.Addresses.Entry = []string{"10.9.0.0/22"} },
			Want: []string{"main-front-network spec"}},
		{Name: "the stores' addresses", Mutate: func(a *Args) { a.Addresses.Stores = []string{"10.9.0.0/22"} },
			Want: []string{"main-back-network spec"}},
		{Name: "the services' addresses", Mutate: func(a *Args) { a.Addresses.Services = []string{"10.9.0.0/22"} },
			Want: each(" spec", "front-network", "back-network", "hand-network")},
		{Name: "the homes' addresses", Mutate: func(a *Args) { a.Addresses.Homes = []string{"10.9.0.0/22"} },
			Want: each(" spec", "back-network", "hand-network")},
		{Name: "the draining", Mutate: func(a *Args) { a.DrainSeconds = 90 },
			Want: each(" spec", "front-deployment", "back-deployment")},
		{Name: "the discovery parameter", Mutate: func(a *Args) { a.DiscoveryParameter = "/x" },
			Want: append(each(" spec", "front-deployment", "back-deployment", "hand-deployment"),
				each(" policy", "front-allowed", "back-allowed", "hand-allowed")...)},
		{Name: "the data key", Mutate: func(a *Args) { a.DataKeyArn = pulumi.String("arn:aws:kms:eu-west-1:1:key/x") },
			Want: each(" policy", "back-allowed", "hand-allowed")},
		{Name: "the secret key", Mutate: func(a *Args) { a.SecretKeyArn = pulumi.String("arn:aws:kms:eu-west-1:1:key/x") },
			Want: each(" policy", "front-allowed", "back-allowed", "hand-allowed")},
		{Name: "the lock table", Mutate: func(a *Args) { a.LockTableArn = nil },
			Want: each(" policy", "back-allowed", "hand-allowed")},
		{Name: "a store", Mutate: func(a *Args) { a.Stores["big-files"] = Store{Arn: pulumi.String("arn:aws:s3:::x")} },
			Want: []string{"main-hand-allowed policy"}},
		{Name: "a queue's url", Mutate: func(a *Args) {
			st := a.Stores["jobs"]
			st.URL = pulumi.String("https://x")
			a.Stores["jobs"] = st
		}, Want: []string{"main-hand-scaler spec"}},
		{Name: "the home", Mutate: func(a *Args) { a.Scope.Home = system.Secondary },
			Want: append(each(" spec", "front-deployment", "front-scaler", "hand-deployment"),
				append(each(" description", "front-role", "back-role", "hand-role"),
					"main home", "main-hand-scaler metadata")...)},
		{Name: "settling", Mutate: func(a *Args) { a.SettleReplicas = true }},
		{Name: "the region", Mutate: func(a *Args) { a.Scope.Region = "eu-west-3" },
			Want: slices.Concat(each(" name", "front-role", "back-role", "hand-role"),
				each(" policy", "front-allowed", "back-allowed", "hand-allowed"),
				each(" role", "front-allowed", "back-allowed", "hand-allowed"),
				each(" spec", "front-deployment", "back-deployment", "hand-deployment", "hand-scaler")),
			Replaces: slices.Concat(each(" name", "front-role", "back-role", "hand-role"),
				each(" role", "front-allowed", "back-allowed", "hand-allowed"))},
		{Name: "the account", Mutate: func(a *Args) { a.Scope.Account = "210987654321" },
			Want: append(each(" policy", "front-allowed", "back-allowed", "hand-allowed"),
				each(" spec", "front-deployment", "back-deployment", "hand-deployment")...)},
	}
	s.Run(t)
}

// each puts the component's name before and what changes behind each part.
func each(what string, parts ...string) []string {
	var out []string
	for _, p := range parts {
		out = append(out, "main-"+p+what)
	}
	return out
}

// An agent whose store has no half in this home yet is left out, and nothing else changes.
func TestAgents_oneThatWaitsIsLeftOut(t *testing.T) {
	t.Parallel()
	args := argsFor(small(0), system.Primary)
	args.Waiting, args.Stores = []string{"hand"}, map[string]Store{}
	for _, name := range []string{"ledger", "jobs", "hot", "notes"} {
		args.Stores[name] = argsFor(small(0), system.Primary).Stores[name]
	}
	r := run(t, args)
	for _, res := range r.Custom() {
		assert.NotContains(t, res.Name, "main-hand")
	}
	assert.Len(t, r.OfType(deploymentType), 2)
}

func TestAgents_sameObjectsInBothHomes(t *testing.T) {
	t.Parallel()
	names := func(home system.Home) (out []string) {
		for _, r := range run(t, argsFor(example(t), home)).All() {
			out = append(out, r.Type+" "+r.Name)
		}
		return out
	}
	assert.Equal(t, names(system.Primary), names(system.Secondary))
}
