package cache

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
)

func run(t *testing.T, args *Args) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, program(args), filled...)
}

func TestCache_oneNodeInEachZoneAndAFailoverBetweenThem(t *testing.T) {
	t.Parallel()
	for home, args := range map[string]*Args{"seed": seedArgs(0), "joined": joinArgs(0), "alone": aloneArgs(0)} {
		v := run(t, args).Get(t, groupToken, "main-group").Values()
		assert.EqualValues(t, 3, v["numCacheClusters"], home)
		assert.Len(t, v["preferredCacheClusterAzs"], 3, home)
		assert.Equal(t, []any{true, true}, []any{v["multiAzEnabled"], v["automaticFailoverEnabled"]}, home)
		assert.Equal(t, false, v["autoMinorVersionUpgrade"], home)
		assert.Contains(t, v["kmsKeyId"], args.Scope.Region, home)
	}
}

// TestCache_theMemberStatesNothingThatTheDatastoreDecides: AWS refuses each of these.
func TestCache_theMemberStatesNothingThatTheDatastoreDecides(t *testing.T) {
	t.Parallel()
	v := run(t, joinArgs(0)).Get(t, groupToken, "main-group").Values()
	assert.Equal(t, "abcde-agora-scores", v["globalReplicationGroupId"])
	for _, p := range []string{"engine", "engineVersion", "nodeType", "parameterGroupName", "numNodeGroups",
		"atRestEncryptionEnabled", "transitEncryptionEnabled"} {
		assert.NotContains(t, v, p)
	}
}

func TestCache_theSeedMakesTheDatastoreOfItsOwnGroup(t *testing.T) {
	t.Parallel()
	seed := run(t, seedArgs(0))
	group := seed.Get(t, groupToken, "main-group").Values()
	assert.Equal(t, []any{"valkey", "8.0", "cache.r7g.large", true, true}, []any{group["engine"], group["engineVersion"],
		group["nodeType"], group["atRestEncryptionEnabled"], group["transitEncryptionEnabled"]})
	global := seed.Get(t, globalToken, "main-global").Values()
	assert.Equal(t, []any{"agora-scores", group["replicationGroupId"], group["engineVersion"], group["nodeType"]},
		[]any{global["globalReplicationGroupIdSuffix"], global["primaryReplicationGroupId"], global["engineVersion"],
			global["cacheNodeType"]})

	joined := run(t, joinArgs(0))
	assert.Empty(t, joined.OfType(globalToken), "the datastore has one owner")
	assert.NotEqual(t, group["replicationGroupId"], joined.Get(t, groupToken, "main-group").Values()["replicationGroupId"],
		"equal ids in two regions make a destroy hang")
	for name, args := range map[string]*Args{"alone": aloneArgs(0), "empty": emptyArgs(0)} {
		assert.Empty(t, run(t, args).OfType(globalToken), name)
	}
	assert.Empty(t, run(t, emptyArgs(0)).OfType(groupToken), "only a restore makes a group there")
}

func TestCache_driftOfAFailoverIsIgnored(t *testing.T) {
	t.Parallel()
	ignored := func(args *Args, token, name string) []string {
		return run(t, args).Get(t, token, name).RPC.GetIgnoreChanges()
	}
	assert.ElementsMatch(t, []string{"primaryReplicationGroupId"}, ignored(seedArgs(0), globalToken, "main-global"))
	assert.ElementsMatch(t, []string{"engineVersion", "nodeType", "numNodeGroups", "automaticFailoverEnabled",
		"parameterGroupName"}, ignored(seedArgs(0), groupToken, "main-group"))
	assert.ElementsMatch(t, []string{"engine", "engineVersion", "nodeType", "numNodeGroups", "parameterGroupName",
		"automaticFailoverEnabled", "atRestEncryptionEnabled", "transitEncryptionEnabled", "globalReplicationGroupId"},
		ignored(joinArgs(0), groupToken, "main-group"))
	assert.Empty(t, ignored(aloneArgs(0), groupToken, "main-group"), "nobody else changes a group that stands alone")
	for _, d := range slices.Concat(globalDrift, seedDrift, memberDrift) {
		assert.NotEmpty(t, d.reason, d.property)
		assert.NotEqual(t, "kmsKeyId", d.property, "a mistake there must be seen")
	}
}

func TestCache_clientsComeByIAMFromNamedRanges(t *testing.T) {
	t.Parallel()
	for _, args := range []*Args{seedArgs(0), joinArgs(0)} {
		r := run(t, args)
		user := r.Get(t, userToken, "main-user").Values()
		assert.Equal(t, []any{"agora-scores", "agora-scores", map[string]any{"type": "iam"}},
			[]any{user["userId"], user["userName"], user["authenticationMode"]}, "an IAM user's id and name are equal")
		assert.Equal(t, []any{"agora-scores"}, r.Get(t, usersToken, "main-users").Values()["userIds"])
		assert.Equal(t, []any{"agora-scores"}, r.Get(t, groupToken, "main-group").Values()["userGroupIds"])
		for _, rule := range r.OfType(ingressToken) {
			v := rule.Values()
			assert.EqualValues(t, Port, v["fromPort"], rule.Name)
			assert.EqualValues(t, Port, v["toPort"], rule.Name)
			assert.Contains(t, []any{"10.0.0.0/16", "10.1.0.0/16"}, v["cidrIpv4"], rule.Name)
		}
		assert.Len(t, r.OfType(ingressToken), 2, "both homes may connect")
		assert.Empty(t, r.OfType(egressToken), "a node reaches out to nobody")
	}
}

func TestCache_whatNothingElseHoldsIsKept(t *testing.T) {
	t.Parallel()
	r := run(t, seedArgs(0))
	v := r.Get(t, groupToken, "main-group").Values()
	assert.Equal(t, []any{14.0, "04:00-05:00", "agora-scores-primary-final"},
		[]any{v["snapshotRetentionLimit"], v["snapshotWindow"], v["finalSnapshotIdentifier"]})
	assert.Equal(t, "noeviction", policy(t, r), "a full memory must not drop what is kept")
}

func TestCache_whatIsRebuiltIsNotKept(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Store.RebuildFrom, a.Store.Retention.DailyDays = "tasks", 0
	r := run(t, a)
	v := r.Get(t, groupToken, "main-group").Values()
	for _, p := range []string{"snapshotRetentionLimit", "snapshotWindow", "finalSnapshotIdentifier"} {
		assert.NotContains(t, v, p)
	}
	assert.Equal(t, "allkeys-lru", policy(t, r))
	assert.Equal(t, "tasks", v["tags"].(map[string]any)["redoubt:rebuild-from"], "people see it on the cache")
	assert.Equal(t, "tasks", r.Get(t, Type, "main").Values()["rebuildFrom"])
}

func policy(t *testing.T, r *pulumitest.Recorder) any {
	t.Helper()
	list := r.Get(t, parametersToken, "main-parameters").Values()["parameters"].([]any)
	require.Len(t, list, 1)
	assert.Equal(t, "maxmemory-policy", list[0].(map[string]any)["name"])
	return list[0].(map[string]any)["value"]
}

func TestCache_theNodeIsTheSmallestThatHoldsTheStore(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{
		1: "cache.r7g.large", 9: "cache.r7g.large", 10: "cache.r7g.xlarge", 24: "cache.r7g.2xlarge",
		314: "cache.r7g.16xlarge",
	} {
		got, err := nodeFor(size)
		require.NoError(t, err)
		assert.Equal(t, want, got, "%d GiB", size)
		assert.Regexp(t, nodeForm, got)
	}
	for n := range nodes[1:] {
		assert.Less(t, nodes[n].memory, nodes[n+1].memory, "the smallest is found first")
	}
}

func TestCache_aGenerationIsInEveryNameThatHoldsData(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Generation = 2
	r := run(t, a)
	assert.Equal(t, "agora-scores-g2-primary", r.Get(t, groupToken, "main-group").Values()["replicationGroupId"])
	assert.Equal(t, "agora-scores-g2", r.Get(t, globalToken, "main-global").Values()["globalReplicationGroupIdSuffix"])
	bucket := r.Get(t, "aws:s3/bucketV2:BucketV2", "main-snapshots-bucket").Values()["bucket"].(string)
	assert.Equal(t, snapshotBucketArn, "arn:aws:s3:::"+bucket, "but not in the bucket's, which keeps what it was restored from")
}

func TestCache_protectionGuardsWhatHoldsData(t *testing.T) {
	t.Parallel()
	for _, protect := range []bool{true, false} {
		a := seedArgs(0)
		a.Protect = protect
		r := run(t, a)
		for token, name := range map[string]string{groupToken: "main-group", globalToken: "main-global"} {
			assert.Equal(t, protect, r.Get(t, token, name).RPC.GetProtect(), name)
		}
	}
}

func TestCache_theHomesAreMaintainedOnDifferentDays(t *testing.T) {
	t.Parallel()
	days := map[string]bool{}
	for window := range maps.Values(maintenance) {
		days[window[:3]] = true
	}
	assert.Len(t, days, 2)
}

func TestCache_reportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Zones, a.ClientCIDRs, a.KeyArn = nil, nil, nil
	_, err := pulumitest.RunErr(program(a))
	for _, want := range []string{`cache "main"`, "zones are 0", "clientCidrs is empty", "keyArn is required"} {
		require.ErrorContains(t, err, want)
	}
}
