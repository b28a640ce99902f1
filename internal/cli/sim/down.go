package sim

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
)

func newDown(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Switch protection off, destroy both homes, list what locks keep",
		Example: "  redoubt sim down\n" +
			"  redoubt sim down --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Down(cmd.Context(), o) },
	}
	o.flags(cmd)
	return cmd
}

// Kept is one thing that outlives a destroy, and why.
type Kept struct {
	Region string `json:"region"`
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Why    string `json:"why"`
}

// Down first updates both homes with protection off, then destroys the
// secondary and the primary, and lists what locks keep.
func Down(ctx context.Context, o *Options) (err error) {
	w, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.settle(ctx, o.Streams); err != nil {
		return err
	}
	for _, h := range system.Homes {
		if err := w.unprotect(ctx, o.Streams, h); err != nil {
			return err
		}
	}
	var faults []error
	for _, h := range []system.Home{system.Secondary, system.Primary} {
		if has, err := w.deployed(h); err != nil || !has {
			faults = append(faults, err)
			continue
		}
		if _, err := w.destroy(ctx, o.Streams, h); err != nil {
			faults = append(faults, err)
		}
	}
	return w.afterDown(o, errors.Join(faults...))
}

// unprotect updates one home with protection off, if it has anything.
func (w *workspace) unprotect(ctx context.Context, s *streams.Streams, h system.Home) error {
	if has, err := w.deployed(h); err != nil || !has {
		return err
	}
	_, err := w.up(ctx, s, h, map[string]any{protectKey: false})
	return err
}

// afterDown lists what is kept and forgets the settings of the run.
func (w *workspace) afterDown(o *Options, fault error) error {
	kept := w.kept()
	if o.JSON {
		if err := printJSON(o.Streams, map[string]any{"kept": kept, "destroyed": fault == nil}); err != nil {
			return err
		}
	} else {
		printKept(o.Streams, kept)
	}
	if fault != nil {
		return exit.Errorf(exit.Stopped, "what is listed above is kept by a lock; the rest goes with: redoubt sim down",
			"not everything is destroyed: %w", fault)
	}
	return w.forget()
}

func printKept(s *streams.Streams, kept []Kept) {
	if len(kept) == 0 {
		s.Printf("both homes are destroyed; nothing is kept\n")
		return
	}
	s.Printf("both homes are destroyed; kept:\n")
	for _, k := range kept {
		s.Printf("  %-13s %-24s %s\n", k.Region, k.Kind, fmt.Sprintf("%s (%s)", k.ID, k.Why))
	}
}
