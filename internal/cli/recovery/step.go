package recovery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/internal/nearest"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// stepOptions is what step takes.
type stepOptions struct {
	runOptions
	// Without are needs that are not done and are gone on without, as STEP=REASON.
	Without []string
	// of is the file or the run whose plan it is, as it was given or found, for a command to type next.
	of string
}

func newStep(s *streams.Streams) *cobra.Command {
	o := &stepOptions{runOptions: runOptions{Options: Options{Streams: s}, command: "step"}}
	cmd := &cobra.Command{
		Use:   "step STEP [RUN | PLAN]",
		Short: "Carry out one step of a plan, as a runbook asks for it",
		Long: "Carry out one step of the plan in a file, or of a run, by default the last one. The step is looked at first: when\n" +
			"it is done, nothing is called. Else what it needs must be done, every gate of the plan is asked, unless the step\n" +
			"changes nothing, and its call is made and looked at until it is done or the step's patience ends. Where a gate\n" +
			"refuses that may be set aside, the person at the terminal is asked for that, for a reason and a name. What is done is\n" +
			"written down as a run writes it, so the next step, and redoubt resume, go on from there and find it done.\n\n" +
			"Exit code 0: the step is done. Code 3: a gate or what it needs refused, nothing was called. Code 4: it is not done\n" +
			"within its time, or was interrupted. Code 5: the system is not proven to work. Code 6: a run is under way.",
		Example: "  redoubt step probe plan.json\n" +
			"  redoubt step requeue-work plan.json --without fence-worker=\"its region is lost\" --by ann",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.named = o.By != ""
			return o.step(cmd.Context(), args[0], args[1:])
		},
	}
	o.decides(cmd)
	cmd.Flags().StringArrayVar(&o.Without, "without", nil,
		"a need that is not done, gone on without, as STEP=REASON; needs --by; may be repeated")
	return cmd
}

func (o *stepOptions) step(ctx context.Context, id string, args []string) error {
	var given *plan.Plan
	if len(args) > 0 {
		p, is, err := planFile(args[0])
		if err != nil {
			return err
		}
		if is {
			given, o.of = &p, args[0]
			if _, err := o.find(p, id); err != nil { // before anything is opened
				return err
			}
		}
	}
	return o.use(ctx, o.acting("redoubt step "+id), func(t target.Target) error {
		w, err := o.taken(ctx, t, given, args)
		if err != nil {
			return err
		}
		s, err := o.find(w.Plan, id)
		if err != nil {
			return err
		}
		w.hand = &execute.Hand{Step: id, Without: asOverrides(o.Without, o.By)}
		if w.fresh {
			w.early = &lately{acts: !execute.ChangesNothing(s), open: func(ctx context.Context) (journal.Store, error) { return create(ctx, t, w) }}
		}
		o.Streams.Notef("step %s: %s\n", s.ID, s.Title)
		describe(o.Streams.Notef, w.Plan, s)
		began := t.Clock().Now()
		end, err := o.walkedAside(ctx, t, w)
		if err != nil {
			return err
		}
		return o.stepped(t, w, s, end, t.Clock().Now().Sub(began))
	})
}

// planFile reads the plan of a file; false when there is no such file.
func planFile(name string) (plan.Plan, bool, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		p, err := readPlan(name)
		return p, true, err
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return plan.Plan{}, false, exit.With(exit.Usage, err, "redoubt step --help")
	case strings.HasSuffix(name, ".json"): // no run is called so
		p, err := readPlan(name)
		return p, true, err
	}
	return plan.Plan{}, false, nil
}

// find is the step of that name, with flags that fit its plan.
func (o *stepOptions) find(p plan.Plan, id string) (plan.Step, error) {
	var known []string
	for _, s := range p.Steps {
		if s.ID == id {
			return s, o.checkStep(p, s)
		}
		known = append(known, s.ID)
	}
	if slices.ContainsFunc(p.Gates, func(g plan.Gate) bool { return g.ID == id }) {
		return plan.Step{}, exit.Errorf(exit.Usage, "every step that acts asks it; redoubt explain "+id+" tells of it",
			"%q is a gate of the plan %q, and no step", id, p.Title)
	}
	return plan.Step{}, exit.Errorf(exit.Usage, nearest.Hint(id, known), "%q is no step of the plan %q, which has: %s",
		id, p.Title, listed(known))
}

// checkStep names all that is wrong with the flags.
func (o *stepOptions) checkStep(p plan.Plan, s plan.Step) error {
	errs := []error{o.check(p)}
	behind := needsBehind(p, s.ID)
	for _, text := range o.Without {
		need, reason, _ := strings.Cut(text, "=")
		if !slices.Contains(behind, need) {
			errs = append(errs, fmt.Errorf("--without names %q, which step %s does not need, want one of: %s", need, s.ID,
				or(listed(behind), "none")))
		}
		if reason = strings.TrimSpace(reason); reason == "" || reason == "REASON" {
			errs = append(errs, fmt.Errorf("--without %s gives no reason, want %s=REASON with your own", text, need))
		}
	}
	if len(o.Without) > 0 && !o.named {
		errs = append(errs, errors.New("--without needs a name: --by NAME"))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt step --help")
}

// needsBehind are the steps that a step needs, and what those need, in the order of the plan.
func needsBehind(p plan.Plan, id string) []string {
	needed := map[string]bool{id: true}
	for _, s := range slices.Backward(p.Steps) { // what a step needs stands before it
		for _, need := range s.Needs {
			needed[need] = needed[need] || needed[s.ID]
		}
	}
	var out []string
	for _, s := range p.Steps {
		if needed[s.ID] && s.ID != id {
			out = append(out, s.ID)
		}
	}
	return out
}

// taken is the run that the step belongs to: the one that is named, or the last of its plan, as long as that can be gone on
// with; else a new one.
func (o *stepOptions) taken(ctx context.Context, t target.Target, given *plan.Plan, args []string) (walk, error) {
	s, open, err := o.last(ctx, t, given, args)
	if err != nil {
		return walk{}, err
	}
	if o.of == "" {
		o.of = s.Run
	}
	if !open {
		s = story{Run: free(ctx, t, s.Plan), Plan: s.Plan}
		known, err := o.fits(ctx, t, s.Plan)
		return walk{story: s, inventory: known.Inventory, fresh: true}, err
	}
	known, err := target.Know(ctx, t)
	return walk{story: s, inventory: known.Inventory}, err
}

// last is the run that is meant, and whether it can be gone on with.
func (o *stepOptions) last(ctx context.Context, t target.Target, given *plan.Plan, args []string) (story, bool, error) {
	if given == nil {
		run, err := pick(ctx, t, args)
		if err != nil {
			return story{}, false, err
		}
		s, err := read(ctx, t, run)
		if err == nil {
			err = o.notAborted(ctx, t, run)
		}
		return s, s.open(), err
	}
	other := story{Plan: *given}
	run, err := t.Last(ctx)
	if err != nil || run == "" {
		return other, false, err
	}
	s, err := read(ctx, t, run)
	if err != nil {
		return other, false, err
	}
	same, err := sameplan(s.Plan, *given)
	if err != nil || !same || o.notAborted(ctx, t, run) != nil {
		return other, false, err
	}
	s.Plan = *given
	if !s.open() {
		return other, false, nil
	}
	return s, true, nil
}

func sameplan(a, b plan.Plan) (bool, error) {
	one, err := a.Hash()
	if err != nil {
		return false, err
	}
	other, err := b.Hash()
	return one == other, err
}

// open reports whether the run can be gone on with.
func (s story) open() bool {
	n := len(s.Records)
	return n == 0 || s.Records[n-1].Kind != journal.Finished
}
