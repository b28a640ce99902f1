package recovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// abortSuffix ends the name of the run that takes another back.
const abortSuffix = "-abort"

// free is a name for a new run that no run has.
func free(ctx context.Context, t target.Target, p plan.Plan) string {
	base := or(p.Scenario, "plan") + "-" + t.Clock().Now().UTC().Format("20060102t150405z")
	run := base
	for n := 2; ; n++ {
		if _, err := t.Plan(ctx, run); err != nil {
			return run
		}
		run = fmt.Sprintf("%s-%d", base, n)
	}
}

// pick is the run that is meant: the one that is named, or the last.
func pick(ctx context.Context, runs target.Runs, args []string) (string, error) {
	if len(args) > 0 && args[0] != lastRun {
		if strings.ContainsAny(args[0], `/\ `) || strings.HasPrefix(args[0], ".") {
			return "", exit.Errorf(exit.Usage, "redoubt status last", "%q is no name of a run", args[0])
		}
		return args[0], nil
	}
	last, err := runs.Last(ctx)
	if err == nil && last == "" {
		err = exit.Errorf(exit.Usage, "redoubt plan SCENARIO --out FILE, then redoubt run FILE", "nothing was run yet")
	}
	return last, err
}

// story is what the journal of a run tells.
type story struct {
	Run     string
	Plan    plan.Plan
	Records []journal.Record
}

func read(ctx context.Context, runs target.Runs, run string) (story, error) {
	p, err := runs.Plan(ctx, run)
	if err != nil {
		return story{}, err
	}
	records, err := runs.Records(ctx, run)
	return story{run, p, records}, err
}

// began is when the run began; false when it has not.
func (s story) began() (time.Time, bool) {
	if len(s.Records) == 0 {
		return time.Time{}, false
	}
	return s.Records[0].At, true
}

// last is the time of the last record.
func (s story) last() time.Time {
	if len(s.Records) == 0 {
		return time.Time{}
	}
	return s.Records[len(s.Records)-1].At
}

// took is how long the run has taken so far.
func (s story) took() time.Duration {
	at, begun := s.began()
	if !begun {
		return 0
	}
	return s.last().Sub(at)
}

// outcome is how the run ended; false when its last record is not an end: it is
// under way, or was killed.
func (s story) outcome() (execute.Finish, bool) {
	if len(s.Records) == 0 {
		return execute.Finish{}, false
	}
	r := s.Records[len(s.Records)-1]
	if r.Kind != journal.Finished && r.Kind != journal.Paused {
		return execute.Finish{}, false
	}
	return execute.Finish{Outcome: execute.Outcome(r.Result), Why: r.Why}, true
}

// state is where a step stands, in words of end states.
type state struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// State is waiting, looking, under way, or how the step ended.
	State string `json:"state"`
	// At is when it came there, in seconds since the run began.
	At       float64 `json:"atSeconds,omitempty"`
	Attempts int     `json:"attempts,omitempty"`
	By       string  `json:"by,omitempty"`
	Why      string  `json:"why,omitempty"`
	at       time.Duration
	called   bool
}

// The states of what has not ended.
const (
	waits    = "waiting"
	looked   = "looked at"
	underWay = "under way"
	// undecided is a gate's.
	undecided = "not decided"
)

// ended reports whether the state is an end.
func (s state) ended() bool {
	return s.State != waits && s.State != looked && s.State != underWay && s.State != undecided
}

// steps tells where each step stands, in the order of the plan.
func (s story) steps() []state {
	out := make([]state, len(s.Plan.Steps))
	for n, step := range s.Plan.Steps {
		out[n] = state{ID: step.ID, Title: step.Title, State: waits}
	}
	s.follow(out, map[journal.Kind]string{journal.Began: looked, journal.Intended: underWay})
	return out
}

// gates tells what became of each gate.
func (s story) gates() []state {
	out := make([]state, len(s.Plan.Gates))
	for n, g := range s.Plan.Gates {
		out[n] = state{ID: g.ID, Title: g.Title, State: undecided}
	}
	s.follow(out, nil)
	return out
}

// follow lets the records move the states.
func (s story) follow(all []state, words map[journal.Kind]string) {
	start, _ := s.began()
	for _, r := range s.Records {
		n := slices.IndexFunc(all, func(st state) bool { return st.ID == r.Step })
		if n < 0 {
			continue
		}
		st := &all[n]
		switch word := words[r.Kind]; {
		case r.Kind == journal.Ended || r.Kind == journal.Decided:
			st.State, st.Why, st.By = r.Result, r.Why, r.By
		case word != "":
			st.State, st.Why = word, ""
		case r.Kind == journal.Returned && execute.Class(r.Result) != execute.OK:
			st.Why = r.Result + ": " + r.Why
		}
		if r.Kind == journal.Intended {
			st.Attempts, st.called = r.Attempt, true
		}
		st.at = r.At.Sub(start)
		st.At = st.at.Seconds()
	}
}
