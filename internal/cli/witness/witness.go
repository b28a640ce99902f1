// Package witness is the part of the command line that asks the witness which stands in a home what was lost.
package witness

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/system"
	"redoubt/witness/program"
)

// Options is what witness takes.
type Options struct {
	Streams *streams.Streams
	// Since is how far back is asked.
	Since time.Duration
	// Home is whose witness is asked, and where the stores are read; empty is the one that serves.
	Home string
	On   string
	JSON bool
}

// New is the command.
func New(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Ask the witness that stands in a home what was lost, and for how long nothing was accepted",
		Long: "Ask the witness that stands in a home (redoubt:witness) what was lost, and for how long nothing was accepted: its log is\n" +
			"read out of the home's control bucket, the marks out of the home's stores, and both are compared as in every drill. What cannot\n" +
			"be read is unknown, and the exit code is 5 then. Databases and caches are reached from within the homes alone: there, ask in the\n" +
			"witness's own pod: kubectl -n SYSTEM exec deploy/redoubt-witness -- /command judge -since TIME",
		Example: "  redoubt witness --on aws\n" +
			"  redoubt witness --on aws --home secondary --since 6h --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.DurationVar(&o.Since, "since", time.Hour, "how far back is asked")
	f.StringVar(&o.Home, "home", "", "whose witness is asked: primary or secondary (default: the home that serves)")
	f.StringVar(&o.On, "on", target.AWS, "where the homes are; a witness stands on aws alone")
	f.BoolVar(&o.JSON, "json", false, "print what it says as JSON")
	return cmd
}

func (o *Options) run(ctx context.Context) error {
	switch {
	case o.On != target.AWS:
		return exit.Errorf(exit.Refused, "redoubt drill region-loss",
			"--on is %q, and a witness stands in homes on aws alone: on the simulated regions each drill has its own", o.On)
	case o.Since <= 0:
		return exit.Errorf(exit.Usage, "redoubt witness --on aws --since 1h", "--since is %s, want more than nothing", o.Since)
	case o.Home != "" && !system.Home(o.Home).Valid():
		return exit.Errorf(exit.Usage, "redoubt witness --on aws --home secondary", "--home is %q, want primary or secondary", o.Home)
	}
	return target.Use(ctx, target.Options{On: o.On, Streams: o.Streams, Who: "redoubt witness"}, func(t target.Target) error {
		return o.ask(ctx, t)
	})
}

func (o *Options) ask(ctx context.Context, t target.Target) error {
	known, err := target.Know(ctx, t)
	if err != nil {
		return err
	}
	home := system.Home(o.Home)
	if home == "" {
		if home, err = target.Serving(ctx, t, known); err != nil {
			return err
		}
	}
	cfg, err := awsport.Load(ctx)
	if err != nil {
		return err
	}
	known.Inventory.Home = home
	now := t.Clock().Now()
	told, err := program.AskStanding(ctx, cfg, t.Project().System, known.Inventory, home, now.Add(-o.Since), now)
	if err != nil {
		return exit.With(exit.Unexpected, err, "redoubt status --on aws")
	}
	return o.tell(told)
}

// tell shows what the witness says. What is unknown is no success.
func (o *Options) tell(told program.Told) error {
	unknown := told.Unknown != "" || len(told.Gaps) > 0
	for _, s := range told.Stores {
		unknown = unknown || !s.Loss.RPO.Known
	}
	if o.JSON {
		text, err := json.MarshalIndent(told, "", "  ")
		if err != nil {
			return err
		}
		o.Streams.Printf("%s\n", text)
	} else {
		o.show(told)
	}
	if unknown {
		return exit.Errorf(exit.NotProven, "kubectl exec deploy/redoubt-witness -- /command judge -since TIME, in the cluster of the "+
			string(told.Home)+" home", "what was lost is not all known")
	}
	return nil
}

func (o *Options) show(told program.Told) {
	p := o.Streams.Printf
	p("the witness of the %s home, since %s\n", told.Home, told.Since.UTC().Format(time.RFC3339))
	if told.Unknown != "" {
		p("  its log cannot be read, so every loss is unknown: %s\n", told.Unknown)
	}
	for _, g := range told.Gaps {
		p("  it noted nothing from %s to %s: what was lost of that, nobody knows\n", g.From.UTC().Format(time.RFC3339), g.To.UTC().Format(time.RFC3339))
	}
	t := tabwriter.NewWriter(o.Streams.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "  store\tacknowledged\tlost\trpo\trefused for\tnot read\t\n")
	for _, s := range told.Stores {
		lost := "unknown"
		if s.Loss.RPO.Known {
			lost = fmt.Sprint(s.Loss.Lost)
		}
		refused := s.RTO.String()
		if len(s.Outages) == 0 && s.RTO.Known {
			refused = "-"
		}
		_, _ = fmt.Fprintf(t, "  %s\t%d\t%s\t%s\t%s\t%s\n", s.Loss.Store, s.Loss.Acknowledged, lost, s.Loss.RPO, refused, s.Unread)
	}
	_ = t.Flush()
}
