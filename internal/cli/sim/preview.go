package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
)

// PreviewOptions is what preview takes.
type PreviewOptions struct {
	Options
	// Home limits the preview to one home; empty means both.
	Home            string
	Refresh         bool
	ExpectNoChanges bool
}

func newPreview(s *streams.Streams) *cobra.Command {
	o := &PreviewOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Show what an update would change",
		Example: "  redoubt sim preview\n" +
			"  redoubt sim preview --stack secondary --refresh --expect-no-changes",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Preview(cmd.Context(), o) },
	}
	o.flags(cmd)
	stackFlag(cmd, &o.Home)
	cmd.Flags().BoolVar(&o.Refresh, "refresh", false, "first read back what exists")
	cmd.Flags().BoolVar(&o.ExpectNoChanges, "expect-no-changes", false, "fail with code 3 when anything would change")
	return cmd
}

// Preview shows what an update of each home would change.
func Preview(ctx context.Context, o *PreviewOptions) (err error) {
	homes, err := homesOf(o.Home)
	if err != nil {
		return err
	}
	if err := checkSystem(o.Dir); err != nil {
		return err
	}
	w, err := open(ctx, &o.Options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if w.cutShort() {
		return exit.Errorf(exit.Stopped, "redoubt sim up", "the last update did not end; let it finish first")
	}
	return o.previewHomes(ctx, w, homes)
}

func (o *PreviewOptions) previewHomes(ctx context.Context, w *workspace, homes []system.Home) error {
	results, changed := []outcome{}, 0
	for _, h := range homes {
		if h == system.Secondary && !w.peerReady(h) {
			return errSecondaryFirst
		}
		done, err := w.preview(ctx, o.Streams, h, o.Refresh)
		if err != nil {
			return err
		}
		results = append(results, done)
		changed += done.changed()
	}
	if o.JSON {
		if err := printJSON(o.Streams, map[string]any{"homes": results, "changed": changed}); err != nil {
			return err
		}
	} else {
		for _, r := range results {
			o.Streams.Printf("%-9s  %s\n", r.Home, r.summary())
		}
	}
	if o.ExpectNoChanges && changed > 0 {
		return exit.Errorf(exit.Refused, "look at the changes above", "%d changes, and none were expected", changed)
	}
	return nil
}

// summary is the outcome as words, such as "2 to update, 229 unchanged".
func (o outcome) summary() string {
	words := map[string]string{"same": "unchanged", "read": "read", "create": "to create", "update": "to update",
		"delete": "to delete", "replace": "to replace"}
	var parts []string
	for op, n := range o.Changes {
		if n > 0 && op != "read" {
			parts = append(parts, fmt.Sprintf("%d %s", n, or(words[op], op)))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
