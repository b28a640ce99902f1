package inventory_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/system"
)

func TestEncode_isCanonical(t *testing.T) {
	t.Parallel()
	a, b := small(), small()
	own := b.Homes[system.Primary]
	own.Agents = nil // a is empty, b has none
	own.Network.PublicSubnetIDs = []string{}
	b.Homes[system.Primary] = own
	first, err := inventory.Encode(a)
	require.NoError(t, err)
	second, err := inventory.Encode(b)
	require.NoError(t, err)
	assert.Equal(t, string(first), string(second), "nil and empty are the same")
	assert.True(t, strings.HasPrefix(string(first), `{"home":"primary","homes":{"primary":{"account":`), string(first))
	assert.True(t, strings.HasSuffix(string(first), "}\n"))
}

func TestEncode_roundTripsForAnySeed(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		inv := random(r)
		raw, err := inventory.Encode(inv)
		require.NoError(t, err, "seed %d", seed)
		back, err := inventory.Decode(raw)
		require.NoError(t, err, "seed %d: %s", seed, raw)
		again, err := inventory.Encode(back)
		require.NoError(t, err)
		require.Equal(t, string(raw), string(again), "seed %d", seed)
		require.JSONEq(t, plain(t, inv), plain(t, back), "seed %d", seed)
	}
}

func TestEncode_fitsWhereItIsStored(t *testing.T) {
	t.Parallel()
	inv := large(100, 40)
	raw, err := inventory.Encode(inv)
	require.NoError(t, err)
	t.Logf("two homes with 100 agents and 40 stores: %d bytes", len(raw))
	assert.Greater(t, len(raw), inventory.PointerMax, "a parameter could hold it; no object is needed")
	assert.Less(t, len(raw), 128<<10, "it is an object in S3, but it is also read on the worst day")

	pointer, err := inventory.PointTo(strings.Repeat("b", 63), inventory.ObjectKey(system.Secondary), raw)
	require.NoError(t, err)
	small, err := pointer.Encode()
	require.NoError(t, err)
	t.Logf("its pointer: %d bytes", len(small))
	assert.LessOrEqual(t, len(small), inventory.PointerMax)
}

func TestDecode_readsTheFirstVersionForEver(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/v1.json")
	require.NoError(t, err)
	inv, err := inventory.Decode(raw)
	require.NoError(t, err)
	assert.Equal(t, inventory.Version, inv.Version, "what is read is written as of now")
	assert.Equal(t, "vpc-0123456789abcdef0", inv.Own().Network.VpcID)
	assert.Equal(t, "Taken", inv.Homes[system.Secondary].Entry.SwitchMetric)
	again, err := inventory.Encode(inv)
	require.NoError(t, err)
	back, err := inventory.Decode(again)
	require.NoError(t, err)
	assert.Equal(t, inv, back, "nothing of version 1 is lost by writing it again")
}

func TestDecode_readsTheSecondVersionForEver(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/v2.json")
	require.NoError(t, err)
	inv, err := inventory.Decode(raw)
	require.NoError(t, err)
	assert.Equal(t, inventory.Version, inv.Version, "what is read is written as of now")
	assert.Equal(t, map[string]string{"eu-west-1a": "agents-a"}, inv.Own().Cluster.NodeGroups)
	assert.Empty(t, inv.Own().ZoneIDs, "the second version did not know them")
}

func TestDecode_readsTheThirdVersionForEver(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/v3.json")
	require.NoError(t, err)
	inv, err := inventory.Decode(raw)
	require.NoError(t, err)
	assert.Equal(t, inventory.Version, inv.Version, "what is read is written as of now")
	assert.Equal(t, "euw1-az2", inv.Own().ZoneIDs["eu-west-1b"])
	assert.Empty(t, inv.Own().Entry.RoutingControlArns, "the third version did not know them")
}

func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	good, err := inventory.Encode(small())
	require.NoError(t, err)
	change := func(old, now string) string {
		out := strings.Replace(string(good), old, now, 1)
		require.NotEqual(t, string(good), out, "nothing was replaced")
		return out
	}
	for name, c := range map[string]struct{ doc, want string }{
		"nothing":        {"", "unexpected end"},
		"no version":     {change(`"version":6`, `"homer":3`), "version is missing"},
		"newer version":  {change(`"version":6`, `"version":7`), "version is 7, this program reads up to 6"},
		"version zero":   {change(`"version":6`, `"version":0`), "version is 0, want 1 to 6"},
		"unknown field":  {change(`"vpcId"`, `"vpc"`), `unknown field "vpc"`},
		"no system":      {change(`"system":"agents"`, `"system":""`), "system is missing"},
		"unknown home":   {change(`"primary":{`, `"third":{`), "homes.third is unknown"},
		"not its own":    {change(`"home":"primary"`, `"home":"secondary"`), "homes.secondary is missing"},
		"no zones":       {change(`,"zones":["a","b","c"]`, ``), "homes.primary.zones is missing"},
		"nameless store": {change(`"name":"agents-notes"`, `"name":""`), "homes.primary.stores.notes.name is missing"},
		"two documents":  {string(good) + "{}", "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := inventory.Decode([]byte(c.doc))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestDecode_namesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := inventory.Decode([]byte(`{"version":1,"home":"primary","homes":{"primary":{"network":{"vpcId":"vpc-1"}}}}`))
	for _, want := range []string{"system", "homes.primary.region", "homes.primary.account", "homes.primary.zones"} {
		assert.ErrorContains(t, err, want+" is missing")
	}
}

func TestHash_changesWithTheContentOnly(t *testing.T) {
	t.Parallel()
	first, err := inventory.Hash(small())
	require.NoError(t, err)
	same, err := inventory.Hash(small())
	require.NoError(t, err)
	assert.Equal(t, first, same)
	other := small()
	own := other.Own()
	own.Network.VpcID = "vpc-2"
	other.Homes[system.Primary] = own
	changed, err := inventory.Hash(other)
	require.NoError(t, err)
	assert.NotEqual(t, first, changed)
}

func TestPointer_opensOnlyItsOwnBytes(t *testing.T) {
	t.Parallel()
	raw, err := inventory.Encode(small())
	require.NoError(t, err)
	p, err := inventory.PointTo("agents-control", inventory.ObjectKey(system.Primary), raw)
	require.NoError(t, err)
	doc, err := p.Encode()
	require.NoError(t, err)
	back, err := inventory.DecodePointer(doc)
	require.NoError(t, err)
	assert.Equal(t, p, back)
	inv, err := back.Open(raw)
	require.NoError(t, err)
	assert.Equal(t, "agents", inv.System)
	_, err = back.Open([]byte(strings.Replace(string(raw), "vpc-1", "vpc-2", 1)))
	require.ErrorContains(t, err, "sha256 is")
	_, err = inventory.DecodePointer([]byte(`{"bucket":"b"}`))
	require.ErrorContains(t, err, "bucket, key or sha256 is missing")
	_, err = inventory.PointTo("b", "k", []byte("{}"))
	require.ErrorContains(t, err, "version is missing")
}

func small() inventory.Inventory {
	return inventory.New("agents", system.Primary, inventory.Home{
		Region: "eu-west-1", Account: "123456789012", Zones: []string{"a", "b", "c"},
		Network: inventory.Network{VpcID: "vpc-1"},
		Stores:  map[string]inventory.Store{"notes": {Kind: system.Bucket, Name: "agents-notes"}},
		Agents:  map[string]inventory.Agent{},
	})
}

// large is a believable inventory of both homes, with names of the length that
// AWS really gives.
func large(agents, stores int) inventory.Inventory {
	inv := inventory.New("agents", system.Primary, largeHome("eu-west-1", agents, stores))
	inv.Homes[system.Secondary] = largeHome("eu-central-1", agents, stores)
	return inv
}

func largeHome(region string, agents, stores int) inventory.Home {
	arn := func(service, what string) string {
		return fmt.Sprintf("arn:aws:%s:%s:123456789012:%s", service, region, what)
	}
	subnets := []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"}
	h := inventory.Home{
		Region: region, Account: "123456789012", Zones: []string{region + "a", region + "b", region + "c"},
		CIDR: "10.16.0.0/16",
		Network: inventory.Network{
			VpcID: "vpc-0123456789abcdef0", PublicSubnetIDs: subnets, PrivateSubnetIDs: subnets,
			IsolatedSubnetIDs: subnets, PeeringID: "pcx-0123456789abcdef0",
		},
		Keys:   map[string]string{"data": arn("kms", "key/mrk-0123456789abcdef0123456789abcdef")},
		Stores: map[string]inventory.Store{}, Agents: map[string]inventory.Agent{},
	}
	for i := range stores {
		name := fmt.Sprintf("agents-store-%02d-%s", i, region)
		h.Stores[fmt.Sprintf("store-%02d", i)] = inventory.Store{
			Kind: system.Postgres, Tier: "core", Generation: 1, Name: name, Arn: arn("rds", "cluster:"+name),
			GlobalID: fmt.Sprintf("agents-store-%02d", i),
			Endpoint: name + ".cluster-abcdefghijkl." + region + ".rds.amazonaws.com", ReaderEndpoint: name +
				".cluster-ro-abcdefghijkl." + region + ".rds.amazonaws.com",
			Members: []string{name + "-0", name + "-1", name + "-2"}, KeyArn: h.Keys["data"],
			SecretArn: arn("secretsmanager", "secret:rds!cluster-01234567-89ab-cdef-0123-456789abcdef-AbCdEf"),
		}
	}
	for i := range agents {
		group := arn("elasticloadbalancing", fmt.Sprintf("targetgroup/agents-agent-%03d/0123456789abcdef", i))
		h.Agents[fmt.Sprintf("agent-%03d", i)] = inventory.Agent{Tier: "core", Public: i%10 == 0, TargetGroupArn: group}
	}
	return h
}

func random(r *rand.Rand) inventory.Inventory {
	inv := large(r.IntN(5), r.IntN(5))
	inv.Home = system.Homes[r.IntN(2)]
	for name, h := range inv.Homes {
		h.Network.PeeringID = strings.Repeat("<&>\u00e9\"", r.IntN(3))
		h.Entry.SwitchMetric = strings.Repeat("m", r.IntN(3))
		h.Vault.Name = strings.Repeat("v", r.IntN(3))
		if r.IntN(2) == 0 {
			h.Keys = nil
		}
		inv.Homes[name] = h
	}
	if r.IntN(3) == 0 {
		delete(inv.Homes, inv.Home.Peer())
	}
	return inv
}

// plain is an inventory as JSON in which nil and empty look the same.
func plain(t *testing.T, inv inventory.Inventory) string {
	t.Helper()
	raw, err := json.Marshal(inv)
	require.NoError(t, err)
	return strings.NewReplacer("null", "{}", "[]", "{}").Replace(string(raw))
}
