package recovery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/plan"
	"redoubt/recovery/render"
	"redoubt/timings"
)

func newExplain(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "explain STEP [RUN | PLAN]",
		Short: "Why a step or a gate is there, and how it is known to be done",
		Long: "Explain a step or a gate of a plan: why it is there, what it calls, how it is known to be done, whether it can be\n" +
			"taken back, how long it takes and whose figure that is. The plan is that of a file or of a run, by default the last.",
		Example: "  redoubt explain take-traffic-secondary plan.json\n" +
			"  redoubt explain confirmed-fence --json",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return o.explain(cmd.Context(), args) },
	}
	o.look(cmd)
	return cmd
}

func (o *Options) explain(ctx context.Context, args []string) error {
	p, err := o.planOf(ctx, args[1:])
	if err != nil {
		return err
	}
	for _, g := range p.Gates {
		if g.ID == args[0] {
			return o.explainGate(p, g)
		}
	}
	for _, s := range p.Steps {
		if s.ID == args[0] {
			of := "" // the last run's
			if len(args) > 1 {
				of = args[1]
			}
			return o.explainStep(p, s, of)
		}
	}
	return exit.Errorf(exit.Usage, "redoubt status last lists them", "%q is no step and no gate of the plan %q", args[0], p.Title)
}

// planOf is the plan of a file or of a run.
func (o *Options) planOf(ctx context.Context, args []string) (plan.Plan, error) {
	if len(args) > 0 {
		info, err := os.Stat(args[0])
		if err == nil && info.Mode().IsRegular() {
			return readPlan(args[0])
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return plan.Plan{}, exit.With(exit.Usage, err, "redoubt explain --help")
		}
	}
	runs, _, err := target.RunsOf(ctx, target.Options{On: o.On, Streams: o.Streams})
	if err != nil {
		return plan.Plan{}, err
	}
	run, err := pick(ctx, runs, args)
	if err != nil {
		return plan.Plan{}, err
	}
	return runs.Plan(ctx, run)
}

// explained is a step with what its plan says around it.
type explained struct {
	Step plan.Step `json:"step"`
	// Before are the steps that wait for it.
	Before []string `json:"before"`
	// Critical is true on the critical path: nothing that users wait for takes longer.
	Critical bool   `json:"onCriticalPath"`
	Budget   budget `json:"budget"`
}

// budget is a step's figure with its source.
type budget struct {
	ID      timings.ID   `json:"id"`
	Typical *float64     `json:"typicalSeconds,omitempty"`
	Longest *float64     `json:"longestSeconds,omitempty"`
	Kind    timings.Kind `json:"kind"`
	Source  string       `json:"source"`
}

func budgetOf(s plan.Step) budget {
	t := timings.Get(s.Budget)
	b := budget{ID: t.ID, Kind: t.Kind, Source: t.Source}
	if d, has := t.Typical(); has {
		seconds := d.Seconds()
		b.Typical = &seconds
	}
	if d, has := t.Max(); has {
		seconds := d.Seconds()
		b.Longest = &seconds
	}
	return b
}

func (o *Options) explainStep(p plan.Plan, s plan.Step, of string) error {
	e := explained{Step: s, Before: []string{}, Budget: budgetOf(s)}
	for _, other := range p.Steps {
		for _, need := range other.Needs {
			if need == s.ID {
				e.Before = append(e.Before, other.ID)
			}
		}
	}
	for _, id := range p.Critical().Steps {
		e.Critical = e.Critical || id == s.ID
	}
	if o.JSON {
		return printJSON(o.Streams, e)
	}
	o.Streams.Printf("step %s: %s\n", s.ID, s.Title)
	t := tableTo(o.Streams.Printf)
	t.row("why", s.Why)
	t.row("source", s.Source)
	t.row("calls", where(p, s.Call))
	o.byHand(t, p, s.Call, render.StepCommand(s.ID, of, o.On == target.AWS))
	doneWhen(t, p, s)
	if s.Undo == nil {
		t.row("undo", "none: it cannot be taken back by a call")
	} else {
		t.row("undo", where(p, *s.Undo))
		o.byHand(t, p, *s.Undo, "redoubt abort"+o.on())
	}
	t.row("takes", e.Budget.text())
	t.row("gives up", fmt.Sprintf("after %s; a failure %s", s.Timeout, render.OnFailure(s.OnFailure)))
	t.row("after", or(listed(s.Needs), "nothing"))
	t.row("before", or(listed(e.Before), "nothing"))
	t.end()
	return nil
}

func (b budget) text() string {
	text := "a time that AWS gives in words only"
	switch {
	case b.Typical != nil && b.Longest != nil && *b.Typical != *b.Longest:
		text = fmt.Sprintf("typically %s, up to %s", seconds(*b.Typical), seconds(*b.Longest))
	case b.Typical != nil:
		text = "typically " + seconds(*b.Typical)
	case b.Longest != nil:
		text = "up to " + seconds(*b.Longest)
	}
	return fmt.Sprintf("%s (%s, %s, %s)", text, b.ID, b.Kind, b.Source)
}

func (o *Options) explainGate(p plan.Plan, g plan.Gate) error {
	if o.JSON {
		return printJSON(o.Streams, map[string]plan.Gate{"gate": g})
	}
	o.Streams.Printf("gate %s: %s\n", g.ID, g.Title)
	t := tableTo(o.Streams.Printf)
	t.row("why", g.Why)
	switch {
	case g.Reason != "":
		t.row("refuses", g.Reason)
	case g.Approval():
		t.row("asks", "a person, or --approve "+g.ID)
	default:
		t.row("opens when", where(p, g.Condition.Call)+" answers")
		for _, x := range g.Condition.All {
			t.row("", expects(x))
		}
	}
	over := "nobody may"
	if g.Overridable {
		over = "--override " + g.ID + "=REASON --by NAME"
	}
	t.row("set aside", over)
	t.end()
	return nil
}

// where says what is called and where.
func where(p plan.Plan, c plan.Call) string {
	return fmt.Sprintf("%s (%s)", c, p.Regions[c.Home])
}

// doneWhen are the rows that say how the step is known to be done.
func doneWhen(t table, p plan.Plan, s plan.Step) {
	t.row("done when", where(p, s.Condition.Call)+" answers")
	for _, x := range s.Condition.All {
		t.row("", expects(x))
	}
}

// describe tells of a step before it is carried out.
func describe(to printer, p plan.Plan, s plan.Step) {
	t := tableTo(to)
	t.row("  why", s.Why)
	t.row("  calls", where(p, s.Call))
	t.row("  done when", where(p, s.Condition.Call)+" answers")
	for _, x := range s.Condition.All {
		t.row("", expects(x))
	}
	t.row("  gives up", fmt.Sprintf("after %s; a failure %s", s.Timeout, render.OnFailure(s.OnFailure)))
	t.end()
}

// byHand are the rows that say what a person types for a call: on AWS a command of AWS or kubectl where one makes it, on the
// simulated regions, where nothing answers these, the one of redoubt.
func (o *Options) byHand(t table, p plan.Plan, c plan.Call, ours string) {
	command, err := render.Command(p, c, nil)
	switch {
	case err != nil:
		t.row("by hand", ours)
	case o.On == target.AWS:
		t.row("by hand", command)
	default:
		t.row("by hand", ours)
		t.row("on AWS", command)
	}
}

func expects(e plan.Expect) string { return fmt.Sprintf("%s %s %v", e.Path, e.Op, e.Value) }
