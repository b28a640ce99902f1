package world

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
)

// longestRecover is the most days that a table's recovery reaches back:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
const longestRecover = 35

// itemsOf lists the items that a table ever had, deleted ones too.
func (t *tx) itemsOf(table *Entity) []*Entity {
	var out []*Entity
	for _, i := range t.list(kindItem, table.Region) {
		if str(i.In, "Table") == table.ID {
			out = append(out, i)
		}
	}
	return out
}

// keyOf returns the item's primary key, as attributes and as one text.
func keyOf(table *Entity, item Document) (Document, string, error) {
	key := Document{}
	for _, name := range append(strs(table.In, "HashKey"), strs(table.In, "RangeKey")...) {
		value, ok := item[name].(map[string]any)
		if !ok || str(value, "S") == "" && str(value, "N") == "" {
			return nil, "", refuse(validation, "One or more parameter values were invalid: Missing the key %s in the item", name)
		}
		key[name] = value
	}
	if id, plain := plainKey(key); plain {
		return key, id, nil
	}
	raw, err := json.Marshal(key)
	return key, string(raw), err
}

// plainKey is what encoding/json makes of a key of one attribute with nothing in it that needs escaping.
func plainKey(key Document) (id string, plain bool) {
	if len(key) != 1 {
		return "", false
	}
	for name, value := range key {
		of, _ := value.(map[string]any)
		text, is := of["S"].(string)
		if len(of) != 1 || !is || !plainText(name) || !plainText(text) {
			return "", false
		}
		id = `{"` + name + `":{"S":"` + text + `"}}`
	}
	return id, true
}

func plainText(s string) bool {
	for n := range len(s) {
		if c := s[n]; c < ' ' || c > '~' || strings.IndexByte("\"\\<>&", c) >= 0 {
			return false
		}
	}
	return true
}

// item returns what stands under a key now, or nil.
func (t *tx) item(table *Entity, key string) Document {
	all := t.history(table, key)
	if len(all) == 0 {
		return nil
	}
	now, _ := all[0]["Item"].(map[string]any)
	return now
}

// history returns the versions of an item as its region saw them, the latest
// first. A version without Item says that the item was deleted.
func (t *tx) history(table *Entity, key string) []Document {
	if e := t.get(kindItem, table.Region, table.ID+"/"+key); e != nil {
		return docs(e.Out, "Versions")
	}
	return nil
}

// writeItem keeps a new version, nil to delete, and sends it on its way to the
// other halves.
func (t *tx) writeItem(table *Entity, key string, item Document) {
	v := Document{"Written": t.clock().Format(time.RFC3339Nano), "By": table.Region}
	if item != nil {
		v["Item"] = item
	}
	t.keepItem(table, key, v)
	t.hearKeepers(table, key, item)
	for _, region := range replicaRegions(table) {
		t.arrives(tableLag, table.ARN, table.Region, region, "ReplicateItem", Document{
			"Table": table.ID, "From": table.Region, "To": region, "Key": key, "Version": v,
		})
	}
}

// nth is the number of a version among those that an item ever had in its region, from 1.
const nth = "N"

// keepItem puts a version on top of an item. Versions that no restore reaches are forgotten.
func (t *tx) keepItem(table *Entity, key string, v Document) {
	had := t.history(table, key)
	v = maps.Clone(v)
	v[arrived], v[nth] = true, 1.0
	if len(had) > 0 {
		v[nth] = numOr(had[0], nth, 0) + 1
	}
	e := &Entity{Kind: kindItem, Region: table.Region, ID: table.ID + "/" + key, Created: t.birth(),
		In: Document{"Table": table.ID, "Key": key}}
	list := []any{v}
	for _, old := range had {
		list = append(list, old)
		if !t.ahead(arrivedRef(e, old), longestRecover*24*time.Hour+1) { // one that arrived then is reached
			break
		}
	}
	e.Out = Document{"Versions": list}
	t.stamp(arrivedRef(e, v), t.birth())
	t.save(e)
}

func timeAt(d Document, path string) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, str(d, path))
	return at
}

// replicateItem brings a change to another half, or tries again later. The
// later write wins, whatever came first; of two at one instant the one of the
// region that sorts last (assumed).
func (t *tx) replicateItem(in Document) {
	to := t.get(kindTable, str(in, "To"), str(in, "Table"))
	if to == nil {
		return
	}
	switch {
	case t.severed("dynamodb", str(in, "From"), to.Region):
		t.park("ReplicateItem", in)
		return
	case t.sealed(to) != nil:
		t.laterIn(retry, "ReplicateItem", in)
		return
	}
	v := docs(in, "Version")[0]
	if all := t.history(to, str(in, "Key")); len(all) > 0 && !newer(v, all[0]) {
		return
	}
	t.keepItem(to, str(in, "Key"), v)
}

func newer(v, than Document) bool {
	a, b := timeAt(v, "Written"), timeAt(than, "Written")
	return a.After(b) || a.Equal(b) && str(v, "By") > str(than, "By")
}

// sealed says why a table's data cannot be read: its key is gone or disabled.
func (t *tx) sealed(table *Entity) error {
	return t.keyUsable(table.Region, str(table.In, "ServerSideEncryption.KmsKeyArn"), "AccessDeniedException")
}

// itemAt returns what stood under the item's key at a time, or nil.
func (t *tx) itemAt(i *Entity, at time.Time) Document {
	for _, v := range docs(i.Out, "Versions") {
		if !t.after(arrivedRef(i, v), at) {
			item, _ := v["Item"].(map[string]any)
			return item
		}
	}
	return nil
}
