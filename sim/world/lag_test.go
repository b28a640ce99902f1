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
