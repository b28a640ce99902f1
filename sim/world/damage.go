package world

import (
	"strings"
	"time"
)

// What damage looks like. A bucket's objects and a table's items are written over, so that
// replication carries it as it carries everything else, and a restore to a time before
// it is free of it. Of a database and a cache the simulated regions hold no content: a mark
// stands for it, in every member of a global one at once (assumed).
const (
	damagedBody      = "damaged"
	damagedAttribute = "damaged"
	damagedKey       = "damaged"
	damagedSince     = "DamagedSince"
)

// ownPrefix is that of what plans write themselves into a bucket: it is no content.
const ownPrefix = "redoubt/"

// damage makes the content of a store wrong from now on.
func (t *tx) damage(region, name string) error {
	c, g := t.get(kindCluster, region, name), t.get(kindCacheGroup, region, name)
	table, bucket := t.get(kindTable, region, name), t.get(kindBucket, region, name)
	switch {
	case c != nil:
		t.markDamaged(t.family(c), t.clock().Format(time.RFC3339Nano))
	case g != nil:
		t.markDamaged(t.family(g), t.clock().Format(time.RFC3339Nano))
	case table != nil:
		t.damageItems(table)
	case bucket != nil:
		for _, k := range append(t.keysOf(bucket, ""), &Entity{In: Document{"Key": damagedKey}}) {
			if key := str(k.In, "Key"); !strings.HasPrefix(key, ownPrefix) {
				t.replicateLater(bucket, key, t.write(bucket, key, t.content(bucket, damagedBody, Document{})))
			}
		}
	default:
		return missing("ResourceNotFoundException", "no database, cache, table or bucket is called %s in %s", name, region)
	}
	return nil
}

// family is a store with all that replicate with it.
func (t *tx) family(e *Entity) []*Entity {
	global := t.cacheGlobalOf(e)
	if e.Kind == kindCluster {
		global = t.globalOf(e)
	}
	if global == nil {
		return []*Entity{e}
	}
	var out []*Entity
	for _, arn := range strs(global.Out, "Members") {
		if m := t.arn(arn); m != nil {
			out = append(out, m)
		}
	}
	return out
}

func (t *tx) markDamaged(all []*Entity, since string) {
	for _, e := range all {
		if since == "" {
			delete(t.edit(e).Out, damagedSince)
		} else {
			t.edit(e).Out[damagedSince] = since
		}
	}
}

// damageItems writes over every item of a table, and one more.
func (t *tx) damageItems(table *Entity) {
	extra := Document{}
	for _, a := range docs(table.In, "Attributes") {
		if name := str(a, "Name"); name == str(table.In, "HashKey") || name == str(table.In, "RangeKey") {
			extra[name] = Document{str(a, "Type"): damagedKey}
			if str(a, "Type") == "N" {
				extra[name] = Document{"N": "-1"}
			}
		}
	}
	extra[damagedAttribute] = Document{"S": "made"}
	all := []Document{extra}
	for _, i := range t.itemsOf(table) {
		if item := t.item(table, str(i.In, "Key")); item != nil {
			item = copyDoc(item)
			item[damagedAttribute] = Document{"S": "changed"}
			all = append(all, item)
		}
	}
	for _, item := range all {
		if _, id, err := keyOf(table, item); err == nil {
			t.writeItem(table, id, item)
		}
	}
}

// mend ends the damage where it stands.
func (t *tx) mend(region, name string) {
	for _, kind := range []string{kindCluster, kindCacheGroup} {
		if e := t.get(kind, region, name); e != nil {
			t.markDamaged(t.family(e), "")
		}
	}
	if table := t.get(kindTable, region, name); table != nil {
		for _, i := range t.itemsOf(table) {
			if item := t.item(table, str(i.In, "Key")); has(item, damagedAttribute) {
				t.writeItem(table, str(i.In, "Key"), undamaged(item))
			}
		}
	}
	if bucket := t.get(kindBucket, region, name); bucket != nil {
		for _, k := range t.keysOf(bucket, "") {
			t.mendObject(bucket, str(k.In, "Key"))
		}
	}
}

// undamaged is an item as it was; nil was none.
func undamaged(item Document) Document {
	if str(item, damagedAttribute+".S") == "made" {
		return nil
	}
	out := copyDoc(item)
	delete(out, damagedAttribute)
	return out
}

// mendObject puts the last version that is not damaged on top again.
func (t *tx) mendObject(bucket *Entity, key string) {
	if str(firstDoc(t.current(bucket, key)), "Body") != damagedBody {
		return
	}
	again := Document{"DeleteMarker": true}
	for _, v := range t.versions(bucket, key) {
		if str(v, "Body") != damagedBody {
			again = copyDoc(v)
			for _, own := range []string{"VersionId", lastModified, "Replica", "ReplicationStatus"} {
				delete(again, own)
			}
			break
		}
	}
	t.replicateLater(bucket, key, t.write(bucket, key, again))
}

// Content says why what a database, cache, table or bucket holds is not what was
// written, or nothing: what somebody sees who compares it with what it should hold.
func (w *World) Content(region, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if t.damaged(region, name) {
		return refuse("NotTheSame", "%s in %s holds what nobody wrote", name, region)
	}
	return nil
}

func (t *tx) damaged(region, name string) bool {
	for _, kind := range []string{kindCluster, kindCacheGroup} {
		if e := t.get(kind, region, name); e != nil {
			return has(e.Out, damagedSince)
		}
	}
	if table := t.get(kindTable, region, name); table != nil {
		for _, i := range t.itemsOf(table) {
			if has(t.item(table, str(i.In, "Key")), damagedAttribute) {
				return true
			}
		}
	}
	if bucket := t.get(kindBucket, region, name); bucket != nil {
		for _, k := range t.keysOf(bucket, "") {
			if str(firstDoc(t.current(bucket, str(k.In, "Key"))), "Body") == damagedBody {
				return true
			}
		}
	}
	return false
}

// inherits is the damage that something has which was made of a store as it was at a time.
func inherits(e, source *Entity, at time.Time) {
	if since := str(source.Out, damagedSince); since != "" && !at.Before(timeAt(source.Out, damagedSince)) {
		e.Out[damagedSince] = since
	}
}
