package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// metricLag is what a metric of lag shows of the minute before now, in its own unit; nil without a datapoint.
func (l *lab) metricLag(region, namespace, metric string, dims ...any) any {
	l.t.Helper()
	var all []any
	for n := 0; n < len(dims); n += 2 {
		all = append(all, doc{"Name": dims[n], "Value": dims[n+1]})
	}
	end := l.Now().UTC().Truncate(time.Minute)
	out := l.call(region, "cloudwatch", "GetMetricStatistics", doc{
		"Namespace": namespace, "MetricName": metric, "Period": 60, "Statistics": []any{"Maximum"}, "Dimensions": all,
		"StartTime": end.Add(-time.Minute).Format(time.RFC3339), "EndTime": end.Format(time.RFC3339)})
	points := out["Datapoints"].([]any)
	if len(points) == 0 {
		return nil
	}
	return points[0].(doc)["Maximum"]
}

// TestLagMetrics_areThereWhereAWSPublishesThem holds each metric's region, dimensions and unit, while all is calm and
// while the copies fall behind.
func TestLagMetrics_areThereWhereAWSPublishesThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lab  func(*testing.T) *lab
		// read reads the metric in a region: there it has datapoints, never it has none.
		read         func(l *lab, region string) any
		there, never string
		service      string
		// late is the value of a minute ten minutes behind.
		late float64
	}{
		{"table", globalTable, func(l *lab, region string) any {
			return l.metricLag(region, "AWS/DynamoDB", "ReplicationLatency", "TableName", "sessions", "ReceivingRegion", frankfurt)
		}, ireland, frankfurt, "dynamodb", 600_000},
		{"cache", cacheLab, func(l *lab, region string) any {
			return l.metricLag(region, "AWS/ElastiCache", "GlobalDatastoreReplicationLag", "CacheClusterId", "c-"+region+"-001")
		}, frankfurt, ireland, "elasticache", 600},
		{"bucket", func(t *testing.T) *lab {
			l := newLab(t, 12)
			l.keys()
			l.buckets()
			l.make(ireland, "replication", "AWS::S3::BucketReplication", l.replication(ireland, frankfurt))
			return l
		}, func(l *lab, region string) any {
			return l.metricLag(region, "AWS/S3", "ReplicationLatency", "SourceBucket", l.bucket(ireland),
				"DestinationBucket", l.bucket(frankfurt), "RuleId", "all")
		}, frankfurt, ireland, "s3", 600},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := c.lab(t)
			l.wait(time.Hour)
			calm, is := c.read(l, c.there).(float64)
			require.True(t, is, "no datapoint")
			assert.Less(t, calm, c.late/2)
			assert.Positive(t, calm)
			assert.Nil(t, c.read(l, c.never), "AWS publishes it in one region")
			l.inject("lag " + c.service + " " + ireland + " " + frankfurt + " 10m")
			l.wait(15 * time.Minute)
			assert.Equal(t, c.late, c.read(l, c.there))
			assert.Nil(t, l.metricLag(c.there, "AWS/S3", "ReplicationLatency", "SourceBucket", "none", "RuleId", "all"))
		})
	}
}
