package stacks

import (
	"redoubt/components/keys"
	"redoubt/components/queue"
	"redoubt/components/table"
	"redoubt/components/vault"
	"redoubt/inventory"
	"redoubt/system"
)

// The tables that every system has beside its stores.
const (
	idempotencyName = "idempotency"
	locksName       = "locks"
)

// transient is how long the backups of a table are kept whose content is soon
// of no use: the work ledgers and the idempotency records. The hourly ones are
// what a queue comes back from when both replicas of its ledger are spoilt.
var transient = system.Retention{PITRDays: 35, HourlyDays: 7, DailyDays: 35, LockDays: 7}

// homeTables are the tables and queues of one home.
type homeTables struct {
	// tables are the stores of kind table that have a half in this home.
	tables             map[string]*table.Table
	idempotency, locks *table.Table
	// queues are the stores of kind queue, each with its work ledger.
	queues map[string]*queue.Queue
}

// declareTables declares the stores of kind table, the idempotency records and the locks.
func (h *home) declareTables() error {
	h.tables = map[string]*table.Table{}
	for _, st := range h.system.StoresOf(system.Table) {
		if !h.holds(st, h.peerStore(st.Name).Name) {
			continue
		}
		t, err := table.New(h.ctx, "table-"+st.Name, &table.Args{
			Scope: h.scope(), Name: st.Name, Tier: st.Tier, Shape: table.Records,
			Generation: h.config.Generation(st.Name), PITRDays: st.Retention.PITRDays,
			KeyArn: h.keys.Arn(keys.Data), ReplicaOf: h.sourceOf(st), Restored: h.restored(st), Protect: h.config.Protect,
		}, h.here())
		if err != nil {
			return err
		}
		h.tables[st.Name] = t
	}
	return h.declareOwnTables()
}

// declareOwnTables declares what belongs to no store.
func (h *home) declareOwnTables() (err error) {
	args := &table.Args{
		Scope: h.scope(), Name: idempotencyName, Shape: table.Idempotency, PITRDays: transient.PITRDays,
		KeyArn: h.keys.Arn(keys.Data), ReplicaOf: h.source(), Protect: h.config.Protect,
	}
	if h.seed() || h.peer.Control.IdempotencyTable != "" {
		if h.idempotency, err = table.New(h.ctx, "table-"+idempotencyName, args, h.here()); err != nil {
			return err
		}
	}
	h.locks, err = table.New(h.ctx, "table-"+locksName, &table.Args{
		Scope: h.scope(), Name: locksName, Shape: table.Locks, PITRDays: transient.PITRDays,
		KeyArn: h.keys.Arn(keys.Data), Protect: h.config.Protect,
	}, h.here())
	return err
}

// source is the region whose tables this home's are replicas of; none in the
// home that seeds.
func (h *home) source() string {
	if h.seed() {
		return ""
	}
	return h.config.PeerRegion
}

// sourceOf is the region whose table the store's is a replica of. A table that
// was restored from a copy of its backups is one of its own.
func (h *home) sourceOf(st system.Store) string {
	if h.restored(st) {
		return ""
	}
	return h.source()
}

// holds reports whether this home has a half of the store's table, of which
// the peer has the other under the name given. The home that seeds always does. The other has a replica
// unless the store's tier is restored from backups, and as soon as the peer has
// a table: AWS makes no replica of one that does not exist.
func (h *home) holds(st system.Store, peers string) bool {
	return h.seed() || h.restored(st) || !h.backupsOnly(st) && peers != ""
}

// backupsOnly reports whether this home has nothing of a table but copies of its backups.
func (h *home) backupsOnly(st system.Store) bool {
	tier, _ := h.system.Tier(st.Tier)
	return !h.seed() && st.Kind == system.Table && tier.Strategy == system.BackupRestore
}

// restored reports whether a plan has restored such a table here, under the next generation.
func (h *home) restored(st system.Store) bool {
	return h.backupsOnly(st) && h.config.Generation(st.Name) > 1
}

// peerStore is the store as the peer has it; empty as long as it has none.
func (h *home) peerStore(name string) inventory.Store {
	if h.peer == nil {
		return inventory.Store{}
	}
	return h.peer.Stores[name]
}

// tableBackups are the tables that AWS Backup backs up. A home's locks are not
// among them: a lease that comes back from the past is a lie.
func (h *home) tableBackups() []vault.Resource {
	var out []vault.Resource
	for _, st := range h.system.StoresOf(system.Table) {
		if t := h.tables[st.Name]; t != nil {
			out = append(out, vault.Resource{Store: st, Arn: t.Arn})
		}
	}
	if h.idempotency != nil {
		st := system.Store{Name: idempotencyName, Kind: system.Table, Retention: transient}
		out = append(out, vault.Resource{Store: st, Arn: h.idempotency.Arn})
	}
	return out
}

func (h *home) tableSlots() []slot {
	slots := []slot{text(h.locks.Name, func(o *inventory.Home, v string) { o.Control.LockTable = v })}
	if h.idempotency != nil {
		slots = append(slots,
			text(h.idempotency.Name, func(o *inventory.Home, v string) { o.Control.IdempotencyTable = v }))
	}
	for _, name := range sortedKeys(h.tables) {
		t := h.tables[name]
		slots = append(slots,
			text(t.Name, ofStore(name, func(s *inventory.Store, v string) { s.Name = v })),
			text(t.Arn, ofStore(name, func(s *inventory.Store, v string) { s.Arn = v })),
			text(h.keys.Arn(keys.Data), ofStore(name, func(s *inventory.Store, v string) { s.KeyArn = v })),
		)
	}
	return slots
}
