package world

import (
	"time"

	"redoubt/sim/fault"
)

// lagMetrics are the metrics of a global database that AWS publishes in the
// secondary's region, under the secondary cluster's identifier, in milliseconds:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-monitoring.html
var lagMetrics = map[string]bool{"AuroraGlobalDBReplicationLag": true, "AuroraGlobalDBRPOLag": true}

// lagPoint is one datapoint of such a metric. While the writer's region is lost or cut
// off, the lag grows with the time (assumed).
func (t *tx) lagPoint(r Request, at time.Time) (float64, bool) {
	if str(r.Input, "Namespace") != "AWS/RDS" || !lagMetrics[str(r.Input, "MetricName")] {
		return 0, false
	}
	c := t.get(kindCluster, r.Region, dimensions(r.Input)["DBClusterIdentifier"])
	if c == nil {
		return 0, false
	}
	for _, g := range t.list(kindGlobalCluster, Global) {
		writer := str(g.Out, "Writer")
		for _, member := range strs(g.Out, "Members") {
			if member == c.ARN && member != writer {
				return float64(t.behind(auroraLag, writer, regionOfARN(writer), c.Region, at).Milliseconds()), true
			}
		}
	}
	return 0, false
}

// calm is how far a region's copy of a store is behind while nothing is wrong.
func (t *tx) calm(b behaviour, store, region string) time.Duration {
	return t.lags(b, store+">"+region)
}

// behind is how far the copy of a store in a region is behind its writer at a time.
func (t *tx) behind(b behaviour, store, writer, region string, at time.Time) time.Duration {
	lag, service := t.calm(b, store, region), serviceOf(b)
	t.notes.never()
	for _, f := range t.activeFaults() {
		stands := f.Kind == fault.RegionDown && f.Region == writer || f.Cuts(region, writer) ||
			f.Kind == fault.ServiceDown && f.Service == service && (f.Region == writer || f.Region == region)
		if stands && at.After(f.Since) {
			lag = max(lag, at.Sub(f.Since))
		}
	}
	if most, since := t.fallen(service, writer, region); most > 0 && at.After(since) {
		lag = max(lag, min(most, at.Sub(since)))
	}
	return lag
}

// Lag says how far what other regions hold of a store is behind it now: of a
// database cluster (AWS::RDS::DBCluster), a cache's group (AWS::ElastiCache::ReplicationGroup), a
// table (AWS::DynamoDB::Table) or a bucket (AWS::S3::Bucket), by kind, region and id.
// It is a draw while nothing is wrong, and grows while the regions are cut from each
// other. Of several copies it is the one furthest behind. replicated is false when
// nothing carries the store's writes anywhere: it follows another, has no copy, or
// its rule of replication was removed.
func (w *World) Lag(kind, region, id string) (lag time.Duration, replicated bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	e := t.get(kind, region, id)
	if e == nil {
		return 0, false
	}
	for _, c := range t.copies(e) {
		lag, replicated = max(lag, t.behind(c.lags, e.ARN, e.Region, c.region, t.clock())), true
	}
	return lag, replicated
}

// Carries reports whether what is written to a store in a region is carried to another: whether Lag has something to tell.
func (w *World) Carries(kind, region, id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	e := t.get(kind, region, id)
	return e != nil && len(t.copies(e)) > 0
}

// carbon is one copy of a store in another region.
type carbon struct {
	region string
	lags   behaviour
}

// copies lists where the writes of a store are carried to.
func (t *tx) copies(e *Entity) []carbon {
	switch e.Kind {
	case kindCluster:
		return members(t.globalOf(e), e, auroraLag)
	case kindCacheGroup:
		return members(t.cacheGlobalOf(e), e, cacheLag)
	case kindTable:
		return t.halves(e)
	case kindBucket:
		return t.destinations(e)
	}
	return nil
}

// members are those of a global database or datastore that follow the entity.
func members(global, e *Entity, lags behaviour) []carbon {
	if global == nil || str(global.Out, "Writer") != e.ARN {
		return nil
	}
	var out []carbon
	for _, arn := range strs(global.Out, "Members") {
		if arn != e.ARN {
			out = append(out, carbon{regionOfARN(arn), lags})
		}
	}
	return out
}

// halves are the other regions of a global table, as far as they can be written.
func (t *tx) halves(table *Entity) []carbon {
	var out []carbon
	for _, region := range replicaRegions(table) {
		if half := t.get(kindTable, region, table.ID); half != nil && t.sealed(half) == nil {
			out = append(out, carbon{region, tableLag})
		}
	}
	return out
}

// destinations are where the rules for all of a bucket's objects carry them. A
// rule for a part of them is none for the bucket.
func (t *tx) destinations(bucket *Entity) []carbon {
	conf := t.setting(kindReplication, bucket)
	if conf == nil {
		return nil
	}
	var out []carbon
	for _, r := range docs(conf.In, "Rules") {
		to := t.arn(str(r, "Destination.Bucket"))
		if str(r, "Status") == statusEnabled && rulePrefix(r) == "" && to != nil && t.versioned(to) {
			out = append(out, carbon{to.Region, ruleLag(r)})
		}
	}
	return out
}

// rulePrefix is what the keys begin with that a rule is for.
func rulePrefix(r Document) string {
	return firstOf(str(r, "Filter.Prefix"), str(r, "Filter.And.Prefix"), str(r, "Prefix"))
}

// arrives is when what is written now to a store is in another region, unless
// something stands in its way then. What is on its way when a lag ends is no faster (assumed).
func (t *tx) arrives(b behaviour, store, from, region string) time.Time {
	most, _ := t.fallen(serviceOf(b), from, region)
	return t.clock().Add(max(most, t.calm(b, store, region)))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
