// Package assess is the part of the command line that forecasts: from the system's file alone, before anything is deployed.
package assess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"redoubt/assess"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/recovery/drill/record"
)

// Options is what assess takes.
type Options struct {
	Streams *streams.Streams
	// Recoveries are simulated for each disruption; Seed makes them.
	Recoveries int
	Seed       uint64
	// Against is another version of the system's file to compare with, such as that of the main branch.
	Against string
	// WhatIf tries what would help; with a tenth of the recoveries.
	WhatIf bool
	JSON   bool
	// Record is the file with the lines of drills; one that is not there is an empty one.
	Record string
}

// New is the command.
func New(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "assess",
		Short: "Predict RTO, RPO and availability from system.yaml, before anything is deployed",
		Long: "Predict RTO, RPO and availability from system.yaml, before anything is deployed: both homes are brought up in this\n" +
			"process, and thousands of losses with their whole recoveries are simulated, each with durations of its own.\n" +
			"Nothing is touched, and nothing needs to be up. The same seed gives the same bytes.\n\n" +
			"The exit code is 5 when an objective is predicted to be missed in more than one of twenty recoveries.",
		Example: "  redoubt assess\n" +
			"  redoubt assess --recoveries 10000 --what-if\n" +
			"  redoubt assess --against main-system.yaml > comment.md",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.IntVar(&o.Recoveries, "recoveries", 1000, "how many recoveries to simulate for each disruption")
	f.Uint64Var(&o.Seed, "seed", 1, "the seed of all of them")
	f.StringVar(&o.Against, "against", "", "compare with another version of the system's file, as a comment for a pull request")
	f.BoolVar(&o.WhatIf, "what-if", false, "try what would help, by changing one thing at a time")
	f.StringVar(&o.Record, "record", "docs/drills.jsonl", "the lines of drills on accounts; the age of the last of each is told")
	f.BoolVar(&o.JSON, "json", false, "print the forecast as JSON")
	return cmd
}

func (o *Options) run(ctx context.Context) error {
	var errs []error
	if o.Recoveries < 20 {
		errs = append(errs, fmt.Errorf("--recoveries is %d, want at least 20: one of twenty is what is judged", o.Recoveries))
	}
	if o.Against != "" && o.WhatIf {
		errs = append(errs, errors.New("--against and --what-if are both given, want one of them"))
	}
	if err := exit.With(exit.Usage, errors.Join(errs...), "redoubt assess --help"); err != nil {
		return err
	}
	p, err := project.Open()
	if err != nil {
		return err
	}
	base, err := o.raise(ctx, p, "")
	if err != nil {
		return err
	}
	report, err := assess.Assess(ctx, base, o.options(o.Recoveries))
	if err != nil {
		return err
	}
	if report.Drilled, err = o.drilled(); err != nil {
		return err
	}
	if o.WhatIf {
		if err := o.whatIf(ctx, p, base, &report); err != nil {
			return err
		}
	}
	if o.Against != "" {
		return o.compare(ctx, p, report)
	}
	return o.tell(report)
}

func (o *Options) options(recoveries int) assess.Options {
	return assess.Options{Recoveries: recoveries, Seed: o.Seed, Workers: runtime.GOMAXPROCS(0)}
}

// raise brings both homes up in this process. File is another version of the system's file; empty takes the project's own.
func (o *Options) raise(ctx context.Context, p *project.Project, file string) (assess.Base, error) {
	o.Streams.Redraw("bringing both homes up in this process")
	if file != "" {
		if _, err := os.Stat(file); err != nil {
			return assess.Base{}, exit.With(exit.Usage, err, "--against takes a system file")
		}
	}
	return raise(ctx, p, file, nil)
}

func (o *Options) whatIf(ctx context.Context, p *project.Project, base assess.Base, report *assess.Report) error {
	o.Streams.Redraw("trying what would help")
	variants, err := base.Variants()
	if err != nil {
		return err
	}
	stronger, err := o.stronger(ctx, p)
	if err != nil {
		return err
	}
	return report.Compare(ctx, base, append(variants, stronger...), o.options(max(o.Recoveries/10, 20)))
}

// drilled are the last drills on record: of the system, and of what stands for it on an account.
func (o *Options) drilled() ([]record.Last, error) {
	all, err := record.Read(o.Record)
	if err != nil {
		return nil, exit.With(exit.Usage, err, "--record takes the lines that drills add")
	}
	return record.LastOf(all, clock.Wall{}.Now()), nil
}

// compare tells what the project's file changes against another.
func (o *Options) compare(ctx context.Context, p *project.Project, after assess.Report) error {
	base, err := o.raise(ctx, p, o.Against)
	if err != nil {
		return err
	}
	before, err := assess.Assess(ctx, base, o.options(o.Recoveries))
	if err != nil {
		return err
	}
	if o.JSON {
		return o.print(map[string]any{"before": before, "after": after})
	}
	o.Streams.Printf("%s", assess.Comment(before, after))
	return o.verdict(after)
}

func (o *Options) tell(r assess.Report) error {
	if o.JSON {
		if err := o.print(r); err != nil {
			return err
		}
		return o.verdict(r)
	}
	o.Streams.Printf("%s", r.Markdown())
	return o.verdict(r)
}

func (o *Options) print(v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	o.Streams.Printf("%s\n", raw)
	return nil
}

// verdict refuses what is predicted to miss an objective.
func (o *Options) verdict(r assess.Report) error {
	missed := r.Missed()
	var errs []error
	for _, why := range missed {
		errs = append(errs, errors.New(why))
	}
	return exit.With(exit.NotProven, errors.Join(errs...), "redoubt assess --what-if tells what would help")
}
