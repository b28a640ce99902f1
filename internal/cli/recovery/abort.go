package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

func newAbort(s *streams.Streams) *cobra.Command {
	o := &runOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "abort [RUN]",
		Short: "Take back what a run has done",
		Long: "Take back what a run has done, by default the last one: the last step first, by the undo call that each step has.\n" +
			"What was under way when the run was killed is brought to its end first. Where a store has moved that cannot be\n" +
			"moved back by an undo, abort refuses: the way back is a plan of its own. The abort is a run, too: it can be\n" +
			"interrupted, killed and gone on with.",
		Example: "  redoubt abort\n" +
			"  redoubt abort switchover-20260101t000200z --by ann",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.named = o.By != ""
			return o.abort(cmd.Context(), args)
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *runOptions) abort(ctx context.Context, args []string) error {
	return o.useRun(ctx, "redoubt abort", args, func(t target.Target, run string) error {
		s, err := read(ctx, t, strings.TrimSuffix(run, abortSuffix))
		if err != nil {
			return err
		}
		undo := s.Run + abortSuffix
		if _, err := t.Plan(ctx, undo); err == nil {
			return o.goOn(ctx, t, undo)
		}
		p, err := undoing(s)
		if err != nil {
			return err
		}
		if len(p.Steps) == 0 {
			return o.nothing(s)
		}
		return o.begin(ctx, t, undo, p)
	})
}

// begin makes the run that takes the other back, unless a gate refuses.
func (o *runOptions) begin(ctx context.Context, t target.Target, run string, p plan.Plan) error {
	if err := o.check(p); err != nil {
		return err
	}
	var refused []error
	for _, g := range p.Gates {
		if _, over := o.overrides()[g.ID]; !over {
			refused = append(refused, fmt.Errorf("gate %s: %s", g.ID, g.Reason))
		}
	}
	if err := errors.Join(refused...); err != nil {
		base := strings.TrimSuffix(run, abortSuffix)
		return exit.With(exit.Refused, err, fmt.Sprintf("redoubt resume %[1]s%[2]s goes on; later, redoubt plan failback or "+
			"switchover moves back; redoubt abort %[1]s%[2]s%[3]s takes the rest back all the same", base, o.on(), setsAside(p)))
	}
	known, err := target.Know(ctx, t)
	if err != nil {
		return err
	}
	o.preview(p)
	return o.walk(ctx, t, walk{story: story{Run: run, Plan: p}, inventory: known.Inventory, fresh: true})
}

func (o *runOptions) nothing(s story) error {
	if o.JSON {
		return printJSON(o.Streams, map[string]any{"run": s.Run, "undone": []string{}, "next": "redoubt status " + s.Run + o.on()})
	}
	o.Streams.Printf("nothing to take back: run %s has done nothing that has an undo. Next: redoubt status %s%s\n", s.Run, s.Run, o.on())
	return nil
}

// movedGate is the gate that refuses to take agents and traffic away from data.
const movedGate = "data-moved"

// The names of the steps of an abort.
const (
	undoPrefix   = "undo-"
	finishPrefix = "finish-"
)

// undoing is the plan that takes back what a run has done, the last first. It
// has no steps when nothing can be taken back.
func undoing(s story) (plan.Plan, error) {
	p := plan.Plan{
		System: s.Plan.System, Title: "Take back: " + s.Plan.Title, Inventory: s.Plan.Inventory, Regions: s.Plan.Regions,
		Because: "run " + s.Run + " is aborted",
	}
	acts := s.acts()
	var open, stay, moved []string
	for _, a := range acts {
		if a.open && a.step.Undo != nil {
			p.Steps = append(p.Steps, finishing(s, a.step))
			open = append(open, finishPrefix+a.step.ID)
		}
	}
	before := open
	for n := len(acts) - 1; n >= 0; n-- {
		switch step := acts[n].step; {
		case step.Undo != nil:
			p.Steps = append(p.Steps, undo(s, step, before))
			before = []string{undoPrefix + step.ID}
		case moves(step):
			moved = append(moved, step.ID)
		default:
			stay = append(stay, step.ID)
		}
	}
	if len(p.Steps) == 0 {
		return p, nil
	}
	if stay != nil {
		p.Because += "; what stays: " + listed(stay)
	}
	if moved != nil {
		p.Gates = append(p.Gates, plan.Gate{
			ID: movedGate, Title: "No data has moved", Overridable: true, Timeout: plan.Duration(leaseOptions.TTL),
			Why:    "Agents and users must not be sent where the stores take no writes.",
			Reason: "there is no undo of " + listed(moved) + ": users and agents would be taken away from where the data is",
		})
	}
	return plan.New(p)
}

// moves reports whether a step moves data for good; a mark that is written does not.
func moves(s plan.Step) bool {
	return s.Role == plan.Data && s.Call.Service != "s3" && s.Call.Service != "dynamodb"
}

// act is a step of a run that has, or may have, done something.
type act struct {
	step plan.Step
	// open is true when the run was killed before it knew how the step ended.
	open bool
}

// acts are the steps that may have done something, in the order of their last
// record. A call that was refused has done nothing.
func (s story) acts() []act {
	var order []string
	did, pending, open := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range s.Records {
		switch r.Kind {
		case journal.Intended:
			pending[r.Step], open[r.Step] = true, true
		case journal.Returned:
			class := execute.Class(r.Result)
			did[r.Step] = did[r.Step] || class == execute.OK || class == execute.Unreachable
			pending[r.Step] = false
		case journal.Ended:
			open[r.Step] = false
		default:
			continue
		}
		order = append(without(order, r.Step), r.Step)
	}
	var out []act
	for _, id := range order {
		for _, step := range s.Plan.Steps {
			if step.ID == id && (did[id] || pending[id]) {
				out = append(out, act{step, open[id]})
			}
		}
	}
	return out
}

func without(list []string, one string) []string {
	var out []string
	for _, v := range list {
		if v != one {
			out = append(out, v)
		}
	}
	return out
}
