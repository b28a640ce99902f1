package sim

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
)

func newShow(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show what stands in both homes",
		Example: "  redoubt sim show\n" +
			"  redoubt sim show --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Show(cmd.Context(), o) },
	}
	o.flags(cmd)
	return cmd
}

// Show prints both homes, from the inventories that they keep themselves.
func Show(ctx context.Context, o *Options) (err error) {
	w, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	view, err := w.look(ctx)
	if err != nil {
		return err
	}
	if len(view.Homes) == 0 {
		return exit.Errorf(exit.Usage, "redoubt sim up", "nothing is up")
	}
	if o.JSON {
		return printJSON(o.Streams, view)
	}
	view.print(o.Streams)
	return nil
}
