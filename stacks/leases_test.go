package stacks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	keeper "redoubt/agentkit/keep/settings"
	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	observer "redoubt/internal/observe/settings"
	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const deployments = "kubernetes:apps/v1:Deployment"

// leased is a home with an arbiter, and the other home in sight, with or without an address.
func leased(t *testing.T, at system.Home, address string) *pulumitest.Recorder {
	t.Helper()
	return arbitrated(t, at, address, true)
}

// arbitrated is the same, whether agents ask for the leases or not.
func arbitrated(t *testing.T, at system.Home, address string, ask bool) *pulumitest.Recorder {
	t.Helper()
	c := settings(at)
	c.PeerReady, c.ArbiterRegion, c.Leases = true, "eu-north-1", ask
	peer := seen(at.Peer())
	of := peer.Homes[at.Peer()]
	of.Entry.Address = address
	peer.Homes[at.Peer()] = of
	return pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", nil), reference(t, "peer", peer),
		pulumitest.WithOutputs("aws:lb/loadBalancer:LoadBalancer", told("dnsName", "own.example.net")))
}

// environment is that of a program's container.
func environment(t *testing.T, r *pulumitest.Recorder, part string) map[string]string {
	t.Helper()
	spec := r.Get(t, deployments, part+"-deployment").Values()["spec"].(map[string]any)
	pod := spec["template"].(map[string]any)["spec"].(map[string]any)
	out := map[string]string{}
	for _, one := range pod["containers"].([]any)[0].(map[string]any)["env"].([]any) {
		v := one.(map[string]any)
		out[v["name"].(string)], _ = v["value"].(string)
	}
	return out
}

func TestLeases_areKeptAndTheHomesObserved(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		r := leased(t, at, "entry.example.net")
		own := settings(at)
		told := environment(t, r, "keeper")
		s, err := keeper.Read(func(name string) string { return told[name] })
		require.NoError(t, err, "the program reads what the stack writes")
		assert.Equal(t, keeper.Settings{
			Home: at, Own: keeper.Place{Table: "atlas-locks-" + string(at)},
			Arbiter: keeper.Place{Table: "atlas-arbiter", Region: "eu-north-1"},
			Peer:    keeper.Place{Table: "atlas-locks-" + string(at.Peer()), Region: own.PeerRegion},
		}, s)
		assert.Equal(t, own.Region, told["AWS_REGION"])

		c, err := observer.Decode(environment(t, r, "observer")[observer.Variable])
		require.NoError(t, err)
		assert.Equal(t, string(at), c.Observer)
		assert.Equal(t, "entry.example.net", c.Homes[at.Peer()].Address)
		assert.Equal(t, observer.Place{Region: own.Region, Table: "atlas-locks-" + string(at)}, c.Own())
		for _, image := range []string{"redoubt/keeper", "redoubt/observer"} {
			assert.NotNil(t, r.Get(t, "aws:ecr/repository:Repository", "registry-"+image), "its image has a place")
		}
	}
}

// TestLeases_mayTouchTheirItemsAlone: an agent's lock is no keeper's to take, and no observer writes the word.
func TestLeases_mayTouchTheirItemsAlone(t *testing.T) {
	t.Parallel()
	r := leased(t, system.Secondary, "entry.example.net")
	tables := map[string][]string{}
	for part, want := range map[string][]string{
		"keeper": {"active-home", "active-word"}, "observer": {"observer-secondary"},
	} {
		doc, err := iampolicy.Parse(r.Get(t, "aws:iam/rolePolicy:RolePolicy", part+"-allowed").Values()["policy"].(string))
		require.NoError(t, err)
		assert.ElementsMatch(t, want, doc.Statements[0].Conditions["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"], part)
		tables[part] = doc.Statements[0].Resources
		for _, s := range doc.Statements[1:] {
			assert.NotContains(t, s.Actions, "dynamodb:PutItem")
		}
	}
	all := []string{"arn:aws:dynamodb:eu-central-1:123456789012:table/atlas-locks-secondary",
		"arn:aws:dynamodb:eu-north-1:123456789012:table/atlas-arbiter",
		"arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-locks-primary"}
	assert.ElementsMatch(t, all, tables["keeper"])
	assert.ElementsMatch(t, all[:2], tables["observer"])
}

// TestLeases_areAskedForByAgents: agents are told of the tables that keepers keep, and the boundary has room for it.
func TestLeases_areAskedForByAgents(t *testing.T) {
	t.Parallel()
	r := leased(t, system.Secondary, "entry.example.net")
	keepers := environment(t, r, "keeper")
	told := environment(t, r, "agents-worker")
	s, err := keeper.Read(func(name string) string { return told[name] })
	require.NoError(t, err, "agentkit reads what the stack writes")
	want, err := keeper.Read(func(name string) string { return keepers[name] })
	require.NoError(t, err)
	assert.Equal(t, want, s)
	assert.NotContains(t, environment(t, r, "agents-gateway"), "REDOUBT_LOCK_TABLE")
	scope := r.Get(t, "kubernetes:networking.istio.io/v1:Sidecar", "mesh-sidecar-worker")
	assert.Contains(t, fmt.Sprint(scope.Values()), "dynamodb.eu-north-1.amazonaws.com")
}

// TestLeases_areKeptBeforeAgentsAsk: keepers run without agents that ask, and no plan stands on leases then.
func TestLeases_areKeptBeforeAgentsAsk(t *testing.T) {
	t.Parallel()
	for _, ask := range []bool{false, true} {
		r := arbitrated(t, system.Secondary, "entry.example.net", ask)
		assert.Contains(t, environment(t, r, "keeper"), "REDOUBT_ARBITER_TABLE")
		_, told := environment(t, r, "agents-worker")["REDOUBT_ARBITER_TABLE"]
		assert.Equal(t, ask, told)
		assert.Equal(t, ask, inventoryOf(t, r).Own().Control.Arbiter != nil)
	}
}

// TestLeases_aReturnIsWatched: where plans stand on the word, the prober reads the home's copy of it and nothing beside, and
// the alarm on it stands.
func TestLeases_aReturnIsWatched(t *testing.T) {
	t.Parallel()
	for _, ask := range []bool{false, true} {
		r := arbitrated(t, system.Secondary, "entry.example.net", ask)
		doc := allowedTo(t, r, "prober")
		may := func(action, table, item string) bool {
			return iamtest.Allowed(t, iamtest.Request{Action: "dynamodb:" + action, Resource: "arn:aws:dynamodb:" + table,
				Keys: map[string]string{"dynamodb:LeadingKeys": item}}, doc)
		}
		const own, peers = "eu-central-1:123456789012:table/atlas-locks-secondary", "eu-west-1:123456789012:table/atlas-locks-primary"
		assert.Equal(t, ask, may("GetItem", own, inventory.ActiveWord))
		assert.False(t, may("GetItem", own, inventory.ActiveLease))
		assert.False(t, may("PutItem", own, inventory.ActiveWord), "who looks says no word")
		assert.False(t, may("GetItem", peers, inventory.ActiveWord))
		stands := false
		for _, a := range r.OfType("aws:cloudwatch/metricAlarm:MetricAlarm") {
			stands = stands || a.Values()["name"] == "atlas-secondary-return"
		}
		assert.Equal(t, ask, stands)
	}
}

func TestLeases_waitForTheOtherHome(t *testing.T) {
	t.Parallel()
	blind := leased(t, system.Primary, "")
	assert.NotNil(t, blind.Get(t, deployments, "keeper-deployment"))
	for _, d := range blind.OfType(deployments) {
		assert.NotEqual(t, "observer-deployment", d.Name, "there is nothing to look at")
	}
	c := settings(system.Primary)
	c.ArbiterRegion = "eu-north-1"
	alone := pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", (*inventory.Inventory)(nil)))
	for _, d := range alone.OfType(deployments) {
		assert.NotEqual(t, "keeper-deployment", d.Name)
	}
}

func TestConfig_holdsTheArbiterApart(t *testing.T) {
	t.Parallel()
	_, err := load(t, "Pulumi.primary.yaml", map[string]string{"leases": "true"})
	require.ErrorContains(t, err, "redoubt:leases is true and redoubt:arbiterRegion is empty: nobody keeps leases")
	_, err = load(t, "Pulumi.primary.yaml", map[string]string{"arbiterRegion": "eu-central-1"})
	require.ErrorContains(t, err, `redoubt:arbiterRegion is "eu-central-1" as a home's, want a third`)
}
