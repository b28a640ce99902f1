package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// lag is the lag in milliseconds that a region's metric shows of the minute
// before now; nothing when there is no datapoint.
func (l *lab) lag(region string) any {
	l.t.Helper()
	end := l.Now().UTC().Truncate(time.Minute)
	out := l.call(region, "cloudwatch", "GetMetricStatistics", doc{
		"Namespace": "AWS/RDS", "MetricName": "AuroraGlobalDBReplicationLag", "Period": 60, "Statistics": []any{"Maximum"},
		"Dimensions": []any{doc{"Name": "DBClusterIdentifier", "Value": "db-" + region}},
		"StartTime":  end.Add(-time.Minute).Format(time.RFC3339), "EndTime": end.Format(time.RFC3339)})
	points := out["Datapoints"].([]any)
	if len(points) == 0 {
		return nil
	}
	return points[0].(doc)["Maximum"]
}

// lagOf is how far the copies of a store are behind it, if there are any.
func lagOf(w *world.World, kind, region, id string) (lag time.Duration, copied bool) {
	all := w.Copies(kind, region, id)
	return w.Behind(all), len(all) > 0
}

func TestLag_isThatOfTheCopyAndGrowsWhileItsWriterIsAway(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"region-down " + ireland, "partition " + ireland + " " + frankfurt} {
		l := databaseLab(t)
		l.wait(5 * time.Minute)
		assert.Equal(t, 1000.0, l.lag(frankfurt), "a calm copy")
		assert.Nil(t, l.lag(ireland), "the writer has no lag, and no metric of it")
		l.inject(broken)
		l.wait(7 * time.Minute)
		assert.Equal(t, 420_000.0, l.lag(frankfurt), broken)
	}
}

func TestSwitchover_isCanceledWhenTheOldPrimaryIsLost(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	_, err := l.Call(world.Request{Region: frankfurt, Service: "rds", Operation: "SwitchoverGlobalCluster", Input: doc{
		"GlobalClusterIdentifier": "db", "TargetDbClusterIdentifier": l.arn(frankfurt, "cluster")}})
	require.NoError(t, err)
	l.inject("region-down " + ireland)
	l.wait(10 * time.Minute)
	w, n := writer(l)
	assert.Equal(t, []any{l.arn(ireland, "cluster"), 2}, []any{w, n}, "both are what they were")
	out := l.call(frankfurt, "rds", "DescribeGlobalClusters", doc{"GlobalClusterIdentifier": "db"})
	assert.Equal(t, "available", out["GlobalClusters"].([]any)[0].(doc)["Status"], "so that a failover is taken")
}

func TestLag_growsWhileTheRegionsAreCutAndIsNoneWithoutACopy(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	l.buckets()
	l.make(ireland, "replication", "AWS::S3::BucketReplication", l.replication(ireland, frankfurt))
	l.make(ireland, "sessions", dynamoTable, l.sessions())
	l.make(frankfurt, "sessions", dynamoReplica, l.replicaOf())
	stores := map[string]string{"cluster": "AWS::RDS::DBCluster", "bucket": "AWS::S3::Bucket", "sessions": dynamoTable}
	calm := map[string]time.Duration{"cluster": time.Second, "bucket": 15 * time.Second, "sessions": time.Second}
	lag := func(w *world.World, name string) time.Duration {
		d, replicated := lagOf(w, stores[name], ireland, l.id(ireland, name))
		require.True(t, replicated, name)
		return d
	}
	for name := range stores {
		assert.Equal(t, calm[name], lag(l.World, name), name)
	}
	drawn := map[string]bool{}
	for seed := range uint64(5) {
		fork := l.Fork()
		require.NoError(t, fork.Draw(seed))
		drawn[lag(fork, "cluster").String()] = true
		assert.Equal(t, lag(fork, "cluster"), lag(fork, "cluster"))
	}
	assert.Len(t, drawn, 5, "each fork has a lag of its own")
	l.inject("partition " + ireland + " " + frankfurt)
	l.wait(time.Hour)
	for name := range stores {
		assert.Equal(t, time.Hour, lag(l.World, name), name)
	}
	_, replicated := lagOf(l.World, "AWS::RDS::DBCluster", frankfurt, l.id(frankfurt, "cluster"))
	assert.False(t, replicated, "a follower has no copies")
	l.inject("heal " + ireland + " " + frankfurt)
	require.NoError(t, l.remove(ireland, "replication"))
	require.NoError(t, l.remove(frankfurt, "sessions"))
	for _, name := range []string{"bucket", "sessions"} {
		_, replicated := lagOf(l.World, stores[name], ireland, l.id(ireland, name))
		assert.False(t, replicated, "somebody removed the copy of "+name)
	}
	_, replicated = lagOf(l.World, dynamoTable, ireland, "none")
	assert.False(t, replicated)
}
