// Package drill is the part of the command line that drills: it breaks a copy of the simulated regions on purpose, lets
// the same engine recover it, and tells what that was worth.
package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/system"
)

// Local is where real databases of this machine are killed.
const Local = "local"

// Options is what drill takes.
type Options struct {
	Streams *streams.Streams
	// Names are the scenarios; All stands for every one.
	Names []string
	All   bool
	// Experiments stands for every declared experiment.
	Experiments bool
	// StopAll stops every experiment that runs, LetGo lets them begin again.
	StopAll, LetGo bool
	// Seed draws durations; zero takes what is typical.
	Seed uint64
	// Back drills the way back, too.
	Back bool
	// Active is the home that serves now; empty asks.
	Active string
	// On is where the drill is: a copy of the simulated regions, processes of this machine, or AWS.
	On string
	// Out is the folder of the reports.
	Out  string
	JSON bool
	Wait time.Duration
	// runs is what each drill ran.
	runs report.Runs
}

// New is the command.
func New(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s, runs: report.Runs{}}
	cmd := &cobra.Command{
		Use:   "drill SCENARIO... | --all | --experiments | --stop-all | --let-go",
		Short: "Break a copy of the homes on purpose, recover it, and measure RTO and RPO",
		Long: "Break a copy of the homes on purpose, recover it, and measure RTO and RPO: steady state first, then the fault, what\n" +
			"observers make of it, the plan, its run, and what a witness that writes a mark a second into every store finds again.\n" +
			"Nothing is changed: the drill is on a copy of the simulated regions. The scenarios:\n\n" + listed() + "\n\n" +
			"The recorded incidents of docs/incidents.md and the experiments of docs/chaos.md can be drilled by their names, too.\n" +
			"A drill fails when an objective of system.yaml is missed; the exit code is 5 then.\n\n" +
			"With --on local real databases of this machine are killed and promoted by the plan: two homes of their own, with a store of\n" +
			"each kind, that the project's system.yaml says nothing of. Figures are measured locally; --seed takes another moment, and the\n" +
			"copies that end before. It takes PostgreSQL, Valkey or Redis, and moto, and can lose one region alone.\n\n" +
			"With --on aws an experiment is led in the homes themselves, by AWS Fault Injection Service, with the prober as its witness.\n" +
			"It is refused, with exit code 3, while redoubt:production is not false in both settings files. --stop-all stops all that runs.",
		Example: "  redoubt drill region-loss\n" +
			"  redoubt drill --all --seed 7 --out drills\n" +
			"  redoubt drill --experiments\n" +
			"  redoubt drill region-loss --on local\n" +
			"  redoubt drill pod-delete --on aws\n" +
			"  redoubt drill --stop-all --on aws",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Names = args
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.All, "all", false, "every scenario")
	f.BoolVar(&o.Experiments, "experiments", false, "every experiment: what is broken on purpose, with its expectation")
	f.BoolVar(&o.StopAll, "stop-all", false, "stop every experiment that runs in both homes, and let none begin")
	f.BoolVar(&o.LetGo, "let-go", false, "let experiments begin again after --stop-all")
	f.Uint64Var(&o.Seed, "seed", 0, "draw every duration and lag with this seed (default: each takes its typical time)")
	f.BoolVar(&o.Back, "back", false, "drill the way back, too")
	f.StringVar(&o.Active, "active", "", "the home that serves now: primary or secondary (default: where the domain leads)")
	f.StringVar(&o.On, "on", target.Sim, "where it is: sim, local, or aws, where only experiments are led")
	f.StringVar(&o.Out, "out", "", "the folder of the reports (default .redoubt/drills, on this machine's databases .redoubt/drills-local)")
	f.BoolVar(&o.JSON, "json", false, "print the reports as JSON")
	f.DurationVar(&o.Wait, "wait", 15*time.Second, "how long to wait for another redoubt to end")
	return cmd
}

// listed are the scenarios with their titles.
func listed() string {
	all, err := drill.Scenarios()
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, s := range all {
		lines = append(lines, fmt.Sprintf("  %-27s %s", s.Name, s.Title))
	}
	return strings.Join(lines, "\n")
}

func (o *Options) run(ctx context.Context) error {
	if o.StopAll || o.LetGo {
		return o.lever(ctx)
	}
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	switch o.On {
	case target.AWS:
		return o.onAWS(ctx, chosen)
	case Local:
		return o.onLocal(ctx, chosen)
	}
	var reports []drill.Report
	var unfit []string
	err = target.Use(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: "redoubt drill"},
		func(t target.Target) error {
			all, err := o.prepare(ctx, t, chosen)
			if err != nil {
				return err
			}
			for n, d := range all {
				o.Streams.Redraw("drill " + chosen[n].Name)
				r, err := d.Run(ctx)
				var no *drill.UnfitError
				switch {
				case errors.As(err, &no) && (o.All || o.Experiments):
					unfit = append(unfit, no.Error())
				case errors.As(err, &no):
					return exit.With(exit.Usage, err, "redoubt drill --help lists the others")
				case err != nil:
					return fmt.Errorf("drill %s: %w", chosen[n].Name, err)
				default:
					r.Next = o.next(r)
					o.runs.Add(r.Scenario, d)
					reports = append(reports, r)
				}
			}
			if o.Out == "" {
				o.Out = t.Project().Path("drills")
			}
			return nil
		})
	if err != nil {
		return err
	}
	return o.tell(reports, unfit)
}

// next are the commands to say after a drill.
func (o *Options) next(r drill.Report) []drill.Next {
	again, on := "redoubt drill "+r.Scenario, ""
	if o.On == Local {
		on = " --on " + Local
	}
	if o.Seed != 0 {
		again += fmt.Sprintf(" --seed %d", o.Seed)
	}
	again += on
	out := []drill.Next{{Why: "the same drill again", Command: again}}
	if !r.Met() && r.Plan.Title != "" {
		out = append([]drill.Next{{Why: "the plan, step by step, with the gates that refuse", Command: "redoubt plan --help"}}, out...)
	}
	return append(out, drill.Next{Why: "another run of luck: durations drawn anew", Command: "redoubt drill " + r.Scenario + " --seed N" + on})
}

// chosen are the scenarios that are asked for. All that is wrong is told at once.
func (o *Options) chosen() ([]drill.Scenario, error) {
	all, err := drill.Scenarios()
	if err != nil {
		return nil, err
	}
	var errs []error
	if o.Active != "" && !system.Home(o.Active).Valid() {
		errs = append(errs, fmt.Errorf("--active is %q, want primary or secondary", o.Active))
	}
	experiments, err := drill.Experiments()
	if err != nil {
		return nil, err
	}
	switch {
	case o.All && o.Experiments:
		errs = append(errs, errors.New("--all and --experiments are both given, want one of them"))
	case o.Experiments && len(o.Names) > 0:
		errs = append(errs, errors.New("--experiments and names are both given, want one of them"))
	case o.Experiments:
		return experiments, exit.With(exit.Usage, errors.Join(errs...), "redoubt drill --help")
	case o.All && len(o.Names) > 0:
		errs = append(errs, errors.New("--all and scenarios are both given, want one of them"))
	case !o.All && len(o.Names) == 0:
		errs = append(errs, errors.New("no scenario is given, want one of them, --all or --experiments"))
	case o.All:
		return all, exit.With(exit.Usage, errors.Join(errs...), "redoubt drill --help")
	}
	incidents, err := drill.Incidents()
	if err != nil {
		return nil, err
	}
	all = append(append(all, incidents...), experiments...)
	var out []drill.Scenario
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	for _, name := range o.Names {
		found := false
		for _, s := range all {
			if s.Name == name {
				out, found = append(out, s), true
			}
		}
		if !found {
			errs = append(errs, fmt.Errorf("scenario is %q, want one of: %s", name, strings.Join(names, ", ")))
		}
	}
	return out, exit.With(exit.Usage, errors.Join(errs...), "redoubt drill --help")
}

// prepare makes each drill a copy of the regions of its own.
func (o *Options) prepare(ctx context.Context, t target.Target, chosen []drill.Scenario) ([]*drill.Drill, error) {
	known, err := target.Know(ctx, t)
	if err != nil {
		return nil, err
	}
	active := system.Home(o.Active)
	if active == "" {
		if active, err = target.Serving(ctx, t, known); err != nil {
			return nil, err
		}
	}
	sys := t.Project().System
	var out []*drill.Drill
	for _, s := range chosen {
		place, err := t.Place(known.Inventory, active, o.Seed)
		if err != nil {
			return nil, err
		}
		out = append(out, &drill.Drill{Place: place, Scenario: s, System: sys, Inventory: known.Inventory, Active: active,
			Seed: o.Seed, Return: o.Back, Phase: drill.PhaseOf(o.Seed)})
	}
	return out, nil
}
