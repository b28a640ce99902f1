package sim

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/stored"
	"redoubt/internal/cli/streams"
)

func newWait(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "wait DURATION",
		Short: "Let time pass in the simulated regions",
		Long: "Let time pass in the simulated regions, at once. It passes there only by this and by what observes or runs:\n" +
			"copies arrive, a writer that lost its place comes back as a follower, alarms change.",
		Example: "  redoubt sim wait 45m\n" +
			"  redoubt sim wait 2h --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return Wait(cmd.Context(), o, args[0]) },
	}
	o.flags(cmd)
	return cmd
}

// longestWait keeps a slip of the keyboard from letting years pass.
const longestWait = 30 * 24 * time.Hour

// Wait lets a span of time pass.
func Wait(ctx context.Context, o *Options, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > longestWait {
		return exit.Errorf(exit.Usage, "redoubt sim wait 45m", "duration is %q, want more than none and at most %s", text, longestWait)
	}
	p, err := project.Open()
	if err != nil {
		return err
	}
	return stored.Use(ctx, o.patience(), p, "redoubt sim wait "+text, func(r *stored.Regions) error {
		r.World.Advance(r.World.Now().Add(d))
		now := r.World.Now().UTC()
		if o.JSON {
			return printJSON(o.Streams, map[string]any{"waited": d.String(), "now": now})
		}
		o.Streams.Printf("waited %s: it is %s in the simulated regions\n", d, now.Truncate(time.Second).Format(time.RFC3339))
		return nil
	})
}
