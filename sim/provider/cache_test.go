package provider

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cache"
	names "redoubt/internal/naming"
	"redoubt/sim/world"
	"redoubt/system"
)

// homeEngine makes what a program declares in one region of the simulated
// world, and compares it later, as the engine does.
type homeEngine struct {
	t        *testing.T
	provider pulumirpc.ResourceProviderClient

	mu   sync.Mutex
	made map[string]*made
}

// made is one resource as the engine's state holds it.
type made struct {
	urn, id       string
	inputs, state resource.PropertyMap
	ignored       []string
}

func (h *homeEngine) NewResource(a pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if !a.Custom || specs[a.TypeToken].kind == "" {
		return a.Name, a.Inputs, nil
	}
	urn := "urn:pulumi:test::redoubt::" + a.TypeToken + "::" + a.Name
	checked, err := h.provider.Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn, News: sent(h.t, a.Inputs)})
	if err != nil || len(checked.GetFailures()) > 0 {
		return "", nil, fmt.Errorf("check %s: %v %w", a.Name, checked.GetFailures(), err)
	}
	answer, err := h.provider.Create(context.Background(),
		&pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	if err != nil {
		return "", nil, err
	}
	m := &made{urn: urn, id: answer.GetId(), inputs: received(h.t, checked.GetInputs()),
		state: received(h.t, answer.GetProperties()), ignored: a.RegisterRPC.GetIgnoreChanges()}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made[a.Name] = m
	return m.id, m.state, nil
}

func (h *homeEngine) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (h *homeEngine) deploy(program pulumi.RunFunc) {
	h.t.Helper()
	require.NoError(h.t, pulumi.RunErr(program, pulumi.WithMocks("redoubt", "test", h)))
}

// differs refreshes a resource and says what an unchanged program would then
// change, and what it would replace, with some properties ignored.
func (h *homeEngine) differs(name string, ignored []string) (changes, replaces []string) {
	h.t.Helper()
	m := h.made[name]
	require.NotNil(h.t, m, name)
	read, err := h.provider.Read(context.Background(), &pulumirpc.ReadRequest{Id: m.id, Urn: m.urn,
		Properties: sent(h.t, m.state), Inputs: sent(h.t, m.inputs)})
	require.NoError(h.t, err)
	now, news := received(h.t, read.GetInputs()), m.inputs.Copy()
	for _, p := range ignored { // what is ignored keeps the value of the state
		key := resource.PropertyKey(p)
		delete(news, key)
		if v, ok := now[key]; ok {
			news[key] = v
		}
	}
	diff, err := h.provider.Diff(context.Background(), &pulumirpc.DiffRequest{Id: m.id, Urn: m.urn,
		Olds: read.GetProperties(), News: sent(h.t, news), IgnoreChanges: ignored})
	require.NoError(h.t, err)
	return diff.GetDiffs(), diff.GetReplaces()
}

// cacheHome builds the network of a region and returns the args of its half of a cache.
func cacheHome(t *testing.T, w *world.World, home system.Home, region, key string) *cache.Args {
	t.Helper()
	vpc, err := w.Create(region, "AWS::EC2::VPC", "vpc", world.Document{"CidrBlock": "10.0.0.0/16"})
	require.NoError(t, err)
	a := &cache.Args{
		Scope: names.Scope{System: "agora", Home: home, Region: region, Account: "123456789012"},
		Store: system.Store{Name: "recall", Kind: system.Cache, Tier: "core", SizeGiB: 8, RebuildFrom: "tasks"},
		Seed:  home == system.Primary, Replicated: true, VpcID: pulumi.String(vpc.ID), KeyArn: pulumi.String(key),
		ClientCIDRs: []string{"10.0.0.0/16", "10.1.0.0/16"},
	}
	var subnets []string
	for i, zone := range world.Zones(region)[:3] {
		s, err := w.Create(region, "AWS::EC2::Subnet", zone, world.Document{"VpcId": vpc.ID, "AvailabilityZone": zone,
			"CidrBlock": fmt.Sprintf("10.0.%d.0/24", i)})
		require.NoError(t, err)
		subnets, a.Zones = append(subnets, s.ID), append(a.Zones, zone)
	}
	a.SubnetIDs = pulumi.ToStringArray(subnets)
	return a
}

// bothHomes brings a cache up in two regions.
func bothHomes(t *testing.T, changes ...func(*cache.Args)) (w *world.World, primary, secondary *homeEngine, globalID string) {
	t.Helper()
	s, w := serve(t)
	key, err := w.Create("eu-west-1", "AWS::KMS::Key", "key", world.Document{"MultiRegion": true})
	require.NoError(t, err)
	copied, err := w.Create("eu-central-1", "AWS::KMS::ReplicaKey", "key", world.Document{"PrimaryKeyArn": key.ARN})
	require.NoError(t, err)
	engineOf := func(region string) *homeEngine {
		return &homeEngine{t: t, provider: connect(t, s.aws, map[string]any{"region": region}), made: map[string]*made{}}
	}
	declare := func(a *cache.Args) pulumi.RunFunc {
		for _, change := range changes {
			change(a)
		}
		return func(ctx *pulumi.Context) error {
			_, err := cache.New(ctx, "recall", a)
			return err
		}
	}
	primary, secondary = engineOf("eu-west-1"), engineOf("eu-central-1")
	primary.deploy(declare(cacheHome(t, w, system.Primary, "eu-west-1", key.ARN)))
	globalID = primary.made["recall-global"].id
	join := cacheHome(t, w, system.Secondary, "eu-central-1", copied.ARN)
	join.GlobalID = globalID
	secondary.deploy(declare(join))
	return w, primary, secondary, globalID
}

func allBut(list []string, entry string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == entry })
}

// nothingDiffers refreshes all of a home and wants no change.
func nothingDiffers(t *testing.T, when string, homes ...*homeEngine) {
	t.Helper()
	for _, h := range homes {
		for _, name := range sortedKeys(h.made) {
			changes, _ := h.differs(name, h.made[name].ignored)
			assert.Empty(t, changes, "%s: %s", when, name)
		}
	}
}

func TestCache_refreshedHomesDifferInNothing(t *testing.T) {
	t.Parallel()
	w, primary, secondary, id := bothHomes(t)
	nothingDiffers(t, "new", primary, secondary)

	// The engine of the secondary reads back as valkey, which its declaration may not state.
	member := secondary.made["recall-group"]
	changes, replaces := secondary.differs("recall-group", allBut(member.ignored, "engine"))
	assert.Equal(t, []string{"engine"}, changes)
	assert.Equal(t, []string{"engine"}, replaces, "without it the next update would replace the group")

	move := func(region, group string) {
		_, err := w.Call(world.Request{Region: region, Service: "elasticache", Operation: "FailoverGlobalReplicationGroup",
			Input: world.Document{"GlobalReplicationGroupId": id, "PrimaryRegion": region, "PrimaryReplicationGroupId": group}})
		require.NoError(t, err)
		w.Advance(w.Now().Add(5 * time.Minute))
	}
	move("eu-central-1", "agora-recall-secondary")
	nothingDiffers(t, "after a failover", primary, secondary)
	global := primary.made["recall-global"]
	_, replaces = primary.differs("recall-global", allBut(global.ignored, "primaryReplicationGroupId"))
	assert.Equal(t, []string{"primaryReplicationGroupId"}, replaces, "without it the datastore would be replaced")
	move("eu-west-1", "agora-recall-primary")
	nothingDiffers(t, "after a failback", primary, secondary)
}

// TestCache_whatTheDatastoreDecidesIsLeftToIt: upgrades, scaling and failover
// settings of the datastore reach its members, whose declarations lag behind.
func TestCache_whatTheDatastoreDecidesIsLeftToIt(t *testing.T) {
	t.Parallel()
	w, primary, secondary, id := bothHomes(t)
	g := w.Find("eu-west-1", "AWS::ElastiCache::GlobalReplicationGroup", nil)[0]
	g.In["EngineVersion"], g.In["CacheNodeType"], g.In["AutomaticFailoverEnabled"] = "8.1", "cache.r7g.xlarge", false
	_, err := w.Update("eu-west-1", g.Kind, id, g.In)
	require.NoError(t, err)
	for name, home := range map[string]*homeEngine{"primary": primary, "secondary": secondary} {
		group := home.made["recall-group"]
		changes, _ := home.differs("recall-group", group.ignored)
		assert.Empty(t, changes, name)
		needed := []string{"automaticFailoverEnabled"}
		if home == primary {
			needed = []string{"engineVersion", "nodeType", "automaticFailoverEnabled"}
		}
		for _, p := range needed {
			changes, _ := home.differs("recall-group", allBut(group.ignored, p))
			assert.Equal(t, []string{p}, changes, "%s without %s", name, p)
		}
	}
}

// TestCache_aMemberThatLeftIsNotReplaced: a plan may let the secondary write alone.
func TestCache_aMemberThatLeftIsNotReplaced(t *testing.T) {
	t.Parallel()
	w, primary, secondary, id := bothHomes(t)
	_, err := w.Call(world.Request{Region: "eu-central-1", Service: "elasticache",
		Operation: "DisassociateGlobalReplicationGroup", Input: world.Document{"GlobalReplicationGroupId": id,
			"ReplicationGroupId": "agora-recall-secondary", "ReplicationGroupRegion": "eu-central-1"}})
	require.NoError(t, err)
	nothingDiffers(t, "after it left", primary, secondary)
	member := secondary.made["recall-group"]
	_, replaces := secondary.differs("recall-group", allBut(member.ignored, "globalReplicationGroupId"))
	assert.Equal(t, []string{"globalReplicationGroupId"}, replaces)
}

// TestCache_snapshotsReachTheBucket: what exports and restores them stands as
// declared, and the simulated ElastiCache is let into the bucket.
func TestCache_snapshotsReachTheBucket(t *testing.T) {
	t.Parallel()
	w, primary, secondary, _ := bothHomes(t, func(a *cache.Args) {
		a.Store.RebuildFrom, a.Store.Retention = "", system.Retention{DailyDays: 14}
	})
	nothingDiffers(t, "new", primary, secondary)
	for region, home := range map[string]*homeEngine{"eu-west-1": primary, "eu-central-1": secondary} {
		call := func(op string, in world.Document) {
			t.Helper()
			_, err := w.Call(world.Request{Region: region, Service: "elasticache", Operation: op, Input: in})
			require.NoError(t, err)
		}
		call("CreateSnapshot", world.Document{"ReplicationGroupId": home.made["recall-group"].id, "SnapshotName": "s"})
		w.Advance(w.Now().Add(time.Hour))
		call("CopySnapshot", world.Document{"SourceSnapshotName": "s", "TargetSnapshotName": "day",
			"TargetBucket": home.made["recall-snapshots-bucket"].id})
	}
}

func TestCheckInputs_holdsACacheToWhatUpstreamTakes(t *testing.T) {
	t.Parallel()
	const group = "aws:elasticache/replicationGroup:ReplicationGroup"
	with := func(more map[string]any) resource.PropertyMap {
		in := map[string]any{"replicationGroupId": "agora-recall", "description": "d", "automaticFailoverEnabled": true,
			"numCacheClusters": 3}
		for k, v := range more {
			in[k] = v
		}
		return props(in)
	}
	assert.Empty(t, CheckInputs(group, with(map[string]any{"engine": "valkey", "engineVersion": "8.0",
		"multiAzEnabled": true})))
	for property, more := range map[string]map[string]any{
		"globalReplicationGroupId": {"globalReplicationGroupId": "abcde-x", "engine": "valkey"},
		"engineVersion":            {"engine": "valkey", "engineVersion": "7.2.6"},
		"numCacheClusters":         {"numCacheClusters": 1},
		"multiAzEnabled":           {"multiAzEnabled": true, "automaticFailoverEnabled": false},
		"replicationGroupId":       {"replicationGroupId": "agora--recall"},
		"snapshotRetentionLimit":   {"snapshotRetentionLimit": 36},
		"snapshotWindow":           {"snapshotWindow": "noon"},
	} {
		got := CheckInputs(group, with(more))
		if assert.Len(t, got, 1, property) {
			assert.Equal(t, property, got[0].Property)
		}
	}
	for name, more := range map[string]map[string]any{"nodeType": {"nodeType": "cache.r7g.large"},
		"parameterGroupName": {"parameterGroupName": "p"}, "atRestEncryptionEnabled": {"atRestEncryptionEnabled": true}} {
		more["globalReplicationGroupId"] = "abcde-x"
		assert.NotEmpty(t, CheckInputs(group, with(more)), name)
	}
}
