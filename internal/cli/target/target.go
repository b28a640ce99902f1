// Package target is where the commands of recovery act: the stored simulated
// regions, or AWS. What the two have in common is told here once.
package target

import (
	"context"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Target is where plans are made for and run on.
type Target interface {
	// Kind is the kind of the figures that are seen here, such as "simulated".
	Kind() string
	Project() *project.Project
	// Port makes calls from outside both homes. Without an inventory it makes
	// those that need none.
	Port(inventory.Inventory) plan.Port
	// Steady makes the calls of leases, and tries again what is throttled.
	Steady() plan.Port
	// Poll is the wait between two looks at an open condition; zero looks whenever something changed.
	Poll() time.Duration
	// Clock is the time that passes here.
	Clock() clock.Clock
	// Leads is the home whose address the domain leads to; empty when that is neither's.
	Leads(ctx context.Context, domain string, addresses map[system.Home]string) (system.Home, error)
	// Observe looks at both homes for as long as a finding needs.
	Observe(ctx context.Context, inv inventory.Inventory, active system.Home) ([]diagnose.Observation, error)
	// Run drives a machine to its end. The end of ctx lets what is under way end.
	Run(ctx context.Context, s Session) (execute.Finish, error)
	// Place is where a drill takes place, which changes nothing here. The seed draws durations, where they are drawn.
	Place(inv inventory.Inventory, active system.Home, seed uint64) (drill.Place, error)
	Runs
}

// Session is one drive of a machine.
type Session struct {
	Port   plan.Port
	Core   *execute.Core
	Store  journal.Store
	Lease  *lease.Held
	Decide func(context.Context, plan.Gate) execute.Decided
	See    func(time.Time, execute.Command)
}

// Runs keeps what was run: the plan of each run and its journal.
type Runs interface {
	// Create keeps a plan under a run's name, which nobody may have taken: then it
	// fails with ErrExists. Home is whose lease the run has.
	Create(ctx context.Context, run string, home system.Home, p plan.Plan) error
	// Plan is the plan of a run. A run that is not there is an error for the user.
	Plan(ctx context.Context, run string) (plan.Plan, error)
	// Records are those of a run, without touching it: it may be under way.
	Records(ctx context.Context, run string) ([]journal.Record, error)
	// Journal opens the journal of a run to write on.
	Journal(ctx context.Context, run string) (journal.Store, error)
	// Last is the run that began last; empty when none has.
	Last(ctx context.Context) (string, error)
}

// Options say which target is opened.
type Options struct {
	// On is "sim" or "aws".
	On      string
	Streams *streams.Streams
	// Wait is how long to wait for another redoubt to end.
	Wait time.Duration
	// Who is what others are told who wait.
	Who string
}

// The two targets.
const (
	Sim = "sim"
	AWS = "aws"
)

// Use opens the target for act and closes it again.
func Use(ctx context.Context, o Options, act func(Target) error) error {
	p, err := open(o)
	if err != nil {
		return err
	}
	if o.On == AWS {
		return useAWS(ctx, p, act)
	}
	return useSim(ctx, o, p, act)
}

// Look opens the target for act, which only looks. What passes in the simulated regions meanwhile is not kept, and they
// are held no longer than it takes to read them.
func Look(ctx context.Context, o Options, act func(Target) error) error {
	p, err := open(o)
	if err != nil {
		return err
	}
	if o.On == AWS {
		return useAWS(ctx, p, act)
	}
	return lookSim(ctx, o, p, act)
}

// LeaseName is the lease under which plans run in a home.
const LeaseName = lease.Recovery

// RunsOf opens what was run on a target, and leaves the target itself alone.
func RunsOf(ctx context.Context, o Options) (Runs, *project.Project, error) {
	p, err := open(o)
	if err != nil {
		return nil, nil, err
	}
	if o.On == AWS {
		runs, err := runsOnAWS(ctx, p)
		return runs, p, err
	}
	return localRuns(p.Path("runs")), p, nil
}

func open(o Options) (*project.Project, error) {
	if o.On != Sim && o.On != AWS {
		return nil, exit.Errorf(exit.Usage, "use --on sim or --on aws", "--on is %q, want %s or %s", o.On, Sim, AWS)
	}
	return project.Open()
}
