package recovery

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/ready"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
)

// lastRun names the last run, whatever it is called.
const lastRun = "last"

func newStatus(s *streams.Streams) *cobra.Command {
	o, homes := &Options{Streams: s}, ready.Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "status [RUN | last]",
		Short: "Whether a failover would be carried through now, or where a run stands",
		Long: "Whether a failover would be carried through now, what it would lose, how long it would take, and every reason against\n" +
			"it: homes, lag against RPO, backups, gates, the last drill. Nothing is changed. The exit code is 0 when the homes are\n" +
			"ready, 5 when they are not; --strict takes what wants looking at for not ready.\n\n" +
			"With a run, where that stands, step by step, as its journal tells. Then nothing is asked, so it works beside a run\n" +
			"that is under way.",
		Example: "  redoubt status\n" +
			"  redoubt status --strict --json\n" +
			"  redoubt status last",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return o.status(cmd.Context(), args)
			}
			homes.On, homes.JSON = o.On, o.JSON
			return ready.Status(cmd.Context(), homes)
		},
	}
	o.look(cmd)
	homes.Flags(cmd)
	cmd.Flags().BoolVar(&homes.Strict, "strict", false, "take what wants looking at for not ready")
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
