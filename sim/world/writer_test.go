package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	databaseHere = "db-" + ireland
	cacheHere    = "c-" + ireland
)

// writer is the instance that writes in Ireland's cluster.
func (l *lab) writer() string {
	l.t.Helper()
	out := l.call(ireland, "rds", "DescribeDBClusters", doc{"DBClusterIdentifier": databaseHere})
	for _, m := range out["DBClusters"].([]any)[0].(doc)["DBClusterMembers"].([]any) {
		if m := m.(doc); m["IsClusterWriter"] == true {
			return m["DBInstanceIdentifier"].(string)
		}
	}
	return ""
}

func standingDatabase(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, 7)
	for n, region := range []string{ireland, frankfurt} {
		l.network(region, 10+n)
	}
	l.keys()
	l.database()
	return l
}

func TestFailoverDBCluster_letsAReaderWrite(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	require.Equal(t, databaseHere+"-0", l.writer())
	require.NoError(t, l.Writes(ireland, databaseHere))
	l.call(ireland, "rds", "FailoverDBCluster", doc{"DBClusterIdentifier": databaseHere})
	require.ErrorContains(t, l.Writes(ireland, databaseHere), "failing-over")
	assert.Equal(t, "InvalidDBClusterStateFault", code(l.try(ireland, "rds", "FailoverDBCluster",
		doc{"DBClusterIdentifier": databaseHere})), "one at a time")
	l.pass(time.Minute)
	require.NoError(t, l.Writes(ireland, databaseHere))
	assert.Equal(t, databaseHere+"-1", l.writer())

	l.call(ireland, "rds", "FailoverDBCluster",
		doc{"DBClusterIdentifier": databaseHere, "TargetDBInstanceIdentifier": databaseHere + "-0"})
	l.pass(time.Minute)
	assert.Equal(t, databaseHere+"-0", l.writer())
}

func TestFailoverDBCluster_isRefused(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	for name, c := range map[string]struct {
		region, want string
		in           doc
	}{
		"an unknown cluster": {ireland, "DBClusterNotFoundFault", doc{"DBClusterIdentifier": "other"}},
		"a follower":         {frankfurt, "InvalidDBClusterStateFault", doc{"DBClusterIdentifier": "db-" + frankfurt}},
		"the writer itself": {ireland, "InvalidDBInstanceState",
			doc{"DBClusterIdentifier": databaseHere, "TargetDBInstanceIdentifier": databaseHere + "-0"}},
		"a stranger": {ireland, "InvalidDBInstanceState",
			doc{"DBClusterIdentifier": databaseHere, "TargetDBInstanceIdentifier": "db-" + frankfurt + "-0"}},
	} {
		assert.Equal(t, c.want, code(l.try(c.region, "rds", "FailoverDBCluster", c.in)), name)
	}
	l.inject("zone-down " + ireland + "b")
	assert.Equal(t, "InvalidDBClusterStateFault", code(l.try(ireland, "rds", "FailoverDBCluster",
		doc{"DBClusterIdentifier": databaseHere})), "the only reader is lost")
}

func TestZoneDown_movesTheWriterByItself(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	l.inject("zone-down " + ireland + "a")
	require.ErrorContains(t, l.Writes(ireland, databaseHere), "zone that is lost")
	l.pass(time.Minute)
	assert.Equal(t, databaseHere+"-1", l.writer(), "AWS does it without being asked")
	require.NoError(t, l.Writes(ireland, databaseHere))
	l.inject("zone-up " + ireland + "a")
	l.pass(time.Hour)
	assert.Equal(t, databaseHere+"-1", l.writer(), "and does not move it back")
}

func TestZoneDown_thatEndsAtOnceMovesNothing(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	l.inject("zone-down " + ireland + "a")
	l.inject("zone-up " + ireland + "a")
	l.pass(time.Hour)
	assert.Equal(t, databaseHere+"-0", l.writer())
}

func TestWriterDown_staysWithTheNodeThatWrote(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	l.inject("writer-down " + databaseHere + " " + ireland)
	l.pass(time.Hour)
	require.ErrorContains(t, l.Writes(ireland, databaseHere), databaseHere+"-0 takes no writes", "nobody notices")
	l.call(ireland, "rds", "FailoverDBCluster", doc{"DBClusterIdentifier": databaseHere})
	l.pass(time.Minute)
	require.NoError(t, l.Writes(ireland, databaseHere))
	l.call(ireland, "rds", "FailoverDBCluster", doc{"DBClusterIdentifier": databaseHere})
	l.pass(time.Minute)
	require.Error(t, l.Writes(ireland, databaseHere), "the node that is broken stays so")
	l.inject("writer-up " + databaseHere + " " + ireland)
	require.NoError(t, l.Writes(ireland, databaseHere))
	require.ErrorContains(t, l.Writes(frankfurt, "db-"+frankfurt), "follows")
	l.inject("region-down " + ireland)
	require.Error(t, l.Writes(ireland, databaseHere))
}

// primary is the node that writes in Ireland's group.
func (l *lab) primary() string {
	l.t.Helper()
	out := l.call(ireland, "elasticache", "DescribeReplicationGroups", doc{"ReplicationGroupId": cacheHere})
	nodes := out["ReplicationGroups"].([]any)[0].(doc)["NodeGroups"].([]any)[0].(doc)
	for _, m := range nodes["NodeGroupMembers"].([]any) {
		if m := m.(doc); m["CurrentRole"] == "primary" {
			return m["CacheClusterId"].(string)
		}
	}
	return ""
}

func TestCache_letsAReplicaWrite(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	require.Equal(t, cacheHere+"-001", l.primary())
	l.inject("writer-down " + cacheHere + " " + ireland)
	l.pass(time.Hour)
	require.ErrorContains(t, l.Writes(ireland, cacheHere), "takes no writes")
	assert.Equal(t, "NodeGroupNotFoundFault", code(l.try(ireland, "elasticache", "TestFailover",
		doc{"ReplicationGroupId": cacheHere, "NodeGroupId": "0002"})))
	l.call(ireland, "elasticache", "TestFailover", doc{"ReplicationGroupId": cacheHere, "NodeGroupId": "0001"})
	assert.Equal(t, "InvalidReplicationGroupState", code(l.try(ireland, "elasticache", "TestFailover",
		doc{"ReplicationGroupId": cacheHere, "NodeGroupId": "0001"})), "one at a time")
	l.pass(time.Minute)
	assert.Equal(t, cacheHere+"-002", l.primary())
	require.NoError(t, l.Writes(ireland, cacheHere))
	require.ErrorContains(t, l.Writes(frankfurt, "c-"+frankfurt), "follows")
}

func TestCache_failsOverByItselfWithItsZone(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.inject("zone-down " + ireland + "a")
	require.Error(t, l.Writes(ireland, cacheHere))
	l.pass(time.Minute)
	assert.Equal(t, cacheHere+"-002", l.primary())
	require.NoError(t, l.Writes(ireland, cacheHere))
}
