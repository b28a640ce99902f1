// Package sim is "redoubt sim": the whole program on the simulated pair of
// regions, driven by the real Pulumi engine, with nothing outside this machine.
package sim

import (
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/stored"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
)

// New returns the command "sim" with its subcommands.
func New(s *streams.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Deploy to a simulated pair of AWS regions on this machine",
		Long: "The simulated regions live in .redoubt/. No AWS account and no network is used.\n" +
			"What the simulator tells is simulated, never measured.",
	}
	cmd.AddCommand(newUp(s), newPreview(s), newAdopt(s), newDown(s), newShow(s), newInject(s), newWait(s))
	return cmd
}

// Options is what every subcommand takes.
type Options struct {
	Streams *streams.Streams
	// Wait is how long to wait for another redoubt to end.
	Wait time.Duration
	// Clock is the clock; nil means the machine's.
	Clock clock.Clock
	// JSON prints the result as JSON.
	JSON bool
	// Providers are attached instead of the simulated regions, as the engine
	// wants them named: "aws:PORT,kubernetes:PORT". For benchmarks' baselines.
	Providers string
	policies  Policies
}

func (o *Options) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the result as JSON; progress stays on stderr")
	cmd.Flags().DurationVar(&o.Wait, "wait", 15*time.Second, "how long to wait for another redoubt to end")
}

// patience is how the stored regions are waited for.
func (o *Options) patience() stored.Options {
	return stored.Options{Streams: o.Streams, Wait: o.Wait, Clock: o.Clock}
}

func (o *Options) clock() clock.Clock {
	if o.Clock == nil {
		return clock.Wall{}
	}
	return o.Clock
}
