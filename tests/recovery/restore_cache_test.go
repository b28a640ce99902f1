package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// TestRestore_bringsACacheBackFromItsSnapshot restores the cache in either home: the damaged groups
// stay as they are, and the restored ones are found by the private names in the end.
func TestRestore_bringsACacheBackFromItsSnapshot(t *testing.T) {
	t.Parallel()
	for _, active := range system.Homes {
		t.Run(string(active), func(t *testing.T) {
			l := serving(t, active)
			before := l.Inventory(t)
			p := l.plan(t, restoreRequest("scores", active, l.Now().Add(-8*time.Minute)))
			f := l.run(t, p, execute.Options{})
			require.Equal(t, execute.Recovered, f.Outcome, f.Why)
			for _, home := range system.Homes {
				l.leadsToTheRestored(t, home, "scores")
				l.learns(t, home, "scores")
				l.sameGroup(t, before.Homes[home].Stores["scores"], "atlas-scores-g2-"+string(home), home)
				if home == active {
					require.NoError(t, l.Writes(regionOf[home], "atlas-scores-g2-"+string(home)))
				} else {
					require.ErrorContains(t, l.Writes(regionOf[home], "atlas-scores-g2-"+string(home)), "follows")
				}
			}
			require.NoError(t, l.Writes(regionOf[active], before.Homes[active].Stores["scores"].Name), "the damaged one stands")
			l.carries(t, active, "evaluator")
		})
	}
}

// TestRestore_makesACacheAgainEmpty makes the cache again that is filled from the database.
func TestRestore_makesACacheAgainEmpty(t *testing.T) {
	t.Parallel()
	l := serving(t, system.Primary)
	r := restoreRequest("recall", system.Primary, time.Time{})
	f := l.run(t, l.plan(t, r), execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	for _, home := range system.Homes {
		l.leadsToTheRestored(t, home, "recall")
		l.learns(t, home, "recall")
	}
	require.NoError(t, l.Shows(regionOf[system.Primary], "atlas-recall-g2-primary", "store tasks", l.Now()))
	l.carries(t, system.Primary, "memory")
}

// leadsToTheRestored requires that the agents of a home find the second generation of a cache by the
// names that follow the switch, and trust what answers there.
func (l *lab) leadsToTheRestored(t testing.TB, home system.Home, store string) {
	t.Helper()
	d := l.directory(t, home).Stores[store]
	assert.Equal(t, []any{2, store + ".cache.atlas.internal"}, []any{d.Generation, d.Host}, "the directory of the %s home", home)
	of := l.Inventory(t).Homes[home]
	for name, certificates := range map[string][]string{d.Host: d.TLSNames, d.ReaderHost: d.ReaderTLSNames} {
		a, err := l.ResolveIn(of.Region, of.Network.VpcID, name, "CNAME")
		require.NoError(t, err, name)
		require.Len(t, a.Values, 1)
		assert.Contains(t, certificates, a.Values[0], "%s in the %s home", name, home)
		assert.Contains(t, a.Values[0], "atlas-"+store+"-g2-")
	}
}

// sameGroup requires that a cache's group is set and manned as another one is.
func (l *lab) sameGroup(t testing.TB, old inventory.Store, now string, home system.Home) {
	t.Helper()
	of := func(id string) []any {
		ask := func(operation string, in world.Document) world.Document {
			return l.Ask(t, regionOf[home], "elasticache", operation, in)
		}
		g := ask("DescribeReplicationGroups", world.Document{"ReplicationGroupId": id})["ReplicationGroups"].([]any)[0].(map[string]any)
		n := ask("DescribeCacheClusters", world.Document{"CacheClusterId": id + "-001"})["CacheClusters"].([]any)[0].(map[string]any)
		role, _ := plan.Path("GlobalReplicationGroupInfo.GlobalReplicationGroupMemberRole").Find(g)
		return []any{g["Description"], g["CacheNodeType"], g["KmsKeyId"], g["UserGroupIds"], g["SnapshotRetentionLimit"],
			g["SnapshotWindow"], g["MultiAZ"], g["AutomaticFailover"], g["AtRestEncryptionEnabled"], role, len(g["MemberClusters"].([]any)),
			g["TransitEncryptionEnabled"], n["SecurityGroups"], n["CacheSubnetGroupName"], n["PreferredMaintenanceWindow"],
			n["EngineVersion"], ask("ListTagsForResource", world.Document{"ResourceName": g["ARN"]})["TagList"]}
	}
	assert.Equal(t, of(old.Name), of(now), "%s is like %s", now, old.Name)
}
