//go:build engine

package survive

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/recovery/adopt"
	"redoubt/sim/world"
	"redoubt/system"
)

func TestRestore_ofPostgresIsAdopted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(*testing.T, *homes)
		active system.Home
	}{
		"in the home that began": {func(*testing.T, *homes) {}, system.Primary},
		"in the other home":      {func(t *testing.T, h *homes) { planned[1].does(t, h) }, system.Secondary},
		"after an unplanned one, in the other home": {func(t *testing.T, h *homes) {
			for _, e := range unplanned[:3] {
				e.does(t, h)
			}
		}, system.Secondary},
	} {
		t.Run(name, func(t *testing.T) {
			h := standing(t)
			c.before(t, h)
			h.wait(24 * time.Hour)
			inv := h.inventory(t)
			r := adopt.Restored{Store: "tasks", Generation: 2, Selections: h.restorePostgres(t, inv, "tasks", 2, c.active)}
			h.adopt(t, inv, r)
			region := inv.Homes[c.active].Region
			assert.Equal(t, region, h.writer(t, "atlas-tasks-g2"), "the restored database writes where it was restored")
			assert.NotEmpty(t, h.writer(t, "atlas-tasks"), "the damaged one stands as it was")
		})
	}
}

// adopt does what the adoption's commands do, and requires that both stacks
// then know the restored store: nothing but what names it for others is left to update.
func (h *homes) adopt(t *testing.T, inv inventory.Inventory, r adopt.Restored) {
	t.Helper()
	all, err := adopt.After(inv, r)
	require.NoError(t, err)
	for _, home := range both {
		s := h.engine.Stack(string(home))
		for _, set := range all[home].Settings {
			require.Equal(t, "redoubt:storeGenerations."+r.Store, set.Path)
			s.Config["redoubt:storeGenerations"] = `{"` + r.Store + `":` + set.Value + `}`
		}
		state, err := s.Export()
		require.NoError(t, err)
		state, err = all[home].Apply(state)
		require.NoError(t, err)
		require.NoError(t, s.Import(state))
		gone, err := s.Refresh(t.Context())
		require.NoError(t, err)
		assert.Empty(t, gone)
	}
	for range 2 { // each home's inventory holds the other's
		for _, home := range both {
			s := h.engine.Stack(string(home))
			plan, err := s.Preview(t.Context())
			require.NoError(t, err)
			onlyItsNames(t, plan)
			done, err := s.Up(t.Context())
			require.NoError(t, err)
			onlyItsNames(t, done)
		}
	}
	h.calm(t, both)
	for _, a := range all {
		for _, left := range a.Left {
			t.Log(a.Home, left.Type, left.ID)
		}
	}
}

// namesOfStores are the types that name a store for others: the copies of the
// inventory, the directory, the private names, the permissions, the restore tests,
// what exports a cache's snapshots, and the alarms and the board that watch it.
var namesOfStores = []string{
	"aws:s3/bucketObjectv2:BucketObjectv2", "aws:ssm/parameter:Parameter", "aws:route53/record:Record",
	"aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy",
	"aws:backup/restoreTestingSelection:RestoreTestingSelection", "aws:sfn/stateMachine:StateMachine",
	"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard",
}

// onlyItsNames requires that nothing is replaced, deleted or created, and that
// what is updated only names the store.
func onlyItsNames(t *testing.T, r engine.Result) {
	t.Helper()
	for _, s := range r.Steps {
		assert.Equal(t, engine.Update, s.Op, "%s", s)
		assert.Contains(t, namesOfStores, string(s.URN.Type()), "%s", s)
		if s.URN.Type() == "aws:cloudwatch/metricAlarm:MetricAlarm" {
			assert.Subset(t, []string{"alarmDescription", "dimensions", "metricQueries"}, s.Properties, "%s", s)
		}
	}
}

// restorePostgres does what a plan does: it restores the database in the home
// that is active, makes it the seed of a new global database, rebuilds the
// other home's cluster as its follower, points both proxies at the new clusters
// and backs these up. It returns the new backup selections.
func (h *homes) restorePostgres(t *testing.T, inv inventory.Inventory, store string, generation int, active system.Home,
) map[system.Home]string {
	t.Helper()
	scope := func(home system.Home) naming.Scope {
		of := inv.Homes[home]
		return naming.Scope{System: inv.System, Home: home, Region: of.Region, Account: of.Account}
	}
	global := scope(active).Global(store, generation)
	first := h.newCluster(t, inv, store, scope(active), generation, world.Document{
		"SourceDBClusterIdentifier": inv.Homes[active].Stores[store].Name, "UseLatestRestorableTime": true,
	})
	h.call(t, inv.Homes[active].Region, "rds", "CreateGlobalCluster", world.Document{
		"GlobalClusterIdentifier": global, "SourceDBClusterIdentifier": first, "DeletionProtection": true,
		"Tags": h.describe(t, inv.Homes[system.Primary].Region, "rds", "DescribeGlobalClusters", "GlobalClusters",
			world.Document{"GlobalClusterIdentifier": inv.Homes[active].Stores[store].GlobalID})["TagList"],
	})
	h.newCluster(t, inv, store, scope(active.Peer()), generation, world.Document{
		"GlobalClusterIdentifier": global, "SourceRegion": inv.Homes[active].Region, "Engine": "aurora-postgresql",
		"StorageEncrypted": true,
	})
	out := map[system.Home]string{}
	for _, home := range both {
		out[home] = h.reconnect(t, inv, store, scope(home), generation)
	}
	return out
}

// describe returns the one thing that a describing operation lists.
func (h *homes) describe(t *testing.T, region, service, operation, list string, in world.Document) world.Document {
	t.Helper()
	all := h.call(t, region, service, operation, in)[list].([]any)
	require.Len(t, all, 1)
	return all[0].(world.Document)
}

// newCluster makes the home's cluster of the new generation like the damaged
// one, and its instances. It returns the cluster's ARN.
func (h *homes) newCluster(t *testing.T, inv inventory.Inventory, store string, scope naming.Scope, generation int,
	in world.Document,
) string {
	t.Helper()
	of := inv.Homes[scope.Home].Stores[store]
	old := h.describe(t, scope.Region, "rds", "DescribeDBClusters", "DBClusters",
		world.Document{"DBClusterIdentifier": of.Name})
	id := scope.Cluster(store, generation)
	h.call(t, scope.Region, "logs", "CreateLogGroup", world.Document{
		"logGroupName": "/aws/rds/cluster/" + id + "/postgresql", "kmsKeyId": inv.Homes[scope.Home].Keys["logs"],
		"tags": world.Document{"managed-by": "redoubt", "redoubt:home": string(scope.Home), "redoubt:system": inv.System},
	})
	h.call(t, scope.Region, "logs", "PutRetentionPolicy", world.Document{
		"logGroupName": "/aws/rds/cluster/" + id + "/postgresql", "retentionInDays": 90.0,
	})
	groups := []any{}
	for _, g := range old["VpcSecurityGroups"].([]any) {
		groups = append(groups, g.(world.Document)["VpcSecurityGroupId"])
	}
	all := world.Document{
		"DBClusterIdentifier": id, "DBSubnetGroupName": old["DBSubnetGroup"],
		"DBClusterParameterGroupName": old["DBClusterParameterGroup"], "VpcSecurityGroupIds": groups, "Port": old["Port"],
		"KmsKeyId": old["KmsKeyId"], "CopyTagsToSnapshot": true, "EnableIAMDatabaseAuthentication": true,
		"EnableCloudwatchLogsExports": []any{"postgresql"}, "DeletionProtection": true, "Tags": old["TagList"],
	}
	maps.Copy(all, in)
	operation := "RestoreDBClusterToPointInTime"
	if in["SourceDBClusterIdentifier"] == nil {
		operation = "CreateDBCluster"
	}
	h.call(t, scope.Region, "rds", operation, all)
	h.wait(2 * time.Hour)
	h.call(t, scope.Region, "rds", "ModifyDBCluster", world.Document{
		"DBClusterIdentifier": id, "PreferredMaintenanceWindow": old["PreferredMaintenanceWindow"],
		"BackupRetentionPeriod": old["BackupRetentionPeriod"], "PreferredBackupWindow": old["PreferredBackupWindow"],
	})
	for i, member := range of.Members {
		h.newInstance(t, scope.Region, member, id, naming.Join(naming.ClusterMax, id, string(rune('1'+i))))
	}
	h.wait(time.Hour)
	return scope.ARN("rds", "cluster:"+id)
}

// newInstance makes an instance like another one.
func (h *homes) newInstance(t *testing.T, region, like, cluster, id string) {
	t.Helper()
	old := h.describe(t, region, "rds", "DescribeDBInstances", "DBInstances", world.Document{"DBInstanceIdentifier": like})
	in := world.Document{"DBInstanceIdentifier": id, "DBClusterIdentifier": cluster, "Tags": old["TagList"],
		"EnablePerformanceInsights": old["PerformanceInsightsEnabled"]}
	for _, name := range []string{"DBInstanceClass", "Engine", "AvailabilityZone", "PromotionTier", "PubliclyAccessible",
		"PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod", "MonitoringInterval", "MonitoringRoleArn",
		"AutoMinorVersionUpgrade", "CopyTagsToSnapshot", "PreferredMaintenanceWindow"} {
		in[name] = old[name]
	}
	_, err := h.Call(world.Request{Region: region, Service: "rds", Operation: "CreateDBInstance", Input: in, Token: id})
	require.NoError(t, err)
}

// reconnect points the home's proxy and its backups at the new cluster.
func (h *homes) reconnect(t *testing.T, inv inventory.Inventory, store string, scope naming.Scope, generation int) string {
	t.Helper()
	of, id := inv.Homes[scope.Home].Stores[store], scope.Cluster(store, generation)
	proxy := naming.Join(naming.ClusterMax, scope.Cluster(store, 1), "proxy")
	h.call(t, scope.Region, "rds", "DeregisterDBProxyTargets", world.Document{
		"DBProxyName": proxy, "DBClusterIdentifiers": []any{of.Name}})
	h.call(t, scope.Region, "rds", "RegisterDBProxyTargets", world.Document{
		"DBProxyName": proxy, "DBClusterIdentifiers": []any{id}})
	return h.reselect(t, scope, of.Arn, scope.ARN("rds", "cluster:"+id))
}

// reselect makes the backup plan of a thing take another one.
func (h *homes) reselect(t *testing.T, scope naming.Scope, old, now string) string {
	t.Helper()
	all := h.Find(scope.Region, "AWS::Backup::BackupSelection", func(e *world.Entity) bool {
		list, _ := e.In["Resources"].([]any)
		return len(list) == 1 && list[0] == old
	})
	require.Len(t, all, 1)
	h.call(t, scope.Region, "backup", "DeleteBackupSelection", world.Document{
		"BackupPlanId": all[0].In["PlanId"], "SelectionId": all[0].ID})
	out := h.call(t, scope.Region, "backup", "CreateBackupSelection", world.Document{
		"BackupPlanId": all[0].In["PlanId"],
		"BackupSelection": world.Document{
			"SelectionName": all[0].In["Name"], "IamRoleArn": all[0].In["IamRoleArn"], "Resources": []any{now}},
	})
	return out["SelectionId"].(string)
}
