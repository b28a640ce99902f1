package record

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/drill/report"
	"redoubt/system"
	"redoubt/watch"
)

// fresh is how old a report may be that is recorded: the record is to tell of now, not of what somebody once kept.
const fresh = 24 * time.Hour

// drills is the record of drills.
func (o *options) drills() *cobra.Command {
	return &cobra.Command{
		Use:   "drills [FOLDER]",
		Short: "Record the drills whose reports are in a folder, if all have held",
		Long: "Record the drills whose reports are in a folder (default .redoubt/drills), in both homes. All must have held, be of this\n" +
			"system, and be of the last 24 hours; otherwise nothing is recorded, with exit code 5. The record says of which kind each is.\n" +
			"The alarm drill tells of a home without a record of five weeks (docs/watch.md).",
		Example: "  redoubt record drills\n" +
			"  redoubt record drills bin/gate/drills --on aws",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.use(cmd.Context(), func(t target.Target) error {
				folder := t.Project().Path("drills")
				if len(args) == 1 {
					folder = args[0]
				}
				r, err := gather(folder, t.Project().System.Name, time.Now())
				if err != nil {
					return err
				}
				if o.on == target.Sim {
					r.At = t.Clock().Now() // the simulated homes have a time of their own
				}
				return o.put(cmd.Context(), t, watch.DrillKey, r, system.Homes...)
			})
		},
	}
}

// gather makes the record of a folder. Its time is that of the oldest report. All that stands against it is told at once.
func gather(folder, name string, now time.Time) (watch.Record, error) {
	all, unread, err := report.Folder(folder)
	if err != nil {
		return watch.Record{}, exit.With(exit.Usage, err, "redoubt record drills --help")
	}
	if len(all)+len(unread) == 0 {
		return watch.Record{}, exit.Errorf(exit.Usage, "redoubt drill --all", "%s has no report of a drill", folder)
	}
	r, faults := watch.Record{At: now}, errors.Join(unread...)
	for _, k := range all {
		faults = errors.Join(faults, fault(k, name, now))
		if k.Written.Before(r.At) {
			r.At = k.Written
		}
		r.Drills = append(r.Drills, watch.RecordedDrill{Scenario: k.Scenario, Kind: string(k.Kind), Seed: k.Seed, Plan: k.Plan.Hash})
	}
	return r, exit.With(exit.NotProven, faults, "redoubt drill --all, then the same command again")
}

// fault is what stands against recording a report.
func fault(k report.Kept, name string, now time.Time) error {
	switch {
	case k.System != name:
		return fmt.Errorf("%s: it is of the system %q, want %q", k.Scenario, k.System, name)
	case !k.Passed():
		return fmt.Errorf("%s: it has failed", k.Scenario)
	case now.Sub(k.Written) > fresh:
		return fmt.Errorf("%s: it was written %s ago, want at most %s", k.Scenario, now.Sub(k.Written).Round(time.Hour), fresh)
	}
	return nil
}
