package sim

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
)

// UpOptions is what up takes.
type UpOptions struct {
	Options
	// Home limits the update to one home; empty means both.
	Home string
	// Refresh first reads back what exists.
	Refresh bool
}

func newUp(s *streams.Streams) *cobra.Command {
	o := &UpOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Bring both homes up, or up to date",
		Example: "  redoubt sim up\n" +
			"  redoubt sim up --stack secondary --json\n" +
			"  redoubt sim up --policy-pack policies",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Up(cmd.Context(), o) },
	}
	o.flags(cmd)
	o.policies.flags(cmd)
	stackFlag(cmd, &o.Home)
	cmd.Flags().BoolVar(&o.Refresh, "refresh", false, "first read back what exists")
	return cmd
}

func stackFlag(cmd *cobra.Command, home *string) {
	cmd.Flags().StringVar(home, "stack", "", "one home: primary or secondary (default both)")
}

// homesOf are the homes that a --stack flag names.
func homesOf(flag string) ([]system.Home, error) {
	switch h := system.Home(flag); {
	case flag == "":
		return system.Homes, nil
	case h.Valid():
		return []system.Home{h}, nil
	}
	return nil, exit.Errorf(exit.Usage, "use --stack primary", "--stack is %q, want primary or secondary", flag)
}

// Up brings both homes up: primary, secondary, primary the first time, and
// as many rounds as the homes' news of each other need after that.
func Up(ctx context.Context, o *UpOptions) error {
	homes, err := homesOf(o.Home)
	if err != nil {
		return err
	}
	return useEngine(ctx, &o.Options, "redoubt sim up"+stackText(o.Home), func(w *workspace) error {
		if err := w.settle(ctx); err != nil {
			return err
		}
		if err := w.waiting(); err != nil {
			return err
		}
		if err := w.stay(); err != nil {
			return err
		}
		w.refresh = o.Refresh
		bring := w.bringUp
		if len(homes) == 1 {
			bring = func(ctx context.Context) ([]outcome, error) { return w.bringUpOne(ctx, homes[0]) }
		}
		rounds, err := bring(ctx)
		if err != nil {
			return err
		}
		return w.report(&o.Options, rounds)
	})
}

// stackText is the flag --stack as it was given.
func stackText(home string) string {
	if home == "" {
		return ""
	}
	return " --stack " + home
}

// stay ends a down that kept something or did not end.
func (w *workspace) stay() error {
	if err := os.Remove(w.Path("going-down")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// bringUp runs the updates in their order and returns what each did.
func (w *workspace) bringUp(ctx context.Context) ([]outcome, error) {
	var rounds []outcome
	step := func(h system.Home, ready bool) (int, error) {
		done, err := w.up(ctx, h, map[string]any{peerReadyKey: ready})
		if err != nil {
			return 0, err
		}
		rounds = append(rounds, done)
		return done.changed(), nil
	}
	if !w.peerReady(system.Primary) {
		w.streams.Above("%s: the first time, in three updates: the primary, the secondary, "+
			"and the primary again with what it learns of the secondary\n", w.System.Name)
		if _, err := step(system.Primary, false); err != nil {
			return rounds, err
		}
		if _, err := step(system.Secondary, true); err != nil {
			return rounds, err
		}
		_, err := step(system.Primary, true)
		return rounds, err
	}
	w.streams.Above("%s: updating the primary, then the secondary; the primary again if the secondary changes\n", w.System.Name)
	if _, err := step(system.Primary, true); err != nil {
		return rounds, err
	}
	changed, err := step(system.Secondary, true)
	if err == nil && changed > 0 {
		_, err = step(system.Primary, true)
	}
	return rounds, err
}

// bringUpOne updates one home and leaves its peerReady as it is.
func (w *workspace) bringUpOne(ctx context.Context, h system.Home) ([]outcome, error) {
	if h == system.Secondary && !w.peerReady(h) {
		return nil, errSecondaryFirst
	}
	w.streams.Above("%s: updating the %s\n", w.System.Name, h)
	done, err := w.up(ctx, h, nil)
	return []outcome{done}, err
}

var errSecondaryFirst = exit.Errorf(exit.Usage, "redoubt sim up", "the secondary home has never been up; its keys are "+
	"replicas of the primary's, so it cannot come before")

// report prints the table of what stands.
func (w *workspace) report(o *Options, rounds []outcome) error {
	view, err := w.look()
	if err != nil {
		return err
	}
	changed := 0
	for _, r := range rounds {
		changed += r.changed()
	}
	view.Changed = &changed
	if o.JSON {
		return printJSON(o.Streams, view)
	}
	view.print(o.Streams)
	if changed == 0 {
		o.Streams.Printf("\nno change\n")
	} else {
		o.Streams.Printf("\n%d changes in %d updates\n", changed, len(rounds))
	}
	return nil
}

func printJSON(s *streams.Streams, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	s.Printf("%s\n", text)
	return nil
}
