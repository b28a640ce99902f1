package sim

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

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
}

func newUp(s *streams.Streams) *cobra.Command {
	o := &UpOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Bring both homes up, or up to date",
		Example: "  redoubt sim up\n" +
			"  redoubt sim up --stack secondary --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Up(cmd.Context(), o) },
	}
	o.flags(cmd)
	stackFlag(cmd, &o.Home)
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
func Up(ctx context.Context, o *UpOptions) (err error) {
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
	if err := w.settle(ctx, o.Streams); err != nil {
		return err
	}
	var rounds []outcome
	if len(homes) == 1 {
		rounds, err = w.bringUpOne(ctx, o.Streams, homes[0])
	} else {
		rounds, err = w.bringUp(ctx, o.Streams)
	}
	if err != nil {
		return err
	}
	return w.report(ctx, &o.Options, rounds)
}

// bringUp runs the updates in their order and returns what each did.
func (w *workspace) bringUp(ctx context.Context, s *streams.Streams) ([]outcome, error) {
	var rounds []outcome
	step := func(h system.Home, ready bool) (int, error) {
		done, err := w.up(ctx, s, h, map[string]any{peerReadyKey: ready})
		if err != nil {
			return 0, err
		}
		rounds = append(rounds, done)
		return done.changed(), nil
	}
	if !w.peerReady(system.Primary) {
		if _, err := step(system.Primary, false); err != nil {
			return rounds, err
		}
		if _, err := step(system.Secondary, true); err != nil {
			return rounds, err
		}
		_, err := step(system.Primary, true)
		return rounds, err
	}
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
func (w *workspace) bringUpOne(ctx context.Context, s *streams.Streams, h system.Home) ([]outcome, error) {
	if h == system.Secondary && !w.peerReady(h) {
		return nil, errSecondaryFirst
	}
	done, err := w.up(ctx, s, h, nil)
	return []outcome{done}, err
}

var errSecondaryFirst = exit.Errorf(exit.Usage, "redoubt sim up", "the secondary home has never been up; its keys are "+
	"replicas of the primary's, so it cannot come before")

// checkSystem refuses a broken system file before anything is touched.
func checkSystem(dir string) error {
	file := "system.yaml"
	for _, h := range system.Homes {
		doc, err := readSettings(filepath.Join(dir, "Pulumi."+string(h)+".yaml"))
		if err != nil {
			return exit.With(exit.Usage, err, "run it in the project's folder")
		}
		if name, ok := doc.Config["redoubt:system"].(string); ok {
			file = name
		}
	}
	var faults *system.Faults
	_, err := system.Load(file)
	if errors.As(err, &faults) {
		return exit.Faults(err)
	}
	return exit.With(exit.Usage, err, "redoubt:system in the stack files names the system file")
}

// report prints the table of what stands.
func (w *workspace) report(ctx context.Context, o *Options, rounds []outcome) error {
	view, err := w.look(ctx)
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
