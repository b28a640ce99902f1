package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/internal/real"
	"redoubt/recovery/drill/record"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/witness"
)

// measured is the record of drills on an account of AWS.
func (o *options) measured() *cobra.Command {
	return &cobra.Command{
		Use:   "measured [FILE]",
		Short: "Record the last drills on AWS, if they have held",
		Long: "Record the last drills on AWS in both homes: of each scenario that make drill-real leads, the last line of kind measured in\n" +
			"the file (default docs/drills.jsonl), which may be of a sandbox that stands for the system. All must be there and have held;\n" +
			"otherwise nothing is recorded, with exit code 5. The record is as old as the oldest of them, and has what was measured beside\n" +
			"what was predicted. The alarms measured and forecast tell of a home without a record of a quarter, and of one whose drills\n" +
			"took far longer than predicted (docs/watch.md).",
		Example: "  redoubt record measured\n" +
			"  redoubt record measured --on aws",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := "docs/drills.jsonl"
			if len(args) == 1 {
				file = args[0]
			}
			all, err := record.Read(file)
			if err != nil {
				return exit.With(exit.Usage, err, "redoubt record measured --help")
			}
			return o.use(cmd.Context(), func(t target.Target) error {
				r, err := lastMeasured(all, t.Project().System.Name)
				if err != nil {
					return err
				}
				return o.put(cmd.Context(), t, watch.MeasuredKey, r, system.Homes...)
			})
		},
	}
}

// lastMeasured makes the record of a system out of the lines of drills. All that stands against it is told at once.
func lastMeasured(all []record.Entry, name string) (watch.Record, error) {
	var r watch.Record
	var faults error
	for _, led := range real.Scenarios {
		e, err := newest(all, led.Scenario)
		if err != nil {
			faults = errors.Join(faults, err)
			continue
		}
		if r.At.IsZero() || e.At.Before(r.At) {
			r.At = e.At
		}
		r.Drills = append(r.Drills, recorded(e, name))
	}
	return r, exit.With(exit.NotProven, faults, "make drill-real, then the same command again")
}

// newest is the last drill of a scenario on AWS. An error says that there is none, or that it did not hold.
func newest(all []record.Entry, scenario string) (record.Entry, error) {
	var last record.Entry
	for _, e := range all {
		if e.Scenario == scenario && e.Kind == witness.Measured && !e.At.Before(last.At) {
			last = e
		}
	}
	switch {
	case last.Version == 0:
		return last, fmt.Errorf("%s: no drill on AWS is on record", scenario)
	case !last.Passed:
		return last, fmt.Errorf("%s: the last drill on AWS has failed: %s", scenario, strings.Join(last.Wrong, "; "))
	}
	return last, nil
}

// recorded is what the homes keep of a line.
func recorded(e record.Entry, name string) watch.RecordedDrill {
	d := watch.RecordedDrill{Scenario: e.Scenario, Kind: string(e.Kind), Seed: e.Seed, Plan: e.Plan}
	if e.System != name {
		d.System = e.System
	}
	for _, t := range e.Tiers {
		if _, ok := t.Ratio(); ok {
			d.Tiers = append(d.Tiers, watch.RecordedTier{Name: t.Name, Took: t.Took.Value.Seconds(), Predicted: t.Predicted.Value.Seconds()})
		}
	}
	return d
}
