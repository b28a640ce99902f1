package world

import (
	"time"

	"redoubt/sim/fault"
)

// calm is how far a region's copy of a store is behind while nothing is wrong.
func (t *tx) calm(b behaviour, store, region string) time.Duration {
	return t.lags(b, store, ">", region)
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

// Copy is one copy of a store, by its ARN, that is written in a region, in another region.
type Copy struct {
	store, writer, region string
	lags                  behaviour
}

// Copies are where what is written to a store in a region is carried to: of a
// database cluster (AWS::RDS::DBCluster), a cache's group (AWS::ElastiCache::ReplicationGroup), a
// table (AWS::DynamoDB::Table) or a bucket (AWS::S3::Bucket), by kind, region and id. There are none when nothing carries
// the store's writes anywhere: it follows another, has no copy, or its rule of replication was removed.
func (w *World) Copies(kind, region, id string) []Copy {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	defer w.end(t)
	e := t.get(kind, region, id)
	if e == nil {
		return nil
	}
	return t.copies(e)
}

// Behind says how far the one of the copies that is furthest behind is behind its store now. It is a draw while nothing is
// wrong, and grows while the regions are cut from each other.
func (w *World) Behind(copies []Copy) (lag time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	defer w.end(t)
	for _, c := range copies {
		lag = max(lag, t.behind(c.lags, c.store, c.writer, c.region, t.clock()))
	}
	return lag
}

// copies lists where the writes of a store are carried to.
func (t *tx) copies(e *Entity) []Copy {
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
func members(global, e *Entity, lags behaviour) []Copy {
	if global == nil || str(global.Out, "Writer") != e.ARN {
		return nil
	}
	var out []Copy
	for _, arn := range strs(global.Out, "Members") {
		if arn != e.ARN {
			out = append(out, Copy{e.ARN, e.Region, regionOfARN(arn), lags})
		}
	}
	return out
}

// halves are the other regions of a global table, as far as they can be written.
func (t *tx) halves(table *Entity) []Copy {
	var out []Copy
	for _, region := range replicaRegions(table) {
		if half := t.get(kindTable, region, table.ID); half != nil && t.sealed(half) == nil {
			out = append(out, Copy{table.ARN, table.Region, region, tableLag})
		}
	}
	return out
}

// destinations are where the rules for all of a bucket's objects carry them. A
// rule for a part of them is none for the bucket.
func (t *tx) destinations(bucket *Entity) []Copy {
	conf := t.setting(kindReplication, bucket)
	if conf == nil {
		return nil
	}
	var out []Copy
	for _, r := range docs(conf.In, "Rules") {
		to := t.arn(str(r, "Destination.Bucket"))
		if str(r, "Status") == statusEnabled && rulePrefix(r) == "" && to != nil && t.versioned(to) {
			out = append(out, Copy{bucket.ARN, bucket.Region, to.Region, ruleLag(r)})
		}
	}
	return out
}

// rulePrefix is what the keys begin with that a rule is for.
func rulePrefix(r Document) string {
	return firstOf(str(r, "Filter.Prefix"), str(r, "Filter.And.Prefix"), str(r, "Prefix"))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
