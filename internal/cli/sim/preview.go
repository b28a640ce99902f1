package sim

import (
	"context"
	"fmt"
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
			"  redoubt sim preview --stack secondary --refresh --expect-no-changes\n" +
			"  redoubt sim preview --policy-pack policies --policy-pack-config policies.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Preview(cmd.Context(), o) },
	}
	o.flags(cmd)
	o.policies.flags(cmd)
	stackFlag(cmd, &o.Home)
	cmd.Flags().BoolVar(&o.Refresh, "refresh", false, "first read back what exists")
	cmd.Flags().BoolVar(&o.ExpectNoChanges, "expect-no-changes", false, "fail with code 3 when anything would change")
	return cmd
}

// Preview shows what an update of each home would change.
func Preview(ctx context.Context, o *PreviewOptions) error {
	homes, err := homesOf(o.Home)
	if err != nil {
		return err
	}
	return useEngine(ctx, &o.Options, "redoubt sim preview"+stackText(o.Home), func(w *workspace) error {
		if w.cutShort() || w.goingDown() {
			return exit.Errorf(exit.Stopped, "redoubt sim up", "the last update or destroy did not end; let it finish first")
		}
		return o.previewHomes(ctx, w, homes)
	})
}

func (o *PreviewOptions) previewHomes(ctx context.Context, w *workspace, homes []system.Home) error {
	results, changed := []outcome{}, 0
	later := false
	for _, h := range homes {
		if later = h == system.Secondary && !w.peerReady(h); later {
			if len(homes) == 1 {
				return errSecondaryFirst
			}
			break
		}
		done, err := w.preview(ctx, h, o.Refresh)
		if err != nil {
			return err
		}
		results = append(results, done)
		changed += done.changed()
	}
	if err := o.print(results, changed, later); err != nil {
		return err
	}
	if o.ExpectNoChanges && (changed > 0 || later) {
		return exit.Errorf(exit.Refused, "look at the changes above; redoubt sim up makes them",
			"%d changes, and none were expected", changed)
	}
	return nil
}

// print shows what would change. Later is true when the secondary cannot be
// previewed before the primary is up.
func (o *PreviewOptions) print(results []outcome, changed int, later bool) error {
	if o.JSON {
		return printJSON(o.Streams, map[string]any{"homes": results, "changed": changed, "secondaryComesLater": later})
	}
	for _, r := range results {
		o.Streams.Printf("%-9s  %s\n", r.Home, r.summary(planned))
		for _, s := range r.Steps {
			o.Streams.Printf("  %s\n", s)
		}
	}
	if later {
		o.Streams.Printf("%-9s  comes up after the primary; what it needs is not known before\n", system.Secondary)
	}
	return nil
}

// String is the step on one line.
func (s Step) String() string {
	text := fmt.Sprintf("%-12s %s %s", s.Op, s.Type, s.Name)
	if len(s.Properties) > 0 && s.Op != "create" && s.Op != "delete" {
		text += " [" + strings.Join(s.Properties, ", ") + "]"
	}
	return text
}
