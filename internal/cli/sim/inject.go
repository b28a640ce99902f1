package sim

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/sim/fault"
)

func newInject(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "inject FAULT",
		Short: "Break something in the simulated regions",
		Long: "Break something in the simulated regions, until its inverse is injected:\n\n" +
			"  region-down REGION              region-up REGION\n" +
			"  zone-down ZONE                  zone-up ZONE\n" +
			"  control-plane-down SERVICE REGION, and control-plane-up\n" +
			"  partition REGION REGION         heal REGION REGION\n" +
			"  fail call N of SERVICE.OPERATION in REGION with CODE, and stop-failing",
		Example: "  redoubt sim inject region-down eu-west-1\n" +
			"  redoubt sim inject region-up eu-west-1",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return Inject(cmd.Context(), o, strings.Join(args, " "))
		},
	}
	return cmd
}

// Inject puts one fault, in the fault language, into the stored regions.
func Inject(ctx context.Context, o *Options, line string) (err error) {
	f, err := fault.Parse(line)
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt sim inject --help")
	}
	w, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.world.Inject(f); err != nil {
		return exit.With(exit.Usage, err, "redoubt sim inject --help")
	}
	o.Streams.Printf("injected: %s\n", f)
	return nil
}
