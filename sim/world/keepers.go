package world

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"redoubt/inventory"
)

// eventKeepers is when the keepers of a home take the lease.
const eventKeepers = "KeepLease"

// hearKeepers lets the keepers of both homes hear of a word that was written into a lock table (docs/arbiter.md): those of
// the home that it names take the lease in every lock table, the longest time after it that the rules allow, and both homes
// have a copy of the word by then. What is written there by others is left alone; a lease is not renewed here, because
// nothing in the simulated regions reads when it ends.
func (t *tx) hearKeepers(table *Entity, key string, item Document) {
	if str(table.In, "HashKey") != inventory.LocksKey || key != lockID(inventory.ActiveWord) || item == nil {
		return
	}
	t.laterBy(leaseTaken, table.ARN, eventKeepers, Document{"Table": table.ID, "Region": table.Region, "Active": str(item, "active.S")})
}

// keepLease lets the keepers of a home take the lease, unless the word names another home by now. A table that does not
// answer is tried again.
func (t *tx) keepLease(in Document) {
	source := t.get(kindTable, str(in, "Region"), str(in, "Table"))
	active, word := str(in, "Active"), lockID(inventory.ActiveWord)
	if source == nil || str(t.item(source, word), "active.S") != active {
		return
	}
	again := false
	for _, table := range t.lockTables() {
		if t.down(table.Region) {
			again = true
			continue
		}
		t.takeLease(table, active)
		if now := t.item(source, word); newerWord(now, t.item(table, word)) {
			t.keepItem(table, word, Document{"Written": t.clock().Format(time.RFC3339Nano), "By": table.Region, "Item": now})
		}
	}
	if again {
		t.laterIn(retry, eventKeepers, in)
	}
}

// newerWord compares two words as keepers do (recovery/arbiter, Word.Newer).
func newerWord(word, than Document) bool {
	for _, count := range []string{"generation.N", "version.N"} {
		a, _ := strconv.Atoi(str(word, count))
		b, _ := strconv.Atoi(str(than, count))
		if a != b {
			return a > b
		}
	}
	return false
}

func (t *tx) lockTables() []*Entity {
	var out []*Entity
	for _, e := range t.list(kindTable, "") {
		if str(e.In, "HashKey") == inventory.LocksKey {
			out = append(out, e)
		}
	}
	return out
}

// takeLease puts the lease of the active home into a table in the layout of recovery/lease.
func (t *tx) takeLease(table *Entity, active string) {
	id := lockID(inventory.ActiveLease)
	old := t.item(table, id)
	if str(old, "owner.S") == active {
		return
	}
	next := func(name string) Document {
		n, _ := strconv.Atoi(str(old, name+".N"))
		return Document{"N": strconv.Itoa(n + 1)}
	}
	t.writeItem(table, id, Document{
		inventory.LocksKey: Document{"S": inventory.ActiveLease}, "owner": Document{"S": active},
		"generation": next("generation"), "version": next("version"),
		"until": Document{"S": t.clock().UTC().Format(time.RFC3339Nano)},
	})
}

// lockID is the text of a lock's key.
func lockID(name string) string {
	raw, err := json.Marshal(Document{inventory.LocksKey: Document{"S": name}})
	if err != nil {
		panic(fmt.Sprintf("key of a lock: %v", err)) // texts alone
	}
	return string(raw)
}
