package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/sim/world"
	"redoubt/system"
)

func newDown(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Switch protection off, destroy both homes, list what locks keep",
		Long: "Switch protection off in both homes, destroy the secondary and the primary, and list what is kept: keys wait out\n" +
			"their window, buckets and vaults stay while they hold objects and recovery points. What is kept so is no error.\n" +
			"Simulated time passes where AWS refuses to delete the source of a new table replica, for 24 hours.",
		Example: "  redoubt sim down\n" +
			"  redoubt sim down --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return Down(cmd.Context(), o) },
	}
	o.flags(cmd)
	return cmd
}

// Down first updates both homes with protection off, then destroys the
// secondary and the primary, and lists what locks keep. Once protection is off,
// a repeat goes on destroying.
func Down(ctx context.Context, o *Options) error {
	return useEngine(ctx, o, "redoubt sim down", func(w *workspace) error {
		if err := w.settle(ctx); err != nil {
			return err
		}
		if !w.goingDown() {
			if err := w.beginDown(ctx); err != nil {
				return err
			}
		}
		var faults []error
		for _, h := range []system.Home{system.Secondary, system.Primary} {
			w.restTables(h)
			if err := w.destroyAny(ctx, h); err != nil {
				faults = append(faults, err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return w.endDown(o, errors.Join(faults...))
	})
}

// beginDown switches protection off in both homes and makes them forget each
// other, so that the next up begins with the first update again.
func (w *workspace) beginDown(ctx context.Context) error {
	w.streams.Above("%s: protection off in both homes, then destroying the secondary and the primary\n", w.System.Name)
	for _, h := range system.Homes {
		has, err := w.deployed(h)
		if err != nil {
			return err
		}
		if !has {
			continue
		}
		if _, err := w.up(ctx, h, map[string]any{protectKey: false}); err != nil {
			return err
		}
	}
	for _, h := range system.Homes {
		if err := w.forgetPeer(ctx, h); err != nil {
			return fmt.Errorf("settle stack %s: %w", h, err)
		}
	}
	return os.WriteFile(w.Path("going-down"), []byte("protection is off in both homes\n"), 0o644)
}

// goingDown reports whether protection was switched off and no up came since.
func (w *workspace) goingDown() bool {
	_, err := os.Stat(w.Path("going-down"))
	return err == nil
}

// restTables lets the simulated time pass for which DynamoDB refuses to delete
// the home's tables that a replica was made from.
func (w *workspace) restTables(h system.Home) {
	until := w.world.Now()
	for _, t := range w.all(func(e *world.Entity) bool { return strings.HasPrefix(e.Token, stackPrefix(string(h))) }) {
		if at, err := time.Parse(time.RFC3339, textOf(t.Out, "SourceUntil")); err == nil && at.After(until) {
			until = at
		}
	}
	if !until.After(w.world.Now()) {
		return
	}
	w.streams.Above("simulated time passes until %s: AWS keeps the source of a new replica for 24 hours\n",
		until.Format(time.RFC3339))
	w.world.Advance(until)
}

func (w *workspace) destroyAny(ctx context.Context, h system.Home) error {
	has, err := w.deployed(h)
	if err != nil || !has {
		return err
	}
	_, err = w.destroy(ctx, h)
	return err
}

// endDown lists what is kept. What its own data or window keeps is no error;
// anything else that is still there is.
func (w *workspace) endDown(o *Options, fault error) error {
	kept := w.kept()
	failed := unexplained(kept) > 0 || fault != nil && !holdsData(kept)
	if o.JSON {
		if err := printJSON(o.Streams, map[string]any{"destroyed": !failed, "kept": kept}); err != nil {
			return err
		}
	}
	if failed {
		return exit.Errorf(exit.Stopped, w.afterDown(),
			"not everything is destroyed; %d things are left: %w", unexplained(kept), fault)
	}
	if !o.JSON {
		printKept(o.Streams, kept)
	}
	return errors.Join(w.unmark(), w.forget())
}

// afterDown is what to do about things that are left. What a restore left beside is in no state, so no destroy reaches it.
func (w *workspace) afterDown() string {
	for _, h := range system.Homes {
		generations, err := w.generations(h)
		if err != nil {
			continue // whoever needs them says so
		}
		for store, n := range generations {
			if n > 1 {
				return fmt.Sprintf("what the restore of %s left beside is in no state; make clean takes the simulated regions away whole", store)
			}
		}
	}
	return "mend the cause, then go on with: redoubt sim down"
}
