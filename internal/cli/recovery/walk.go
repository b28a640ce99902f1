package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// walk is one walk through the plan of a run, from wherever it stands.
type walk struct {
	story
	inventory inventory.Inventory
	// fresh is true when the run is not kept yet: it is once the lease is held.
	fresh bool
	// hand is the one step that is walked; nil walks the plan.
	hand *execute.Hand
	// early is the journal of a fresh run of which one step is walked.
	early *lately
}

// walkEnd is how a walk ended.
type walkEnd struct {
	execute.Finish
	// core is the machine as it ended, records are all that it wrote, also where the run is not kept.
	core    *execute.Core
	records []journal.Record
	// calls counts the calls that were made.
	calls int
}

// walk walks the plan of a run, and tells how it ended.
func (o *runOptions) walk(ctx context.Context, t target.Target, w walk) error {
	end, err := o.walked(ctx, t, w)
	if err != nil {
		return err
	}
	return o.ended(ctx, t, w.Run, end.Finish)
}

// walked walks under the lease of the home that receives the work.
func (o *runOptions) walked(ctx context.Context, t target.Target, w walk) (walkEnd, error) {
	port := t.Port(w.inventory)
	held, err := o.hold(ctx, t, w)
	if err != nil {
		return walkEnd{}, err
	}
	s := target.Session{Port: port, Lease: held, Decide: o.decide}
	defer o.letGo(ctx, held)
	if s.Store, err = keep(ctx, t, w); err != nil {
		return walkEnd{}, err
	}
	end, err := o.drive(ctx, t, w, s)
	again := "redoubt resume " + w.Run + o.on()
	if w.hand != nil {
		again = "the same command looks at the step first"
	}
	return end, exit.With(exit.Stopped, err, again)
}

// keep opens the journal of the run, which is kept from now on, but for a fresh one of which one step is walked.
func keep(ctx context.Context, t target.Target, w walk) (journal.Store, error) {
	if w.early != nil {
		return w.early, nil
	}
	if w.fresh {
		return create(ctx, t, w)
	}
	return t.Journal(ctx, w.Run)
}

func create(ctx context.Context, t target.Target, w walk) (journal.Store, error) {
	home, err := leaseHome(ctx, t, w.story)
	if err != nil {
		return nil, err
	}
	if err := t.Create(ctx, w.Run, home, w.Plan); err != nil {
		return nil, fmt.Errorf("keep run %s: %w", w.Run, err)
	}
	return t.Journal(ctx, w.Run)
}

// letGo releases the lease, also when the run was interrupted. It may be
// another's by now; and where it cannot be let go it ends by itself.
func (o *runOptions) letGo(ctx context.Context, held *lease.Held) {
	if err := held.Release(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, lease.ErrLost) {
		o.Streams.Above("the lease is not let go and ends by itself: %v\n", err)
	}
}

func (o *runOptions) drive(ctx context.Context, t target.Target, w walk, s target.Session) (walkEnd, error) {
	records, err := s.Store.Load(ctx, w.Run) // cuts off what was never safe
	if err != nil {
		return walkEnd{}, err
	}
	opts := execute.Options{
		Run: w.Run, Generation: s.Lease.Generation(), Seed: execute.SeedOf(w.Run), Parallel: o.Parallel, Poll: t.Poll(),
		Overrides: o.overrides(), Hand: w.hand,
	}
	if isAbort(w.Run) {
		opts.Anew = undos(w.Plan)
	}
	if s.Core, err = execute.Restore(w.Plan, opts, records); err != nil {
		return walkEnd{}, err
	}
	p := &progress{streams: o.Streams, start: t.Clock().Now(), plan: w.Plan}
	if len(records) > 0 && w.hand == nil {
		p.start = records[0].At
	}
	s.See = p.see
	end := walkEnd{core: s.Core}
	if end.Finish, err = t.Run(ctx, s); err != nil {
		return end, err
	}
	end.calls = p.calls
	end.records, err = s.Store.Load(context.WithoutCancel(ctx), w.Run)
	return end, err
}

var leaseOptions = lease.Options{TTL: 2 * time.Minute, Skew: 10 * time.Second}

// leaseHome is the home in whose region a run's lease is. An abort takes that of
// the run which it takes back, so that the two exclude each other.
func leaseHome(ctx context.Context, runs target.Runs, s story) (system.Home, error) {
	if !isAbort(s.Run) {
		return s.Plan.Receives(), nil
	}
	p, err := runs.Plan(ctx, strings.TrimSuffix(s.Run, abortSuffix))
	if err != nil {
		return "", err
	}
	return p.Receives(), nil
}

// hold takes the lease. Another run's is waited for as long as --wait says.
func (o *runOptions) hold(ctx context.Context, t target.Target, w walk) (*lease.Held, error) {
	home, err := leaseHome(ctx, t, w.story)
	if err != nil {
		return nil, err
	}
	table := w.inventory.Homes[home].Control.LockTable
	if table == "" {
		return nil, exit.Errorf(exit.Usage, "update the homes first", "the inventory names no lock table in the %s home", home)
	}
	store := lease.Table{Port: t.Steady(), Home: home, Name: table}
	owner, clock := w.owner(o.By), t.Clock()
	until, told := clock.Now().Add(o.Wait), false
	for {
		held, err := lease.Acquire(ctx, store, clock, target.LeaseName, owner, leaseOptions)
		var other *lease.HeldError
		switch {
		case err == nil:
			return held, nil
		case errors.Is(err, lease.ErrChanged): // somebody took it at this moment: see who
			continue
		case !errors.As(err, &other):
			return nil, fmt.Errorf("the lease of the %s home: %w", home, err)
		case !clock.Now().Before(until):
			return nil, exit.With(exit.Held, err, "wait until then, or give --wait "+span(leaseOptions.TTL+leaseOptions.Skew))
		}
		if !told {
			o.Streams.Above("waiting: %v\n", other)
			told = true
		}
		if err := clock.Sleep(ctx, time.Second); err != nil {
			return nil, exit.Errorf(exit.Stopped, "", "interrupted while waiting: %v", other)
		}
	}
}

// owner is who holds the lease of a walk. One step's is another than its run's, so that it never takes the lease from a run
// that is under way; and the same for the same step, so that nobody waits for it to end after a kill.
func (w walk) owner(by string) string {
	if w.hand == nil {
		return fmt.Sprintf("%s (run %s)", by, w.Run)
	}
	hash, _ := w.Plan.Hash()
	return fmt.Sprintf("%s (step %s of plan %.12s)", by, w.hand.Step, hash)
}

// progress shows a run on stderr: a line for each gate and step that ends, with
// the time since the run began.
type progress struct {
	streams interface {
		Above(format string, args ...any)
		Redraw(text string)
	}
	start time.Time
	plan  plan.Plan
	calls int
}

func (p *progress) see(at time.Time, cmd execute.Command) {
	if _, performs := cmd.(execute.Perform); performs {
		p.calls++
	}
	a, is := cmd.(execute.Append)
	if !is {
		return
	}
	since, r := clockwise(at.Sub(p.start)), *a.Record
	switch r.Kind {
	case journal.Decided:
		p.streams.Above("%s gate %s: %s%s\n", since, r.Step, r.Result, because(r.By, r.Why))
	case journal.Began:
		if r.Why != "" { // what it needs is not done
			p.streams.Above("%s %s: goes on%s\n", since, r.Step, because(r.By, r.Why))
		}
	case journal.Intended:
		p.streams.Redraw(fmt.Sprintf("%s %s: under way", since, r.Step))
	case journal.Returned:
		if execute.Class(r.Result) != execute.OK {
			p.streams.Above("%s %s: %s, attempt %d: %s\n", since, r.Step, r.Result, r.Attempt, r.Why)
		}
	case journal.Ended:
		p.streams.Above("%s %s: %s%s\n", since, r.Step, p.result(r), because(p.title(r), r.Why))
	}
}

// result is how a step ended. What only looks has nothing to do when what it looks for holds, and was not skipped.
func (p *progress) result(r journal.Record) string {
	for _, s := range p.plan.Steps {
		if s.ID == r.Step && (s.Role == plan.Prove || s.Role == plan.Verify) && r.Result == string(plan.AlreadyDone) {
			return "looked, and it holds"
		}
	}
	return r.Result
}

// title is the step's, unless it failed: then the cause is enough.
func (p *progress) title(r journal.Record) string {
	for _, s := range p.plan.Steps {
		if s.ID == r.Step && r.Why == "" {
			return s.Title
		}
	}
	return ""
}

// because is who and why, as far as they are known, behind a comma.
func because(parts ...string) string {
	text := ""
	for _, part := range parts {
		if part != "" {
			text += ", " + part
		}
	}
	return text
}
