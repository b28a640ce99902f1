package ready

import (
	"context"
	"sync"
	"time"

	"redoubt/internal/cli/target"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/readiness"
	"redoubt/system"
	"redoubt/witness"
)

// gather reads what the homes and their observers tell, and what was run and drilled.
func gather(ctx context.Context, t target.Target, active system.Home) (readiness.Input, error) {
	known, err := target.Know(ctx, t)
	if err != nil {
		return readiness.Input{}, err
	}
	in := readiness.Input{System: t.Project().System, Kind: witness.Kind(t.Kind()), Inventory: known.Inventory, InventoryAt: known.At,
		Alone: known.Alone, Silent: map[system.Home]string{}, Leases: map[system.Home]lease.Lease{}, Active: active, Answers: map[string]readiness.Answer{}}
	for home, why := range known.Silent {
		in.Silent[home] = why.Error()
	}
	if active == "" {
		if in.Active, err = target.Serving(ctx, t, known); err != nil {
			in.Nowhere = err.Error()
		}
	}
	in.Began = t.Clock().Now()
	observe(ctx, t, &in)
	in.Now, in.MovedAt = t.Clock().Now(), target.Moved(ctx, t, known)
	for _, home := range system.Homes {
		table := lease.Table{Port: t.Steady(), Home: home, Name: known.Inventory.Homes[home].Control.LockTable}
		if _, silent := in.Silent[home]; silent || table.Name == "" {
			continue
		}
		if l, err := table.Get(ctx, target.LeaseName); err == nil {
			in.Leases[home] = l
		}
	}
	if in.Run, err = lastRun(ctx, t); err != nil {
		return in, err
	}
	in.Drills, in.Unread, err = drills(t)
	return in, err
}

// observe lets observers look, where there are any.
func observe(ctx context.Context, t target.Target, in *readiness.Input) {
	if !in.Active.Valid() {
		in.Unseen = "where the system serves is not known"
		return
	}
	seen, err := t.Observe(ctx, in.Inventory, in.Active)
	if err != nil {
		in.Unseen = err.Error()
		return
	}
	in.Finding = diagnose.Find(t.Clock().Now(), seen, diagnose.DefaultRules(false))
}

// lastRun is the last run as its journal tells; nil when nothing was run.
func lastRun(ctx context.Context, runs target.Runs) (*readiness.Run, error) {
	name, err := runs.Last(ctx)
	if err != nil || name == "" {
		return nil, err
	}
	p, err := runs.Plan(ctx, name)
	if err != nil {
		return nil, err
	}
	records, err := runs.Records(ctx, name)
	if err != nil {
		return nil, err
	}
	r := &readiness.Run{Name: name, Title: p.Title, Lost: p.Lost}
	if len(records) > 0 {
		end := records[len(records)-1]
		r.Began = records[0].At
		r.Ended = end.Kind == journal.Finished || end.Kind == journal.Paused && end.Result == string(execute.Refused)
		if r.Ended || end.Kind == journal.Paused {
			r.Outcome, r.Why = end.Result, end.Why
		}
	}
	return r, nil
}

// How the homes are asked: so many calls at once, and so long each.
const (
	atOnce  = 8
	callFor = 15 * time.Second
)

// judge asks what the judgement needs, until it needs nothing more.
func judge(ctx context.Context, t target.Target, in readiness.Input) readiness.Readiness {
	port := t.Port(in.Inventory)
	for {
		r, missing := readiness.Judge(in)
		if len(missing) == 0 || ctx.Err() != nil {
			return r
		}
		for n, a := range answers(ctx, port, missing) {
			in.Answers[planner.CallKey(missing[n])] = a
		}
	}
}

// answers makes calls, some at once, and returns what they were answered in their order.
func answers(ctx context.Context, port plan.Port, calls []plan.Call) []readiness.Answer {
	out, slots := make([]readiness.Answer, len(calls)), make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for n, c := range calls {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			ctx, stop := context.WithTimeout(ctx, callFor)
			defer stop()
			out[n] = readiness.AnswerOf(port.Call(ctx, c))
		})
	}
	all.Wait()
	return out
}
