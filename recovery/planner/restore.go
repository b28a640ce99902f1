package planner

import (
	"fmt"
	"time"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// restoring is the restore of one store.
type restoring struct {
	store system.Store
	// where is the home that serves: what it holds is restored, the other home's copy is made anew.
	where system.Home
	at    time.Time
	// generation is the one that the restored store bears, from the one from whose backups it is made; zero is that of now.
	generation, from int
}

// stamped is the point in time as AWS takes it.
func (r restoring) stamped() string { return r.at.UTC().Format(time.RFC3339) }

// id names a step about the store.
func (r restoring) id(what string) string { return what + "-" + r.store.Name }

// idAt names a step about the store in a home.
func (r restoring) idAt(what string, home system.Home) string {
	return fmt.Sprintf("%s-%s-%s", what, r.store.Name, home)
}

// restorer makes the plan of the restore of one kind of store; asks lists what is asked before.
type restorer struct {
	asks func(Request, restoring) []plan.Call
	make func(*draft, restoring)
}

// restorers are by kind.
var restorers = map[system.StoreKind]restorer{
	system.Bucket:   {bucketQuestions, (*draft).restoreBucket},
	system.Cache:    {cacheQuestions, (*draft).restoreCache},
	system.Postgres: {postgresQuestions, (*draft).restorePostgres},
	system.Table:    {tableQuestions, (*draft).restoreTable},
	system.Queue:    {tableQuestions, (*draft).restoreTable},
}

func restoringOf(r Request) (restoring, error) {
	s, err := storeOf(r)
	if err != nil {
		return restoring{}, err
	}
	at := r.Goal.At.UTC().Truncate(time.Second)
	again := s.Kind == system.Cache && s.RebuildFrom != "" // it begins empty, at no time
	if again {
		at = r.Now.UTC().Truncate(time.Second)
	}
	switch _, can := restorers[s.Kind]; {
	case !can:
		return restoring{}, fmt.Errorf("store %s: a %s is not restored by a plan", s.Name, s.Kind)
	case again && !r.Goal.At.IsZero():
		return restoring{}, fmt.Errorf("store %s is filled again from %s, and has no earlier point in time", s.Name, s.RebuildFrom)
	case again:
	case r.Goal.At.IsZero():
		return restoring{}, fmt.Errorf("no point in time is named to which store %s is restored", s.Name)
	case !at.Before(r.Now):
		return restoring{}, fmt.Errorf("store %s is to be restored to %s, which has not been yet", s.Name,
			at.Format(time.RFC3339))
	}
	of := r.Inventory.Homes[r.Goal.Active].Stores[s.Name]
	_, both := r.Inventory.Homes[r.Goal.Active.Peer()].Stores[s.Name]
	if global := s.Kind == system.Postgres || s.Kind == system.Cache; !both || global && of.GlobalID == "" {
		return restoring{}, fmt.Errorf("store %s is in the %s home alone: no plan restores such a store", s.Name,
			r.Goal.Active)
	}
	return restoring{s, r.Goal.Active, at, max(r.Goal.Generation, max(of.Generation, 1)+1), r.Goal.From}, nil
}

func restoreQuestions(r Request) ([]plan.Call, error) {
	what, err := restoringOf(r)
	if err != nil {
		return nil, err
	}
	return restorers[what.store.Kind].asks(r, what), nil
}

// restore brings one store back to a point in time. Whoever uses it stops; the
// store is made again beside the damaged one, looked at, and only then used. The damaged
// one stays as it is.
func restore(d *draft) error {
	r, err := restoringOf(d.Request)
	if err != nil {
		return err
	}
	for _, home := range system.Homes {
		d.home(home)
	}
	if len(d.errs) > 0 {
		return nil
	}
	d.active, d.because = r.where, d.Finding.Why
	if d.Finding.Kind != diagnose.StoreCorrupt {
		d.because = fmt.Sprintf("a person wants store %s as it was at %s", r.store.Name, r.stamped())
	}
	d.title = fmt.Sprintf("Restore %s to %s", r.store.Name, r.stamped()) + r.whose(d.Request)
	if r.store.RebuildFrom != "" {
		d.because, d.title = "a person wants store "+r.store.Name+" empty", "Make "+r.store.Name+" again, empty"
	}
	d.gate(plan.Gate{
		ID: "approval", Title: "A person approves the restore", Timeout: minutes(60),
		Why: fmt.Sprintf("Store %s goes back in time, and those who use it stand still meanwhile.", r.store.Name),
	})
	d.seenGates(r.where)
	restorers[r.store.Kind].make(d, r)
	return nil
}

// lossGate refuses to lose more than the objective for damaged data allows.
func (d *draft) lossGate(r restoring) {
	t, _ := d.System.Tier(r.store.Tier)
	promised, has := t.Objectives[system.DataLoss]
	back := d.Now.Sub(r.at)
	if !has || back <= time.Duration(promised.RPO) {
		return
	}
	d.gate(plan.Gate{
		ID: "loss", Title: fmt.Sprintf("No more than %s is lost", promised.RPO), Overridable: true,
		Why: "What was written after the point in time is in the damaged store alone. More than the objective is " +
			"never left there in silence.",
		Reason: fmt.Sprintf("store %s goes back by %s, and its objective allows %s", r.store.Name,
			back.Round(time.Second), promised.RPO),
	})
}

// window is the gate that refuses a point in time which no backup reaches, or none yet.
const window = "window"

// windowGate refuses a point in time that loses too much, or that the backups do not reach as they were answered.
func (d *draft) windowGate(r restoring, unreached string) {
	d.lossGate(r)
	if unreached != "" {
		d.gate(plan.Gate{ID: window, Title: "The backups reach the point in time",
			Why: "Without a backup of that time there is nothing to restore.", Reason: unreached})
	}
}

// scopeOf is what the names in a home are made of.
func scopeOf(inv inventory.Inventory, home system.Home) naming.Scope {
	of := inv.Homes[home]
	return naming.Scope{System: inv.System, Home: home, Region: of.Region, Account: of.Account}
}
