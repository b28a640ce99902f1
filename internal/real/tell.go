package real

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"redoubt/timings"
)

// Tell says what a run on AWS would do, what it is expected to cost and how long it is expected to take.
func Tell(w io.Writer, e Expected, p Prices) (Estimate, error) {
	cost, err := e.Estimate(p)
	if err != nil {
		return cost, err
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	say("drills on a real account, in stages; SKIP_<stage>=true leaves one out\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "  stage\texpected\t\tdoes\n")
	for _, s := range e.Stages() {
		_, _ = fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", s.Name, timings.Short(s.Takes.Round(time.Minute)), s.Kind, s.Does)
	}
	_ = t.Flush()
	say("\nexpected to take %s and to cost %.2f USD (assumed: list prices written down on %s, %+.0f %% for the regions)\n\n",
		timings.Short(cost.Takes.Round(time.Minute)), cost.USD, p.Written, 100*(p.Uplift-1))
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, l := range cost.Lines {
		_, _ = fmt.Fprintf(t, "  %.2f USD\t  %d\t  %s\n", l.USD, l.Count, l.Item)
	}
	return cost, t.Flush()
}

// TellGuards says what opens a run on AWS.
func TellGuards(w io.Writer) {
	_, _ = fmt.Fprintf(w, "\nit runs only with credentials, the build tag \"real\", and all of these in the environment:\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range Envs {
		_, _ = fmt.Fprintf(t, "  %s\t%s\n", e[0], e[1])
	}
	_ = t.Flush()
}
