//go:build engine

package survive

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/sim/world"
	"redoubt/system"
)

// drifts are what happens beside the code, each on homes of its own.
var drifts = map[string]func(*testing.T, *homes){
	"a switchover": func(t *testing.T, h *homes) { planned[1].does(t, h) },
	"the lost region's return": func(t *testing.T, h *homes) {
		unplanned[0].does(t, h)
		unplanned[1].does(t, h)
	},
	// The seed's setting upgrades both homes' members.
	"an upgrade": func(t *testing.T, h *homes) {
		s := h.engine.Stack("primary")
		s.Config["redoubt:postgresVersion"] = "16.8"
		_, err := s.Up(t.Context())
		require.NoError(t, err)
	},
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
	"the first continuous backup": func(t *testing.T, h *homes) {
		h.call(t, ireland, "rds", "ModifyDBCluster", world.Document{"DBClusterIdentifier": "atlas-tasks-primary",
			"BackupRetentionPeriod": 30.0, "PreferredBackupWindow": "02:10-02:40"})
	},
	"a new password": func(_ *testing.T, h *homes) {
		for _, home := range both {
			h.engine.Stack(string(home)).Config["redoubt:databasePassword"] = "another-Passw0rd-2"
		}
	},
	// The account's settings have other owners too.
	"an opt-in by somebody else": func(t *testing.T, h *homes) {
		settings, err := h.Read(ireland, regionSettings, ireland)
		require.NoError(t, err)
		settings.In["ResourceTypeOptInPreference"].(map[string]any)["Timestream"] = true
		_, err = h.Update(ireland, regionSettings, ireland, settings.In)
		require.NoError(t, err)
	},
	// A scaler or a plan has changed how many nodes run.
	"a scaled cluster": func(t *testing.T, h *homes) {
		for _, group := range h.Find("", nodeGroupKind, nil) {
			scaling := group.In["ScalingConfig"].(map[string]any)
			scaling["DesiredSize"] = scaling["DesiredSize"].(float64) + 1
			if _, err := h.Update(group.Region, nodeGroupKind, group.ID, group.In); err == nil {
				return // another one is at its most, or its zone has no machine left
			}
		}
		require.Fail(t, "no node group can grow")
	},
	// A plan has started a pilot light and raised what stood by.
	"scaled agents": func(t *testing.T, h *homes) {
		own := h.inventory(t).Homes[system.Secondary]
		for _, p := range []struct {
			version, kind, name, sub string
			patch                    world.Document
		}{
			{"apps/v1", "Deployment", "evaluator", "scale", world.Document{"replicas": 3.0}},
			{"autoscaling/v2", "HorizontalPodAutoscaler", "gateway", "", world.Document{"minReplicas": 9.0}},
			{"keda.sh/v1alpha1", "ScaledObject", "worker", "", world.Document{"minReplicaCount": 12.0}},
		} {
			h.call(t, frankfurt, "kubernetes", "Patch", world.Document{
				"Server": own.Cluster.Endpoint, "ApiVersion": p.version, "Kind": p.kind, "Namespace": own.Cluster.Namespace,
				"Name": p.name, "Subresource": p.sub, "Patch": world.Document{"spec": p.patch}})
		}
	},
	// Somebody looks at what AppConfig has: with times in it that nobody wrote.
	"stamped flags": func(*testing.T, *homes) {},
	// A plan has let the follower write alone.
	"a datastore taken apart": func(t *testing.T, h *homes) {
		store := h.inventory(t).Homes[system.Secondary].Stores["recall"]
		h.call(t, frankfurt, "elasticache", "DisassociateGlobalReplicationGroup", world.Document{
			"GlobalReplicationGroupId": store.GlobalID, "ReplicationGroupId": store.Name, "ReplicationGroupRegion": frankfurt})
	},
	// The caches need larger nodes.
	"a larger cache": func(t *testing.T, h *homes) {
		text, err := os.ReadFile(filepath.Join("..", "..", "system.yaml"))
		require.NoError(t, err)
		require.Contains(t, string(text), "sizeGiB: 24")
		file := filepath.Join(t.TempDir(), "system.yaml")
		require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte("sizeGiB: 24"), []byte("sizeGiB: 60"), 1), 0o600))
		for _, home := range both {
			h.engine.Stack(string(home)).Config["redoubt:system"] = file
		}
	},
	// Somebody lost the state and imported the databases anew.
	"an import": func(_ *testing.T, h *homes) {
		for _, home := range both {
			h.engine.Stack(string(home)).Edit(func(r engine.Resource) engine.Resource {
				if r.Type() == clusterType {
					r.Inputs, r.Outputs = nil, nil
				}
				return r
			})
		}
	},
}

// asks are the types that a drift itself asks the code to replace.
var asks = map[string]string{"a new password": "aws:secretsmanager/secretVersion:SecretVersion"}

// needs are the entries of the ignore lists without which an update would do
// something after a drift.
var needs = []struct {
	typ, property string
	drift         string
	op            engine.Op
}{
	{clusterType, "globalClusterIdentifier", "the lost region's return", engine.Update},
	{clusterType, "replicationSourceIdentifier", "a switchover", engine.Update},
	{clusterType, "engineVersion", "an upgrade", engine.Update},
	{clusterType, "masterPassword", "a new password", engine.Update},
	{clusterType, "backupRetentionPeriod", "the first continuous backup", engine.Update},
	{clusterType, "preferredBackupWindow", "the first continuous backup", engine.Update},
	{"aws:backup/regionSettings:RegionSettings", "resourceTypeOptInPreference", "an opt-in by somebody else",
		engine.Update},
	{clusterType, "sourceRegion", "an import", engine.Replace},
	{datastoreType, "primaryReplicationGroupId", "a switchover", engine.Replace},
	{cacheType, "engine", "a switchover", engine.Replace},
	{cacheType, "nodeType", "a larger cache", engine.Update},
	{cacheType, "globalReplicationGroupId", "a datastore taken apart", engine.Replace},
	{"aws:dynamodb/table:Table", "replicas", "a switchover", engine.Update},
	{"aws:route53/zone:Zone", "vpcs", "a switchover", engine.Update},
	{nodeGroupType, "scalingConfig.desiredSize", "a scaled cluster", engine.Update},
	{deploymentType, "spec.replicas", "scaled agents", engine.Update},
	{scalerType, "spec.minReplicas", "scaled agents", engine.Update},
	{consumerType, "spec.minReplicaCount", "scaled agents", engine.Update},
	{"aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion", "content", "stamped flags", engine.Replace},
}

// spare are entries that no event of ours needs, with the reason to keep them.
var spare = map[engine.Entry]string{
	{Type: clusterType, Property: "masterUsername"}:         "AWS tells the same name for every member (assumed)",
	{Type: clusterType, Property: "databaseName"}:           "AWS tells the same name for every member (assumed)",
	{Type: clusterType, Property: "availabilityZones"}:      "not given; it would replace the cluster if it were",
	{Type: clusterType, Property: "snapshotIdentifier"}:     "not given; it would replace the cluster if it were",
	{Type: cacheType, Property: "engineVersion"}:            "AWS raises it in all members; the seed gives it",
	{Type: cacheType, Property: "numNodeGroups"}:            "not given; the datastore decides it",
	{Type: cacheType, Property: "parameterGroupName"}:       "a major upgrade, and a restore in the other home, would change it (not tried without it)",
	{Type: cacheType, Property: "automaticFailoverEnabled"}: "given, and the same in the datastore",
	{Type: cacheType, Property: "atRestEncryptionEnabled"}:  "a member may not give it; it would replace the group",
	{Type: cacheType, Property: "transitEncryptionEnabled"}: "a member may not give it",
	{Type: "aws:rds/clusterInstance:ClusterInstance", Property: "engineVersion"}: "not given; the cluster's " +
		"upgrade moves the instances",
	{Type: consumerType, Property: `metadata.annotations["autoscaling.keda.sh/paused"]`}: "a plan lifts it where a consumer " +
		"stands by with none; the example has no such consumer",
	{Type: "aws:appconfig/deployment:Deployment", Property: "configurationVersion"}: "what an agent gives up has changed in " +
		"system.yaml; no drift does that",
	{Type: "aws:appconfig/deployment:Deployment", Property: "deploymentStrategyId"}: "never read back otherwise; it would deploy anew",
	{Type: "aws:servicequotas/serviceQuota:ServiceQuota", Property: "value"}:        "the account has enough; a lower value is refused",
	{Type: "aws:backup/reportPlan:ReportPlan", Property: "reportSetting.numberOfFrameworks"}: "not given; AWS may count them " +
		"(assumed)",
}

func TestIgnored_eachEntryIsNeeded(t *testing.T) {
	t.Parallel()
	found := map[string]map[engine.Entry][]engine.Step{}
	for name, happen := range drifts {
		found[name] = after(t, name, happen)
	}
	for _, n := range needs {
		t.Run(n.typ+" "+n.property, func(t *testing.T) {
			steps := found[n.drift][engine.Entry{Type: n.typ, Property: n.property}]
			require.NotEmpty(t, steps, "%s is not ignored, or %s does not show in it", n.property, n.drift)
			assert.True(t, slices.ContainsFunc(steps, func(s engine.Step) bool { return s.Op == n.op }), "%v", steps)
		})
	}
}

// after lets something happen and returns what both stacks would do without
// each entry; with all of them they do nothing but what the drift itself asks for.
func after(t *testing.T, name string, happen func(*testing.T, *homes)) map[engine.Entry][]engine.Step {
	t.Helper()
	h := standing(t)
	happen(t, h)
	out := map[engine.Entry][]engine.Step{}
	for _, home := range both {
		s := h.engine.Stack(string(home))
		_, err := s.Refresh(t.Context())
		require.NoError(t, err)
		r, err := s.Preview(t.Context())
		require.NoError(t, err, name)
		for _, step := range slices.Concat(r.Of(engine.Replace), r.Of(engine.Delete), r.Of(engine.Create)) {
			assert.Equal(t, asks[name], string(step.URN.Type()), "%s: %s", name, step)
		}
		for entry, steps := range r.Without {
			out[entry] = append(out[entry], steps...)
		}
	}
	return out
}

func TestIgnored_noEntryWithoutAReason(t *testing.T) {
	t.Parallel()
	known := map[engine.Entry]bool{}
	for _, n := range needs {
		known[engine.Entry{Type: n.typ, Property: n.property}] = true
	}
	for entry := range spare {
		assert.False(t, known[entry], "%v is both needed and spare", entry)
		known[entry] = true
	}
	seen := map[engine.Entry]bool{}
	h := standing(t)
	for _, home := range both {
		for _, r := range h.engine.Stack(string(home)).Resources() {
			for _, property := range r.Ignore {
				entry := engine.Entry{Type: r.Type(), Property: property}
				seen[entry] = true
				assert.True(t, known[entry], "%s of %s is ignored: say in needs or spare what for", property, r.URN.Name())
			}
		}
	}
	for entry := range known {
		assert.True(t, seen[entry], "%v is said to be ignored and is not", entry)
	}
}

// TestIgnored_withoutItTheUpdateUndoes drops an entry and lets the update go through.
func TestIgnored_withoutItTheUpdateUndoes(t *testing.T) {
	t.Parallel()
	for property, c := range map[string]struct {
		happen func(*testing.T, *homes)
		home   system.Home
		check  func(*testing.T, *homes, error)
	}{
		"replicationSourceIdentifier": {drifts["a switchover"], system.Primary, func(t *testing.T, h *homes, err error) {
			require.NoError(t, err)
			assert.Len(t, h.members(t), 1, "the update has promoted the follower: the homes are apart")
		}},
		"globalClusterIdentifier": {drifts["the lost region's return"], system.Primary, func(t *testing.T, _ *homes, err error) {
			assert.ErrorContains(t, err, "existing RDS Clusters cannot be added to an existing RDS Global Cluster")
		}},
		"engineVersion": {drifts["an upgrade"], system.Secondary, func(t *testing.T, _ *homes, err error) {
			assert.ErrorContains(t, err, "Cannot upgrade aurora-postgresql from 16.8 to 16.6")
		}},
		"sourceRegion": {drifts["an import"], system.Secondary, func(t *testing.T, _ *homes, err error) {
			assert.ErrorContains(t, err, "replace aws:rds/cluster:Cluster postgres-tasks-cluster [")
		}},
	} {
		t.Run(property, func(t *testing.T) {
			h := standing(t)
			c.happen(t, h)
			s := h.engine.Stack(string(c.home))
			_, err := s.Refresh(t.Context())
			require.NoError(t, err)
			s.Dropped = []engine.Entry{{Type: clusterType, Property: property}}
			_, err = s.Up(t.Context())
			c.check(t, h, err)
		})
	}
}

// members are the clusters of the global database.
func (h *homes) members(t *testing.T) []any {
	t.Helper()
	h.wait(time.Minute)
	out := h.call(t, frankfurt, "rds", "DescribeGlobalClusters", world.Document{"GlobalClusterIdentifier": "atlas-tasks"})
	return out["GlobalClusters"].([]any)[0].(map[string]any)["GlobalClusterMembers"].([]any)
}
