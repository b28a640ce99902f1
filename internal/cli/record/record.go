// Package record is the part of the command line that leaves a record in the homes of what people do again and again:
// drills that held, and comparisons that found nothing. The prober tells their age, and the watch when it is too old.
package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/watch"
)

// options is what every command takes.
type options struct {
	streams *streams.Streams
	on      string
	wait    time.Duration
}

// New is the command that holds them.
func New(s *streams.Streams) *cobra.Command {
	o := &options{streams: s, on: target.Sim, wait: 15 * time.Second}
	cmd := &cobra.Command{
		Use:   "record [command]",
		Short: "Leave a record in the homes of drills that held, or of a comparison that found nothing",
	}
	cmd.AddCommand(o.drills(), o.measured(), o.drift())
	for _, sub := range cmd.Commands() {
		sub.Flags().StringVar(&o.on, "on", o.on, "where the homes are: sim or aws")
		sub.Flags().DurationVar(&o.wait, "wait", o.wait, "how long to wait for another redoubt to end")
	}
	return cmd
}

// drift is the record of a comparison.
func (o *options) drift() *cobra.Command {
	return &cobra.Command{
		Use:   "drift HOME",
		Short: "Record that a comparison of a home has just found nothing",
		Long: "Record that a comparison of a home with what is declared has just found nothing. It compares nothing itself:\n" +
			"make aws-drift does, and this comes after it (docs/watch.md). The alarm drift tells of a home without a record of three days.",
		Example: "  redoubt record drift primary\n" +
			"  redoubt record drift secondary --on aws",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			home := system.Home(args[0])
			if !home.Valid() {
				return exit.Errorf(exit.Usage, "redoubt record drift --help", "the home is %q, want primary or secondary", args[0])
			}
			return o.use(cmd.Context(), func(t target.Target) error {
				return o.put(cmd.Context(), t, watch.DriftKey, watch.Record{At: t.Clock().Now()}, home)
			})
		},
	}
}

func (o *options) use(ctx context.Context, act func(target.Target) error) error {
	return target.Use(ctx, target.Options{On: o.on, Streams: o.streams, Wait: o.wait, Who: "redoubt record"}, act)
}

// put writes the record into the control bucket of each of the homes. A home that does not take it stops none of the
// others; the exit code is that of a stop then, and the same command can be given again.
func (o *options) put(ctx context.Context, t target.Target, key string, r watch.Record, into ...system.Home) error {
	r.System = t.Project().System.Name
	body, err := r.Encode()
	if err != nil {
		return err
	}
	var silent error
	for _, home := range into {
		bucket := t.Project().Scope(home).Bucket("control", 1)
		_, err := t.Steady().Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "s3", Operation: "PutObject",
			Input: plan.Document{"Bucket": bucket, "Key": key, "Body": string(body)}})
		if err != nil {
			silent = errors.Join(silent, fmt.Errorf("the %s home: %s in %s: %w", home, key, bucket, err))
			continue
		}
		o.streams.Printf("%s home: %s says %s\n", home, key, r.At.UTC().Format(time.RFC3339))
	}
	return exit.With(exit.Stopped, silent, "the same command again when the home answers")
}
