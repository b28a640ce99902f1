package recovery

import (
	"context"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
)

func newResume(s *streams.Streams) *cobra.Command {
	o := &runOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "resume [RUN]",
		Short: "Go on with a run that stopped or was killed",
		Long: "Go on with a run, by default the last one. What was done is not done again; what was under way when the run\n" +
			"was killed is looked at first. A run that has recovered says so again.",
		Example: "  redoubt resume\n" +
			"  redoubt resume region-loss-20260101t000200z --json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.named = o.By != ""
			return o.resume(cmd.Context(), args)
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *runOptions) resume(ctx context.Context, args []string) error {
	return o.useRun(ctx, "redoubt resume", args, func(t target.Target, run string) error { return o.goOn(ctx, t, run) })
}

// useRun acts on a run that the arguments name, or on the last one.
func (o *runOptions) useRun(ctx context.Context, command string, args []string, act func(target.Target, string) error) error {
	return o.use(ctx, o.acting(command), func(t target.Target) error {
		run, err := pick(ctx, t, args)
		if err != nil {
			return err
		}
		return act(t, run)
	})
}

// goOn walks on with a run that is not at its end.
func (o *runOptions) goOn(ctx context.Context, t target.Target, run string) error {
	s, err := read(ctx, t, run)
	if err != nil {
		return err
	}
	if err := o.notAborted(ctx, t, run); err != nil {
		return err
	}
	if f, ended := s.outcome(); ended && s.Records[len(s.Records)-1].Kind == journal.Finished {
		if f.Outcome == execute.Recovered {
			o.Streams.Above("run %s is at its end already\n", run)
		}
		return o.ended(ctx, t, run, f)
	}
	if err := o.check(s.Plan); err != nil {
		return err
	}
	known, err := target.Know(ctx, t)
	if err != nil {
		return err
	}
	return o.walk(ctx, t, walk{story: s, inventory: known.Inventory})
}

// notAborted refuses to go on with a run that somebody takes back.
func (o *Options) notAborted(ctx context.Context, runs target.Runs, run string) error {
	if isAbort(run) {
		return nil
	}
	undone, err := runs.Records(ctx, run+abortSuffix)
	if err != nil || len(undone) == 0 {
		return err
	}
	if last := undone[len(undone)-1]; last.Kind == journal.Finished && last.Result == string(execute.Refused) {
		return nil
	}
	return exit.Errorf(exit.Usage, "redoubt abort "+run+o.on()+", or make a new plan",
		"run %s was taken back at least in part, by run %s", run, run+abortSuffix)
}
