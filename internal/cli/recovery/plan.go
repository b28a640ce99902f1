package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/internal/naming"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
)

// planOptions is what plan takes.
type planOptions struct {
	Options
	// Scenario is what is planned for.
	Scenario planner.Scenario
	// Out is the plan's file; empty writes none.
	Out string
	// As is the form in which the plan is shown; empty is a summary.
	As string
	// Active is the home that serves; empty asks.
	Active string
	// Store, Zone and Dependency name what the scenario is about, At the point in time of a restore.
	Store, Zone, Dependency, At string
	// Finding is a kind or a file, Observations a file; without both the target is observed.
	Finding, Observations string
	// named is true when --by was given.
	named bool
}

func newPlan(s *streams.Streams) *cobra.Command {
	o := &planOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Make the plan of a recovery, and show it",
		Long: "Make the plan of a recovery from what both homes tell and what is found to be broken, and show it.\n" +
			"Nothing is changed by a plan; what the look takes passes in the simulated regions. The scenarios:\n\n" + scenarios() + "\n\n" +
			"Without --finding and --observations an observer in each home looks for a minute and a half.",
		Example: "  redoubt plan region-loss --out plan.json\n" +
			"  redoubt plan switchover --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Scenario, o.named = planner.Scenario(args[0]), o.By != ""
			return o.run(cmd.Context())
		},
	}
	o.act(cmd)
	f := cmd.Flags()
	f.StringVar(&o.Out, "out", "", "write the plan into this file, for redoubt run")
	f.StringVar(&o.As, "as", "", "show the plan as "+render.Names())
	f.StringVar(&o.Active, "active", "", "the home that serves now: primary or secondary (default: where the domain leads)")
	f.StringVar(&o.Store, "store", "", "the store that the scenario is about")
	f.StringVar(&o.Zone, "zone", "", "the zone that the scenario is about")
	f.StringVar(&o.Dependency, "dependency", "", "the dependency that the scenario is about")
	f.StringVar(&o.At, "at", "", "the point in time to restore to, such as 2026-03-01T12:00:00Z")
	f.StringVar(&o.Finding, "finding", "", "what is broken: a file with a finding, or one of "+listed(words()))
	f.StringVar(&o.Observations, "observations", "", "a file with observations to find out from what is broken")
	return cmd
}

// scenarios lists what can be planned for.
func scenarios() string {
	all := planner.Scenarios()
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, fmt.Sprintf("  %-16s %s", name, all[name]))
	}
	return strings.Join(lines, "\n")
}

// planned is the result of plan.
type planned struct {
	Plan     plan.Plan         `json:"plan"`
	Hash     string            `json:"hash"`
	Finding  *diagnose.Finding `json:"finding,omitempty"`
	Critical critical          `json:"criticalPath"`
	// Refuses are the gates that refuse already.
	Refuses []string `json:"refuses"`
	File    string   `json:"file,omitempty"`
	Next    string   `json:"next"`
}

func (o *planOptions) run(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	return o.use(ctx, o.acting("redoubt plan "+string(o.Scenario)), func(t target.Target) error {
		r, err := o.request(ctx, t)
		if err != nil {
			return err
		}
		p, err := planner.Make(r)
		var broken *planner.Violation
		var unfit *planner.UnfitError
		switch {
		case errors.As(err, &unfit):
			return exit.With(exit.Refused, err, "redoubt plan --help lists what else can be planned; redoubt sim show tells what is broken")
		case errors.As(err, &broken):
			return exit.With(exit.Refused, err, "a plan must not break this rule; this is a bug of the planner")
		case err != nil:
			return exit.With(exit.Usage, err, "redoubt plan --help")
		}
		return o.tell(t.Project(), p, r.Finding)
	})
}

// check names all that is wrong with the flags before anything is touched.
func (o *planOptions) check() error {
	var errs []error
	all := planner.Scenarios()
	if _, known := all[o.Scenario]; !known {
		var names []string
		for _, name := range slices.Sorted(maps.Keys(all)) {
			names = append(names, string(name))
		}
		errs = append(errs, fmt.Errorf("scenario is %q, want one of: %s", o.Scenario, listed(names)))
	}
	if o.Active != "" && !o.active().Valid() {
		errs = append(errs, fmt.Errorf("--active is %q, want primary or secondary", o.Active))
	}
	if _, err := o.at(); err != nil {
		errs = append(errs, fmt.Errorf("--at is %q, want a time such as 2026-03-01T12:00:00Z", o.At))
	}
	if _, known := render.Forms[render.Form(o.As)]; o.As != "" && (!known || o.JSON) {
		errs = append(errs, fmt.Errorf("--as is %q, want one of %s, and no --json", o.As, render.Names()))
	}
	if o.Finding != "" && o.Observations != "" {
		errs = append(errs, errors.New("--finding and --observations are both given, want one of them"))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt plan --help")
}

// tell writes the plan's file and shows the plan.
func (o *planOptions) tell(of *project.Project, p plan.Plan, f diagnose.Finding) error {
	hash, err := p.Hash()
	if err != nil {
		return err
	}
	out := planned{Plan: p, Hash: hash, Critical: criticalOf(p), Refuses: refusals(p), File: o.Out}
	if f.Kind != "" {
		out.Finding = &f
	}
	out.Next = fmt.Sprintf("redoubt plan %s --out FILE, then redoubt run FILE%s", o.Scenario, o.on())
	if o.Out != "" {
		if err := o.write(p); err != nil {
			return err
		}
		out.Next = "redoubt run " + o.Out + o.on() + setsAside(p)
	}
	if first := rebuildFirst(p); first != "" {
		out.Next = first + o.on()
	}
	if shut := always(p); shut != "" {
		out.Next = fmt.Sprintf("no run passes gate %s; plan again with what it says", shut)
	}
	if o.JSON {
		return printJSON(o.Streams, out)
	}
	if o.As != "" {
		return o.show(of.Scope(p.Receives()), p)
	}
	show(o.Streams.Printf, p)
	if o.Out != "" {
		o.Streams.Printf("\nwritten: %s (plan %.12s)", o.Out, hash)
	}
	o.Streams.Printf("\nnext: %s\n", out.Next)
	return nil
}

// show shows the plan in a form, for what is in the home that receives the work.
func (o *planOptions) show(at naming.Scope, p plan.Plan) error {
	if render.Form(o.As) == render.AsRunbook { // its commands name the plan's file
		text, err := render.Book{File: o.Out, Simulated: o.On == target.Sim}.Of(p)
		if err == nil {
			o.Streams.Printf("%s", text)
		}
		if o.Out == "" {
			o.Streams.Notef("its commands take the plan from %s, which --out %[1]s writes\n", render.PlanFile)
		}
		return err
	}
	name := at.Function("recover")
	text, err := render.As(render.Form(o.As), p, render.Machine{
		Function: fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", at.Region, at.Account, name),
		Topic:    fmt.Sprintf("arn:aws:sns:%s:%s:%s", at.Region, at.Account, name),
	})
	if err == nil {
		o.Streams.Printf("%s", text)
	}
	return err
}

func (o *planOptions) write(p plan.Plan) error {
	raw, err := plan.Encode(p)
	if err != nil {
		return err
	}
	return exit.With(exit.Usage, os.WriteFile(o.Out, raw, 0o644), "--out takes a file that can be written")
}
