package sim

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/project"
	"redoubt/internal/cli/stored"
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
func Show(ctx context.Context, o *Options) error {
	if _, err := os.Stat(filepath.Join(Folder, "world")); errors.Is(err, os.ErrNotExist) {
		if _, err := project.Open(); err != nil {
			return err
		}
		return stored.ErrNothingUp
	}
	return use(ctx, o, "redoubt sim show", func(w *workspace) error {
		view, err := w.look()
		if err != nil {
			return err
		}
		if len(view.Homes) == 0 {
			return stored.ErrNothingUp
		}
		if o.JSON {
			return printJSON(o.Streams, view)
		}
		view.print(o.Streams)
		return nil
	})
}
