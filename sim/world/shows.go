package world

import (
	"maps"
	"slices"
	"time"
)

// Shows says why a restored table or database does not hold what its source held
// at a time, or nothing: what somebody who reads both would see. Of a database the
// simulated regions hold no rows, so its time of restore stands for them.
func (w *World) Shows(region, name, source string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if t.down(region) {
		return &Error{Code: "RequestError", Message: "no answer from " + region}
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
		keys[str(i.In, "Key")] = itemAt(i, at)
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
