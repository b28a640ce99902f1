package world

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// filledFrom is kept of a cache's group: the snapshot or the object that it was filled from.
const filledFrom = "FilledFrom"

// Shows says why a restored table, database, cache or bucket does not hold what its source held
// at a time, or nothing: what somebody who reads both would see. Of a database the
// simulated regions hold no rows, so its time of restore stands for them; of a cache, the
// snapshot or the exported object. A source that is none means that a cache must be empty.
func (w *World) Shows(region, name, source string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if t.down(region) {
		return &Error{Code: "RequestError", Message: "no answer from " + region}
	}
	if g := t.get(kindCacheGroup, region, name); g != nil {
		return t.sameSnapshot(g, source, at)
	}
	if b := t.get(kindBucket, region, name); b != nil {
		return t.sameObjects(b, at)
	}
	was := t.arn(source)
	table, cluster := t.get(kindTable, region, name), t.get(kindCluster, region, name)
	switch {
	case was == nil:
		return missing("ResourceNotFoundException", "%s is not there any more", source)
	case table != nil && was.Kind == kindTable:
		return t.sameItems(table, was, at)
	case cluster != nil && was.Kind == kindCluster:
		from := str(cluster.In, "RestoreToPointInTime.SourceClusterIdentifier")
		shows := timeAt(cluster.In, "RestoreToPointInTime.RestoreToTime")
		if from != was.ID || !shows.Equal(at) {
			return refuse("NotTheSame", "it shows %q at %s, want %q at %s", from, shows.Format(timeFormat), was.ID,
				at.Format(timeFormat))
		}
		return nil
	}
	return missing("ResourceNotFoundException", "no table or database of the kind is called %s in %s", name, region)
}

// sameItems says which item of a table is not as it was in the source.
func (t *tx) sameItems(table, source *Entity, at time.Time) error {
	keys := map[string]Document{}
	for _, i := range t.itemsOf(source) {
		keys[str(i.In, "Key")] = t.itemAt(i, at)
	}
	for _, i := range t.itemsOf(table) {
		if _, has := keys[str(i.In, "Key")]; !has {
			keys[str(i.In, "Key")] = nil
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		want := keys[key]
		if got := t.item(table, key); !same(got, want) {
			return refuse("NotTheSame", "the item %s is %v, want %v", key, got, want)
		}
	}
	return nil
}

// sameObjects says which object of a bucket is not as it was at a time. What plans write themselves does not count.
func (t *tx) sameObjects(bucket *Entity, at time.Time) error {
	for _, k := range t.keysOf(bucket, "") {
		key := str(k.In, "Key")
		if strings.HasPrefix(key, ownPrefix) {
			continue
		}
		want := Document{}
		for _, v := range docs(k.Out, "Versions") {
			if !t.stampedAt(versionRef(k.ID, v)).Truncate(time.Millisecond).After(at) {
				want = v
				break
			}
		}
		now := firstDoc(t.current(bucket, key))
		if str(now, "Body") != str(want, "Body") || (now["ETag"] == nil) != (want["ETag"] == nil) {
			return refuse("NotTheSame", "the object %s is %q, want %q", key, str(now, "Body"), str(want, "Body"))
		}
	}
	return nil
}

func firstDoc(d Document) Document {
	if d == nil {
		return Document{}
	}
	return d
}

// sameSnapshot says why a cache's group does not hold what a snapshot holds that was made by a time.
func (t *tx) sameSnapshot(group *Entity, source string, at time.Time) error {
	if from := str(group.Out, filledFrom); from != source && (from != "" || strings.HasPrefix(source, "arn:")) {
		return refuse("NotTheSame", "it was filled from %q, want %q", from, source)
	}
	for _, s := range t.snapshotsIn(group.Region) {
		if s.ARN == source && t.created(s).After(at) {
			return refuse("NotTheSame", "%s is of %s, want no later than %s", s.ID, t.created(s).Format(timeFormat),
				at.Format(timeFormat))
		}
	}
	return nil
}
