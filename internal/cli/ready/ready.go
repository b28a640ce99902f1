// Package ready is the part of the command line that says whether a failover would be carried through now: redoubt
// status in the terminal, and redoubt serve as a page that follows what changes.
package ready

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/readiness"
	"redoubt/system"
)

// Options is what status and serve take.
type Options struct {
	Streams *streams.Streams
	// On is the target: "sim" or "aws".
	On string
	// Active is the home that serves now; empty asks.
	Active string
	// Wait is how long to wait for another redoubt to end.
	Wait time.Duration
	JSON bool
	// Strict takes what wants looking at for not ready.
	Strict bool
}

// Flags are those that both commands take beside where to look.
func (o *Options) Flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.Active, "active", "", "the home that serves now: primary or secondary (default: where the domain leads)")
	cmd.Flags().DurationVar(&o.Wait, "wait", 15*time.Second, "how long to wait for another redoubt to end")
}

// Status looks once, prints what it sees, and ends with the code of NotProven when the homes are not ready.
func Status(ctx context.Context, o Options) error {
	r, err := o.look(ctx)
	if err != nil {
		return err
	}
	if o.JSON {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		o.Streams.Printf("%s\n", text)
	} else {
		show(o.Streams.Printf, r)
	}
	if r.Verdict == readiness.NotReady || o.Strict && r.Verdict != readiness.Ready {
		return exit.Told(exit.NotProven, errors.New(string(r.Verdict)))
	}
	return nil
}

// look opens the target and judges what it tells.
func (o Options) look(ctx context.Context) (readiness.Readiness, error) {
	if err := o.home(); err != nil {
		return readiness.Readiness{}, exit.With(exit.Usage, err, "redoubt status --help")
	}
	var r readiness.Readiness
	err := target.Look(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: "redoubt status"}, func(t target.Target) error {
		in, err := gather(ctx, t, system.Home(o.Active))
		if err == nil {
			r = judge(ctx, t, in)
		}
		return err
	})
	return r, err
}

// home says what is wrong with --active, or nothing.
func (o Options) home() error {
	if o.Active != "" && !system.Home(o.Active).Valid() {
		return fmt.Errorf("--active is %q, want primary or secondary", o.Active)
	}
	return nil
}
