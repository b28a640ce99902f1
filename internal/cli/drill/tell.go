package drill

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"text/tabwriter"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/recovery/plan"
	"redoubt/timings"
	"redoubt/witness"
)

// tell writes the reports and shows what they say.
func (o *Options) tell(all []drill.Report, unfit []string) error {
	if err := o.write(all); err != nil {
		return err
	}
	failed := 0
	for _, r := range all {
		if !r.Passed() {
			failed++
		}
	}
	if err := o.show(all, unfit); err != nil {
		return err
	}
	if failed > 0 {
		return exit.Errorf(exit.NotProven, "look at "+filepath.Join(o.Out, "index.html"), "%d of %d drills failed", failed, len(all))
	}
	return nil
}

// write keeps the reports and what the drills ran.
func (o *Options) write(all []drill.Report) error {
	err := report.Keep(o.Out, all, o.runs)
	if no := (*fs.PathError)(nil); errors.As(err, &no) {
		return exit.With(exit.Usage, err, "--out takes a folder that can be made and written")
	}
	return err
}

func (o *Options) show(all []drill.Report, unfit []string) error {
	if o.JSON {
		raw, err := report.JSONOfAll(all)
		o.Streams.Printf("%s\n", raw)
		return err
	}
	for _, r := range all {
		o.one(r)
		if r.Failback != nil {
			o.one(*r.Failback)
		}
	}
	for _, why := range unfit {
		o.Streams.Printf("left out: %s\n", why)
	}
	o.Streams.Printf("reports: %s\n", filepath.Join(o.Out, "index.html"))
	return nil
}

// one shows what one drill found.
func (o *Options) one(r drill.Report) {
	p := o.Streams.Printf
	p("%s: %s (%s", r.Scenario, r.Title, r.Kind)
	if r.Seed != 0 {
		p(", seed %d", r.Seed)
	}
	p(")\n  found: %s\n", r.Found)
	if r.Plan.Title != "" {
		p("  plan: %s: %s\n", r.Plan.Title, r.Plan.Outcome)
	}
	t := tabwriter.NewWriter(o.Streams.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "  tier\trecovered after\tobjective\tlost\tobjective\t\n")
	for _, one := range r.Tiers {
		verdict := "met"
		if len(one.Missed) > 0 {
			verdict = "MISSED"
		}
		_, _ = fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", one.Name, figure(one.Took), short(one.RTO), figure(one.Lost),
			short(one.RPO), verdict)
	}
	_ = t.Flush()
	if r.Plan.Title != "" {
		p("  not in these figures: the decision of a person, half of them within %s, 19 of 20 within %s (%s)\n",
			short(r.Decision.P50), short(r.Decision.P95), r.Decision.Source)
	}
	for _, why := range r.Wrong {
		p("  wrong: %s\n", why)
	}
	for _, what := range r.Unseen {
		p("  not judged: %s\n", what)
	}
	switch {
	case r.Met():
		p("  passed\n\n")
	case r.Held():
		p("  passed, because it is known that: %s\n\n", r.Accepted)
	default:
		p("  FAILED\n\n")
	}
}

func figure(f witness.Figure) string {
	if !f.Known {
		return "unknown"
	}
	if f.Kind == witness.MeasuredLocally { // a promotion takes tenths of a second there
		return f.Value.Round(time.Millisecond).String()
	}
	return short(plan.Duration(f.Value))
}

func short(d plan.Duration) string { return timings.Short(time.Duration(d).Round(time.Second)) }
