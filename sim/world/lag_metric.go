package world

import (
	"slices"
	"time"
)

// lagMetric is a metric of how far a copy is behind.
type lagMetric struct {
	// in is the metric's unit; the copies are those that its dimensions name, seen from a region.
	in     time.Duration
	copies func(t *tx, region string, dims map[string]string) []Copy
}

// lagMetrics are those that AWS publishes, by namespace and name. Of a database and a cache they are published in the
// region of the copy, of a bucket in the region of its destination, of a table in the region of the writes:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-monitoring.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Console.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
// AWS publishes a table's for items that were carried; here it is there all the time (assumed).
var lagMetrics = map[string]lagMetric{
	"AWS/RDS/AuroraGlobalDBReplicationLag":          {time.Millisecond, clusterCopies},
	"AWS/RDS/AuroraGlobalDBRPOLag":                  {time.Millisecond, clusterCopies},
	"AWS/ElastiCache/GlobalDatastoreReplicationLag": {time.Second, cacheCopies},
	"AWS/DynamoDB/ReplicationLatency":               {time.Millisecond, tableCopies},
	"AWS/S3/ReplicationLatency":                     {time.Second, bucketCopies},
}

// lagSeries tells each datapoint of such a metric, if there is one. While the writer's region is lost or cut
// off, the lag grows with the time (assumed).
func (t *tx) lagSeries(r Request) func(at time.Time) (float64, bool) {
	m, known := lagMetrics[str(r.Input, "Namespace")+"/"+str(r.Input, "MetricName")]
	if !known {
		return func(time.Time) (float64, bool) { return 0, false }
	}
	found := m.copies(t, r.Region, dimensions(r.Input))
	return func(at time.Time) (float64, bool) {
		lag := time.Duration(0)
		for _, c := range found {
			lag = max(lag, t.behind(c.lags, c.store, c.writer, c.region, at))
		}
		return float64(lag.Milliseconds()) / float64(m.in.Milliseconds()), len(found) > 0
	}
}

// clusterCopies is the cluster that follows another, by its own identifier.
func clusterCopies(t *tx, region string, dims map[string]string) []Copy {
	c := t.get(kindCluster, region, dims["DBClusterIdentifier"])
	if c == nil {
		return nil
	}
	return following(t.globalOf(c), c, auroraLag)
}

// cacheCopies is the group that follows another, by the node of it that writes.
func cacheCopies(t *tx, region string, dims map[string]string) []Copy {
	for _, g := range t.list(kindCacheGroup, region) {
		if primaryOf(g) == dims["CacheClusterId"] {
			return following(t.cacheGlobalOf(g), g, cacheLag)
		}
	}
	return nil
}

// following is the entity as a copy of the writer of its global database or datastore; the writer is none.
func following(global, e *Entity, lags behaviour) []Copy {
	if global == nil {
		return nil
	}
	writer := str(global.Out, "Writer")
	if writer == e.ARN || !slices.Contains(strs(global.Out, "Members"), e.ARN) {
		return nil
	}
	return []Copy{{writer, regionOfARN(writer), e.Region, lags}}
}

// tableCopies is the table in the region that receives its items.
func tableCopies(t *tx, region string, dims map[string]string) []Copy {
	table := t.get(kindTable, region, dims["TableName"])
	if table == nil {
		return nil
	}
	return slices.DeleteFunc(t.halves(table), func(c Copy) bool { return c.region != dims["ReceivingRegion"] })
}

// bucketCopies is the destination of one rule of a bucket.
func bucketCopies(t *tx, region string, dims map[string]string) []Copy {
	var out []Copy
	for _, b := range t.list(kindBucket, "") {
		if b.ID != dims["SourceBucket"] || !t.carries(b, dims["RuleId"], dims["DestinationBucket"]) {
			continue
		}
		out = append(out, slices.DeleteFunc(t.destinations(b), func(c Copy) bool { return c.region != region })...)
	}
	return out
}

// carries reports whether a bucket's rule of that id leads to the destination and publishes metrics.
func (t *tx) carries(b *Entity, rule, destination string) bool {
	conf := t.setting(kindReplication, b)
	return conf != nil && slices.ContainsFunc(docs(conf.In, "Rules"), func(r Document) bool {
		to := t.arn(str(r, "Destination.Bucket"))
		return str(r, "Id") == rule && to != nil && to.ID == destination && str(r, "Destination.Metrics.Status") == statusEnabled
	})
}
