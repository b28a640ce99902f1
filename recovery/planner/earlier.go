package planner

import (
	"fmt"
	"time"

	"redoubt/recovery/plan"
	"redoubt/system"
)

// own is the generation that the stacks know of the store.
func (r restoring) own(req Request) int {
	return max(req.Inventory.Homes[r.where].Stores[r.store.Name].Generation, 1)
}

// source is whose backups are restored: the store's of now or, where these begin too late, those of the store that an
// earlier restore was made beside. Of a queue it is the ledger.
func (r restoring) source(req Request) string {
	of := req.Inventory.Homes[r.where].Stores[r.store.Name]
	if r.from == 0 || r.from == r.own(req) {
		if r.store.Kind == system.Queue {
			return of.LedgerTable
		}
		return of.Name
	}
	return r.named(req, r.from)
}

// named is the physical name of a generation of the store in the home that serves.
func (r restoring) named(req Request, generation int) string {
	r.generation = generation
	at := scopeOf(req.Inventory, r.where)
	switch r.store.Kind {
	case system.Postgres:
		return at.Cluster(r.store.Name, generation)
	case system.Cache:
		return at.Cache(r.store.Name, generation)
	}
	return restoredTable(req.Inventory, r)
}

// Reach is the call that tells how far back the backups of a generation of the request's store go, in the home that serves,
// and whether an answer to it holds the point in time or one before; false for a store that has no generations, or that is
// filled again from another one. The backups of a store that was restored begin with it: what was before is held by the one
// that it was made beside, as long as that stands.
func Reach(r Request, generation int) (plan.Call, func(plan.Document) bool, bool) {
	s, err := storeOf(r)
	what := restoring{store: s, where: r.Goal.Active, at: r.Goal.At.UTC(), from: generation}
	if err != nil || s.RebuildFrom != "" {
		return plan.Call{}, nil, false
	}
	begins := func(path string) func(plan.Document) bool {
		return func(a plan.Document) bool {
			earliest, _ := told[string](a, path)
			return !what.before(earliest)
		}
	}
	name := what.source(r)
	switch s.Kind {
	case system.Postgres:
		return askCluster(what.where, name), begins("DBClusters[0].EarliestRestorableTime"), true
	case system.Table, system.Queue:
		return askRecovery(what.where, name), begins(recovery + "EarliestRestorableDateTime"), true
	case system.Cache:
		return askSnapshots(what.where, name), func(a plan.Document) bool { return latest(a, what.at).name != "" }, true
	}
	return plan.Call{}, nil, false
}

// whose says in words whose backups are restored where they are not the store's own.
func (r restoring) whose(req Request) string {
	if r.from == 0 || r.from == r.own(req) {
		return ""
	}
	return fmt.Sprintf(" from the backups of %s, which it was at that time", r.source(req))
}

// Known is the generation of the store that a restore is about, as the stacks know it.
func Known(r Request) int {
	s, _ := storeOf(r)
	return restoring{store: s, where: r.Goal.Active}.own(r)
}

// of is what the backups are called that a time is held against.
func (r restoring) of(req Request) string {
	if r.own(req) == 1 {
		return r.store.Name
	}
	return r.source(req)
}

// past says, of a time before the backups of a store that was restored begin, where else what was then may be: no store of that
// time stands any more whose own backups reach it.
func (r restoring) past(req Request, begins time.Time) string {
	if !r.at.Before(begins) || r.own(req) == 1 || r.whose(req) != "" {
		return ""
	}
	of := req.Inventory.Homes[r.where]
	return fmt.Sprintf("; no store that it was before and that still stands reaches so far. What the vault keeps of it: "+
		"aws backup list-recovery-points-by-backup-vault --region %s --backup-vault-name %s (docs/limits.md)", of.Region, of.Vault.Name)
}
