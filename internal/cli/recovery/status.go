package recovery

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
)

func newStatus(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "status [RUN]",
		Short: "Where a run stands, step by step",
		Long: "Where a run stands, by default the last one, as its journal tells. Nothing is asked and nothing is changed, so\n" +
			"it works beside a run that is under way.",
		Example: "  redoubt status\n" +
			"  redoubt status region-loss-20260101t000200z --json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.status(cmd.Context(), args) },
	}
	o.look(cmd)
	return cmd
}

// standing is where a run stands, as JSON.
type standing struct {
	Run   string `json:"run"`
	Title string `json:"title"`
	// Outcome is empty while the run is under way, or when it was killed.
	Outcome string     `json:"outcome,omitempty"`
	Why     string     `json:"why,omitempty"`
	Began   *time.Time `json:"began,omitempty"`
	// Took is in seconds until the last record.
	Took       float64 `json:"tookSeconds"`
	Generation int     `json:"generation"`
	Gates      []state `json:"gates"`
	Steps      []state `json:"steps"`
	Next       string  `json:"next"`
}

func (o *Options) status(ctx context.Context, args []string) error {
	runs, _, err := target.RunsOf(ctx, target.Options{On: o.On, Streams: o.Streams})
	if err != nil {
		return err
	}
	run, err := pick(ctx, runs, args)
	if err != nil {
		return err
	}
	s, err := read(ctx, runs, run)
	if err != nil {
		return err
	}
	st := standing{Run: run, Title: s.Plan.Title, Took: s.took().Seconds(), Gates: s.gates(), Steps: s.steps()}
	if at, begun := s.began(); begun {
		st.Began, st.Generation = &at, s.Records[len(s.Records)-1].Generation
	}
	f, ended := s.outcome()
	st.Outcome, st.Why, st.Next = string(f.Outcome), f.Why, o.next(s, f)
	if o.JSON {
		return printJSON(o.Streams, st)
	}
	o.showStatus(s, f, ended)
	return nil
}

func (o *Options) showStatus(s story, f execute.Finish, ended bool) {
	o.Streams.Printf("run %s: %s\n", s.Run, s.Plan.Title)
	for _, group := range []struct {
		name   string
		states []state
	}{{"gates", s.gates()}, {"steps", s.steps()}} {
		if len(group.states) == 0 {
			continue
		}
		o.Streams.Printf("\n%s\n", group.name)
		t := tableTo(o.Streams.Printf)
		for _, st := range group.states {
			t.row("  "+st.ID, st.since(), st.State, or(st.Why, st.Title))
		}
		t.end()
	}
	o.Streams.Printf("\n%s\n", o.summary(s, f, ended))
}

// since is when the state was come to.
func (s state) since() string {
	if s.State == waits || s.State == undecided {
		return ""
	}
	return clockwise(s.at)
}

// summary is the last line.
func (o *Options) summary(s story, f execute.Finish, ended bool) string {
	switch {
	case len(s.Records) == 0:
		return "not begun. Next: redoubt resume " + s.Run + o.on()
	case !ended:
		return "not at its end: under way since " + s.Records[0].At.Format(time.DateTime) +
			", or killed. Next, if nobody runs it: redoubt resume " + s.Run + o.on()
	}
	return sentence(s, f, o.kind()) + ". Next: " + o.next(s, f)
}

// kind is the kind of the figures that a target's runs give.
func (o *Options) kind() string {
	if o.On == target.AWS {
		return "measured"
	}
	return "simulated"
}
