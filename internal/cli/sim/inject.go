package sim

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/sim/fault"
)

func newInject(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "inject FAULT...",
		Short: "Break something in the simulated regions",
		Long: "Break something in the simulated regions, until its inverse is injected. A fault is one of:\n\n  " +
			strings.Join(fault.Forms(), "\n  ") + "\n\nDURATION is such as 30m. What fades comes and goes, more and more seldom, " +
			"and is lost in the end.",
		Example: "  redoubt sim inject region-down eu-west-1\n" +
			"  redoubt sim inject region-up eu-west-1",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return Inject(cmd.Context(), o, strings.Join(args, " "))
		},
	}
	o.flags(cmd)
	return cmd
}

// Inject puts one fault, in the fault language, into the stored regions.
func Inject(ctx context.Context, o *Options, line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt sim inject --help")
	}
	return use(ctx, o, "redoubt sim inject "+f.String(), func(w *workspace) error {
		if err := w.world.Inject(f); err != nil {
			return exit.With(exit.Usage, err, "redoubt sim inject --help")
		}
		if o.JSON {
			return printJSON(o.Streams, map[string]any{"injected": f.String(), "faults": w.faults()})
		}
		o.Streams.Printf("injected: %s\n", f)
		return nil
	})
}
