package recovery

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// runOptions is what run, resume and abort take.
type runOptions struct {
	Options
	// Approve are gates that By approves, Override those set aside, as GATE=REASON.
	Approve, Override []string
	// Parallel is how many steps are under way at most; zero is no bound.
	Parallel int
	// named is true when --by was given.
	named bool
	// command is the command's name, where it is not run.
	command string
	input   *bufio.Reader
}

func (o *runOptions) flags(cmd *cobra.Command) {
	o.decides(cmd)
	cmd.Flags().IntVar(&o.Parallel, "parallel", 0, "how many steps may be under way at once (default no bound)")
}

// decides are the flags of a command that acts when gates allow it.
func (o *runOptions) decides(cmd *cobra.Command) {
	o.act(cmd)
	cmd.Flags().StringArrayVar(&o.Approve, "approve", nil, "a gate that asks, approved; may be repeated")
	cmd.Flags().StringArrayVar(&o.Override, "override", nil, "a gate set aside, as GATE=REASON; needs --by; may be repeated")
}

func newRun(s *streams.Streams) *cobra.Command {
	o := &runOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "run PLAN",
		Short: "Run a plan",
		Long: "Run the plan in a file that redoubt plan wrote. The plan is shown, gates that ask are asked, and then each step\n" +
			"is looked at, made and seen to be done. What was done is written down before it is done, so a run that stops,\n" +
			"or is killed, goes on with redoubt resume. Ctrl-C stops after the steps under way; twice stops at once.",
		Example: "  redoubt run plan.json\n" +
			"  redoubt run plan.json --override confirmed-fence=\"its region is lost\" --by ann",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.named = o.By != ""
			return o.run(cmd.Context(), args[0])
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *runOptions) run(ctx context.Context, file string) error {
	p, err := readPlan(file)
	if err != nil {
		return err
	}
	if err := o.check(p); err != nil {
		return err
	}
	o.file = file
	return o.use(ctx, o.acting("redoubt run "+file), func(t target.Target) error {
		known, err := o.fits(ctx, t, p)
		if err != nil {
			return err
		}
		o.preview(p)
		return o.walk(ctx, t, walk{story: story{Run: free(ctx, t, p), Plan: p}, inventory: known.Inventory, fresh: true})
	})
}

// preview shows the plan before it runs.
func (o *runOptions) preview(p plan.Plan) {
	show(o.Streams.Notef, p)
	o.Streams.Notef("\n")
}

// readPlan reads a plan's file, or says how to get one.
func readPlan(file string) (plan.Plan, error) {
	const hint = "redoubt plan SCENARIO --out FILE makes one"
	raw, err := os.ReadFile(file)
	if err != nil {
		return plan.Plan{}, exit.With(exit.Usage, err, hint)
	}
	p, err := plan.Decode(raw)
	if err != nil {
		return p, exit.Errorf(exit.Usage, hint, "%s: %w", file, err)
	}
	return p, nil
}

// fits requires that the plan was made for this system as both homes tell it now.
func (o *runOptions) fits(ctx context.Context, t target.Target, p plan.Plan) (target.Known, error) {
	own := t.Project()
	var errs []error
	if p.System != own.System.Name {
		errs = append(errs, fmt.Errorf("the plan is of the system %q, this project is %q", p.System, own.System.Name))
	}
	for _, home := range system.Homes {
		if region, has := p.Regions[home]; has && region != own.Regions[home] {
			errs = append(errs, fmt.Errorf("the plan's %s home is in %s, this project's in %s", home, region, own.Regions[home]))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return target.Known{}, exit.With(exit.Usage, err, "go to the project of the plan")
	}
	known, err := target.Know(ctx, t)
	if err != nil {
		return known, err
	}
	same, err := known.Made(p.Inventory)
	switch {
	case err != nil || same:
		return known, err
	case len(known.Silent) > 0:
		o.Streams.Above("whether the homes have changed since the plan was made cannot be told: one of them does not answer\n")
		return known, nil
	}
	return known, exit.Errorf(exit.Refused, "make the plan again: redoubt plan "+or(p.Scenario, "SCENARIO")+" --out FILE",
		"the homes have changed since the plan was made from the inventory %.12s", p.Inventory)
}

// check names all that is wrong with the flags about gates.
func (o *runOptions) check(p plan.Plan) error {
	var errs []error
	find := func(flag, id string) (plan.Gate, bool) {
		n := slices.IndexFunc(p.Gates, func(g plan.Gate) bool { return g.ID == id })
		if n < 0 {
			errs = append(errs, fmt.Errorf("%s names %q, which is no gate of the plan, want one of: %s", flag, id, gatesOf(p)))
			return plan.Gate{}, false
		}
		return p.Gates[n], true
	}
	for _, id := range o.Approve {
		if g, has := find("--approve", id); has && !g.Approval() {
			errs = append(errs, fmt.Errorf("--approve names %q, which does not ask", id))
		}
	}
	for _, text := range o.Override {
		id, reason, _ := strings.Cut(text, "=")
		if g, has := find("--override", id); has && !g.Overridable {
			errs = append(errs, fmt.Errorf("--override names %q, which nobody may set aside", id))
		}
		if reason = strings.TrimSpace(reason); reason == "REASON" {
			errs = append(errs, fmt.Errorf("--override %s gives no reason: put your own in the place of REASON", text))
		}
		if reason == "" {
			errs = append(errs, fmt.Errorf("--override %s gives no reason, want %s=REASON", text, id))
		}
	}
	if len(o.Override) > 0 && !o.named {
		errs = append(errs, errors.New("--override needs a name: --by NAME"))
	}
	if o.Parallel < 0 {
		errs = append(errs, fmt.Errorf("--parallel is %d, want 0 or more", o.Parallel))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt "+or(o.command, "run")+" --help")
}

func gatesOf(p plan.Plan) string {
	var ids []string
	for _, g := range p.Gates {
		ids = append(ids, g.ID)
	}
	return or(listed(ids), "none")
}

// overrides are the gates that are set aside, with name and reason.
func (o *runOptions) overrides() map[string]execute.Override { return asOverrides(o.Override, o.By) }

// asOverrides are texts of the form WHAT=REASON, by what, in the name of who gave them.
func asOverrides(texts []string, by string) map[string]execute.Override {
	out := map[string]execute.Override{}
	for _, text := range texts {
		what, reason, _ := strings.Cut(text, "=")
		out[what] = execute.Override{By: by, Reason: strings.TrimSpace(reason)}
	}
	return out
}
