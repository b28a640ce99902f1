package recovery

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/recovery/adopt"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

func restoreRequest(store string, active system.Home, at time.Time) planner.Request {
	return planner.Request{Scenario: planner.Restore, Goal: planner.Goal{Active: active, Store: store, At: at}}
}

// keep puts an item into a table of a home.
func (l *lab) keep(t testing.TB, home system.Home, table, key, value string) {
	t.Helper()
	l.Ask(t, regionOf[home], "dynamodb", "PutItem", world.Document{"TableName": table, "Item": world.Document{
		inventory.RecordsKey: world.Document{"S": key}, inventory.RecordsSort: world.Document{"S": "-"},
		"value": world.Document{"S": value}}})
}

// kept is the value of an item, empty when there is none.
func (l *lab) kept(t testing.TB, home system.Home, table, key string) string {
	t.Helper()
	out := l.Ask(t, regionOf[home], "dynamodb", "GetItem", world.Document{"TableName": table, "Key": world.Document{
		inventory.RecordsKey: world.Document{"S": key}, inventory.RecordsSort: world.Document{"S": "-"}}})
	value, _ := plan.Path("Item.value.S").Find(out)
	text, _ := value.(string)
	return text
}

// directory is what the agents of a home find.
func (l *lab) directory(t testing.TB, home system.Home) directory.Document {
	t.Helper()
	name := l.Inventory(t).Homes[home].Discovery.Parameter
	out := l.Ask(t, regionOf[home], "ssm", "GetParameter", world.Document{"Name": name})
	text, _ := plan.Path("Parameter.Value").Find(out)
	d, err := directory.Decode(text.(string))
	require.NoError(t, err)
	return d
}

// serving are both homes after a day, one of which serves.
func serving(t testing.TB, active system.Home) *lab {
	t.Helper()
	l := standing(t)
	if active == system.Secondary {
		f := l.quiet(t, l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}}),
			execute.Options{})
		require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	}
	l.Wait(24 * time.Hour)
	return l
}

// spoiled is a table that held "good" until a moment and "bad" since.
func spoiled(t testing.TB, table string, active system.Home) (*lab, time.Time) {
	t.Helper()
	l := serving(t, active)
	l.keep(t, active, table, "a", "good")
	l.keep(t, active, table, "b", "good")
	l.Wait(time.Minute)
	at := l.Now().Truncate(time.Second)
	l.Wait(time.Minute)
	l.keep(t, active, table, "a", "bad")
	l.keep(t, active, table, "c", "bad")
	l.Wait(6 * time.Minute)
	return l, at
}

func TestRestore_bringsATableBackBesideTheDamagedOne(t *testing.T) {
	t.Parallel()
	for _, active := range system.Homes {
		t.Run(string(active), func(t *testing.T) {
			l, at := spoiled(t, "atlas-sessions", active)
			before := l.Inventory(t)
			p := l.plan(t, restoreRequest("sessions", active, at))
			f := l.run(t, p, execute.Options{})
			require.Equal(t, execute.Recovered, f.Outcome, f.Why)
			for _, home := range system.Homes {
				found := l.directory(t, home).Stores["sessions"]
				assert.Equal(t, []any{"atlas-sessions-g2", 2}, []any{found.Name, found.Generation}, "the agents of the %s home", home)
				for key, want := range map[string]string{"a": "good", "b": "good", "c": ""} {
					assert.Equal(t, want, l.kept(t, home, found.Name, key), "%s in the %s home", key, home)
				}
				for key, want := range map[string]string{"a": "bad", "b": "good", "c": "bad"} {
					assert.Equal(t, want, l.kept(t, home, "atlas-sessions", key), "the damaged one, %s in the %s home", key, home)
				}
				l.alike(t, home, "atlas-sessions", found.Name)
				l.backsUp(t, before, home, "sessions", "dynamodb", "table/atlas-sessions-g2")
				l.learns(t, home, "sessions")
				l.carries(t, home, "sessions-api")
			}
		})
	}
}

// TestRestore_bringsADatabaseBackBesideTheDamagedOne restores the database in
// either home: the damaged clusters go on writing, and nobody is led to them.
func TestRestore_bringsADatabaseBackBesideTheDamagedOne(t *testing.T) {
	t.Parallel()
	for _, active := range system.Homes {
		t.Run(string(active), func(t *testing.T) {
			l := serving(t, active)
			before := l.Inventory(t)
			at := l.Now().Add(-8 * time.Minute).Truncate(time.Second)
			f := l.run(t, l.plan(t, restoreRequest("tasks", active, at)), execute.Options{})
			require.Equal(t, execute.Recovered, f.Outcome, f.Why)
			damaged := before.Homes[active].Stores["tasks"]
			for _, home := range system.Homes {
				name := "atlas-tasks-g2-" + string(home)
				assert.Equal(t, []string{name}, l.proxied(t, home), "the proxy of the %s home", home)
				assert.Equal(t, 2, l.directory(t, home).Stores["tasks"].Generation)
				l.backsUp(t, before, home, "tasks", "rds", "cluster:"+name)
				l.learns(t, home, "tasks")
				l.sameCluster(t, home, before.Homes[home].Stores["tasks"].Name, name)
				require.NoError(t, l.Shows(regionOf[active], "atlas-tasks-g2-"+string(active), damaged.Arn, at))
				if home == active {
					require.NoError(t, l.Writes(regionOf[home], name))
				} else {
					require.ErrorContains(t, l.Writes(regionOf[home], name), "follows")
				}
			}
			require.NoError(t, l.Writes(regionOf[active], damaged.Name), "the damaged one stands as it was")
			for _, agent := range []string{"planner", "worker", "memory", "scheduler", "evaluator"} {
				l.carries(t, active, agent)
			}
		})
	}
}

// proxied are the clusters that the proxy of the database leads to.
func (l *lab) proxied(t testing.TB, home system.Home) []string {
	t.Helper()
	var out []string
	list := l.Ask(t, regionOf[home], "rds", "DescribeDBProxyTargets", world.Document{
		"DBProxyName": naming.Join(naming.ClusterMax, "atlas-tasks-"+string(home), "proxy")})["Targets"].([]any)
	for _, one := range list {
		if one := one.(map[string]any); one["Type"] == "TRACKED_CLUSTER" {
			out = append(out, one["RdsResourceId"].(string))
		}
	}
	return out
}

// sameCluster requires that a cluster is set and manned as another one is.
func (l *lab) sameCluster(t testing.TB, home system.Home, old, now string) {
	t.Helper()
	of := func(id string) []any {
		d := l.Ask(t, regionOf[home], "rds", "DescribeDBClusters", world.Document{"DBClusterIdentifier": id})
		c := d["DBClusters"].([]any)[0].(map[string]any)
		logs := l.Ask(t, regionOf[home], "logs", "DescribeLogGroups", world.Document{
			"logGroupNamePrefix": "/aws/rds/cluster/" + id + "/postgresql"})["logGroups"].([]any)[0].(map[string]any)
		return []any{c["DeletionProtection"], c["KmsKeyId"], c["BackupRetentionPeriod"], c["PreferredBackupWindow"],
			c["PreferredMaintenanceWindow"], c["TagList"], c["EngineVersion"], c["VpcSecurityGroups"], c["DBSubnetGroup"],
			c["IAMDatabaseAuthenticationEnabled"], len(c["DBClusterMembers"].([]any)), logs["kmsKeyId"], logs["retentionInDays"]}
	}
	assert.Equal(t, of(old), of(now), "%s is like %s", now, old)
}

// TestRestore_ofALedgerSendsItsWorkAgain damages the work ledger: open work is gone.
func TestRestore_ofALedgerSendsItsWorkAgain(t *testing.T) {
	t.Parallel()
	l := serving(t, system.Primary)
	l.accept(t, system.Primary, "work", "w1", "w2")
	l.Wait(time.Minute)
	at := l.Now().Truncate(time.Second)
	l.Wait(time.Minute)
	l.Ask(t, homes.Ireland, "dynamodb", "DeleteItem", world.Document{"TableName": "atlas-work-ledger",
		"Key": world.Document{inventory.LedgerKey: world.Document{"S": "w1"}}})
	l.Wait(6 * time.Minute)
	before := l.Inventory(t)
	f := l.run(t, l.plan(t, restoreRequest("work", system.Primary, at)), execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	for _, home := range system.Homes {
		assert.Equal(t, "atlas-work-ledger-g2", l.directory(t, home).Stores["work"].LedgerTable, "the %s home", home)
		l.alike(t, home, "atlas-work-ledger", "atlas-work-ledger-g2")
		l.backsUp(t, before, home, "work", "dynamodb", "table/atlas-work-ledger-g2")
		l.learns(t, home, "work")
	}
	assert.ElementsMatch(t, []string{`{"token":"w1","payload":"s3://payloads/w1"}`, `{"token":"w2","payload":"s3://payloads/w2"}`},
		l.queued(t, system.Primary, "work"))
	for _, agent := range []string{"planner", "worker", "scheduler"} {
		l.carries(t, system.Primary, agent)
	}
}

// alike requires that a table is guarded as another one is.
func (l *lab) alike(t testing.TB, home system.Home, old, now string) {
	t.Helper()
	region := regionOf[home]
	of := func(table string) []any {
		d := l.Ask(t, region, "dynamodb", "DescribeTable", world.Document{"TableName": table})["Table"].(map[string]any)
		b := l.Ask(t, region, "dynamodb", "DescribeContinuousBackups", world.Document{"TableName": table})
		days, _ := plan.Path("ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays").Find(b)
		return []any{d["DeletionProtectionEnabled"], d["StreamSpecification"], d["SSEDescription"], days,
			l.Ask(t, region, "dynamodb", "DescribeTimeToLive", world.Document{"TableName": table}),
			l.Ask(t, region, "dynamodb", "ListTagsOfResource", world.Document{"ResourceArn": d["TableArn"]})["Tags"]}
	}
	assert.Equal(t, of(old), of(now), "%s in the %s home is like %s", now, home, old)
}

// backsUp requires that the store's backup plan takes one thing, and that alone.
func (l *lab) backsUp(t testing.TB, before inventory.Inventory, home system.Home, store, service, resource string) {
	t.Helper()
	of := before.Homes[home]
	arn := naming.Scope{Region: of.Region, Account: homes.Account}.ARN(service, resource)
	all := l.Find(regionOf[home], "AWS::Backup::BackupSelection", func(e *world.Entity) bool {
		return e.In["PlanId"] == of.Stores[store].BackupPlanID
	})
	require.Len(t, all, 1)
	assert.Equal(t, []any{arn}, all[0].In["Resources"])
}

// learns requires that the home's stack can be told of the restore.
func (l *lab) learns(t testing.TB, home system.Home, store string) adopt.Adoption {
	t.Helper()
	out := l.Ask(t, regionOf[home], "s3", "GetObject", world.Document{
		"Bucket": l.Inventory(t).Homes[home].Control.Bucket, "Key": planner.AdoptionKey(store, 2)})
	var a adopt.Adoption
	require.NoError(t, json.Unmarshal([]byte(out["Body"].(string)), &a))
	assert.Equal(t, home, a.Home)
	assert.Equal(t, []adopt.Setting{{Path: "redoubt:storeGenerations." + store, Value: "2"}}, a.Settings)
	for _, s := range a.Swaps {
		assert.NotContains(t, s.ID, "late-", s.Name)
	}
	return a
}

// carries requires that an agent runs with what it needs where it serves.
func (l *lab) carries(t testing.TB, home system.Home, agent string) {
	t.Helper()
	want := l.Inventory(t).Homes[home].Agents[agent].Active
	assert.Equal(t, float64(want), l.replicas(t, home, agent), "replicas of %s in the %s home", agent, home)
}
