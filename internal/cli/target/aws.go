package target

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// amazon is AWS, with the credentials of whoever runs the command. It was never
// tried on AWS: docs/limits.md says how to.
type amazon struct {
	keptRuns
	// calls makes a port that finds its way by an inventory.
	calls func(inventory.Inventory) plan.Port
	// lookup resolves a name as any client does.
	lookup func(ctx context.Context, name string) ([]string, error)
}

var _ Target = amazon{}

// Place refuses: what a drill breaks on AWS is broken for everybody who uses it. A sandbox that may be broken is drilled by
// the suite of tests/real, behind its guards.
func (a amazon) Place(inventory.Inventory, system.Home, uint64) (drill.Place, error) {
	return nil, exit.Errorf(exit.Refused, "make drill-real drills a sandbox, behind its guards",
		"a drill on AWS breaks what everybody uses")
}

func useAWS(ctx context.Context, p *project.Project, act func(Target) error) error {
	a, err := onAWS(ctx, p)
	if err != nil {
		return err
	}
	return act(a)
}

func runsOnAWS(ctx context.Context, p *project.Project) (Runs, error) {
	a, err := onAWS(ctx, p)
	if err != nil {
		return nil, err
	}
	return a.keptRuns, nil
}

func onAWS(ctx context.Context, p *project.Project) (amazon, error) {
	cfg, err := awsport.Load(ctx)
	if err != nil {
		return amazon{}, exit.With(exit.Usage, err, "log in as for the aws command, or use --on sim")
	}
	port := func(inv inventory.Inventory) *awsport.Port {
		o := awsport.OptionsOf(inv)
		maps.Copy(o.Regions, p.Regions)
		o.Probe = awsport.Gateway{}
		return awsport.New(cfg, o)
	}
	return amazon{
		keptRuns: keptRuns{port(inventory.Inventory{}).Patient(), p},
		calls:    func(inv inventory.Inventory) plan.Port { return port(inv) },
		lookup:   net.DefaultResolver.LookupHost,
	}, nil
}

// Kind tells that figures of AWS are measured.
func (a amazon) Kind() string { return "measured" }

// Project is whose homes they are.
func (a amazon) Project() *project.Project { return a.project }

// Port makes calls on AWS.
func (a amazon) Port(inv inventory.Inventory) plan.Port { return a.calls(inv) }

// Steady makes the calls of leases.
func (a amazon) Steady() plan.Port { return a.port }

// Clock is the machine's.
func (a amazon) Clock() clock.Clock { return clock.Wall{} }

// Poll is short beside what steps take, and far from where AWS throttles (assumed).
func (a amazon) Poll() time.Duration { return 5 * time.Second }

// Leads compares where the domain leads with where each home's load balancer is.
func (a amazon) Leads(ctx context.Context, domain string, addresses map[system.Home]string) (system.Home, error) {
	at, err := a.lookup(ctx, domain)
	if err != nil {
		return "", err
	}
	for _, home := range system.Homes {
		own, err := a.lookup(ctx, addresses[home])
		if err == nil && slices.ContainsFunc(at, func(ip string) bool { return slices.Contains(own, ip) }) {
			return home, nil
		}
	}
	return "", nil
}

// Observe refuses: nobody observes the homes on AWS yet, and one look of the
// operator's machine cannot tell a lost region from its own cut line.
func (a amazon) Observe(context.Context, inventory.Inventory, system.Home) ([]diagnose.Observation, error) {
	return nil, exit.Errorf(exit.Usage, "give --finding, or --observations FILE", "no observers are deployed on AWS by this version")
}

// callTimeout ends a call that nobody answers.
const callTimeout = 30 * time.Second

// Run drives the machine in real time.
func (a amazon) Run(ctx context.Context, s Session) (execute.Finish, error) {
	interrupts := make(chan struct{}, 1)
	stop := context.AfterFunc(ctx, func() { interrupts <- struct{}{} })
	defer stop()
	r := execute.Runner{
		Port: s.Port, Store: s.Store, Clock: a.Clock(), Lease: s.Lease, CallTimeout: callTimeout, See: s.See, Interrupts: interrupts,
		Decide: func(_ context.Context, g plan.Gate) execute.Decided { return s.Decide(ctx, g) },
	}
	f, err := r.Run(context.WithoutCancel(ctx), s.Core)
	if err != nil {
		return f, fmt.Errorf("run on AWS: %w", err)
	}
	return f, nil
}
