package planner

import (
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Beside is the call that finds what a restore has made of the request's store under a generation, in the home that
// serves; false for a store that is restored in its place. A generation is free when the call does not find it. What an
// aborted restore has made stays, and a restore to another time must not take it for its own: RDS does not tell to which
// time a cluster was restored.
func Beside(r Request, generation int) (plan.Call, bool) {
	s, has := r.System.Store(r.Goal.Store)
	if !has {
		return plan.Call{}, false
	}
	what := restoring{store: s, where: r.Goal.Active, generation: generation}
	at := scopeOf(r.Inventory, what.where)
	switch s.Kind {
	case system.Postgres:
		return askCluster(what.where, at.Cluster(s.Name, generation)), true
	case system.Table, system.Queue:
		return askTable(what.where, restoredTable(r.Inventory, what)), true
	case system.Cache:
		return askGroup(what.where, at.Cache(s.Name, generation)), true
	}
	return plan.Call{}, false
}
