package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// result is how a run ended, as JSON.
type result struct {
	Run     string `json:"run"`
	Outcome string `json:"outcome"`
	// Recovered is true only when the run came to its end and was proved.
	Recovered bool   `json:"recovered"`
	Why       string `json:"why,omitempty"`
	// Took is how long the run has taken, RecoveredAfter how long until the proof
	// passed; both in seconds, of the kind that Kind says.
	Took           float64 `json:"tookSeconds"`
	RecoveredAfter float64 `json:"recoveredAfterSeconds,omitempty"`
	Kind           string  `json:"kind"`
	Gates          []state `json:"gates"`
	Steps          []state `json:"steps"`
	// Next is what to type next.
	Next string    `json:"next"`
	Code exit.Code `json:"exitCode"`
}

// codes are the exit codes of the outcomes.
var codes = map[execute.Outcome]exit.Code{
	execute.Recovered: exit.OK, execute.Unproven: exit.NotProven, execute.Refused: exit.Refused, execute.Stopped: exit.Stopped,
}

// ended tells how a run ended. The last line says whether the system is
// recovered, and what to type next.
func (o *runOptions) ended(ctx context.Context, t target.Target, run string, f execute.Finish) error {
	s, err := read(context.WithoutCancel(ctx), t, run)
	if err != nil {
		return err
	}
	r := result{
		Run: run, Outcome: string(f.Outcome), Recovered: f.Outcome == execute.Recovered && !isAbort(run), Why: f.Why,
		Took: s.took().Seconds(), Kind: t.Kind(), Gates: s.gates(), Steps: s.steps(), Next: o.next(s, f), Code: codes[f.Outcome],
	}
	if at, proved := s.proved(); proved && r.Recovered {
		r.RecoveredAfter = at.Seconds()
	}
	if o.JSON {
		if err := printJSON(o.Streams, r); err != nil {
			return err
		}
	} else {
		o.Streams.Printf("%s. Next: %s\n", sentence(s, f, t.Kind()), r.Next)
	}
	if r.Code == exit.OK {
		return nil
	}
	return exit.Told(r.Code, errors.New(r.Outcome+": "+f.Why))
}

// isAbort reports whether a run takes another back.
func isAbort(run string) bool { return strings.HasSuffix(run, abortSuffix) }

// sentence says how a run ended.
func sentence(s story, f execute.Finish, kind string) string {
	took := fmt.Sprintf("%s (%s)", span(s.took()), kind)
	done, not := "recovered", "not recovered"
	if isAbort(s.Run) {
		done, not = "taken back", "not taken back"
	}
	switch f.Outcome {
	case execute.Recovered:
		text := fmt.Sprintf("%s in %s", done, took)
		if at, proved := s.proved(); proved && at < s.took() {
			text = fmt.Sprintf("%s after %s, all done after %s", done, span(at), took)
		}
		if s.Plan.Active != "" {
			text += fmt.Sprintf(": the %s home serves %s", s.Plan.Active, s.Plan.System)
		}
		return text + s.lacks()
	case execute.Unproven:
		return fmt.Sprintf("not proven %s after %s: %s%s", done, took, s.unproven(), s.lacks())
	case execute.Refused:
		return fmt.Sprintf("%s, refused before anything was called: %s", not, f.Why)
	}
	return fmt.Sprintf("%s, stopped after %s: %s", not, took, f.Why)
}

// proved is when the step ended that proves the plan; false where none did.
func (s story) proved() (time.Duration, bool) {
	for _, step := range s.Plan.Steps {
		for _, st := range s.steps() {
			if step.Role == plan.Prove && st.ID == step.ID && st.State != string(plan.Failed) && st.ended() {
				return st.at, true
			}
		}
	}
	return 0, false
}

// failed are the steps that failed and mean this.
func (s story) failed(meaning plan.OnFailure) []state {
	var out []state
	for n, st := range s.steps() {
		if st.State == string(plan.Failed) && s.Plan.Steps[n].OnFailure == meaning {
			out = append(out, st)
		}
	}
	return out
}

// unproven says why nothing is proved.
func (s story) unproven() string {
	var parts []string
	for _, st := range s.failed(plan.Report) {
		parts = append(parts, fmt.Sprintf("step %s: %s", st.ID, st.Why))
	}
	return strings.Join(parts, "; ")
}

// lacks names what the run went on without.
func (s story) lacks() string {
	const most = 3
	var names []string
	for _, st := range s.failed(plan.Continue) {
		names = append(names, st.ID)
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > most:
		names = append(names[:most-1], fmt.Sprintf("%d more", n-most+1))
	}
	return ", without " + listed(names)
}

// next is what to type after a run.
func (o *Options) next(s story, f execute.Finish) string {
	look := "redoubt status " + s.Run + o.on()
	switch f.Outcome {
	case execute.Recovered:
		switch {
		case !isAbort(s.Run) && s.restores() != "" && o.on() == "":
			return look + "; before the next update tell the stacks what was restored: redoubt sim adopt " + s.restores()
		case !isAbort(s.Run) && s.swaps():
			return look + "; before the next update tell the stacks what was restored: docs/recovering.md"
		case isAbort(s.Run) || o.on() != "":
			return look
		case s.Plan.Lost != "":
			return "redoubt sim show; when the region is back, before anything else: redoubt plan rebuild --out rebuild.json"
		case s.Plan.Active == system.Secondary:
			return "redoubt sim show; to move back: redoubt plan failback --out failback.json"
		}
		return "redoubt sim show"
	case execute.Unproven:
		return look
	case execute.Refused:
		return o.afterRefusal(s)
	}
	again := "redoubt resume " + s.Run + o.on()
	if !isAbort(s.Run) && s.unlike() {
		again += " looks again; redoubt abort " + s.Run + o.on() + " lets its agents use the store as it was, then plan an earlier --at"
	}
	return again
}

// unlike reports whether a restored store was looked at and is not as it should be.
func (s story) unlike() bool {
	failed := s.failed(plan.Stop)
	return slices.ContainsFunc(s.Plan.Steps, func(step plan.Step) bool {
		return step.Role == plan.Verify && slices.ContainsFunc(failed, func(st state) bool { return st.ID == step.ID })
	})
}

// swaps reports whether users were led to a store that the stacks do not know.
func (s story) swaps() bool {
	return slices.ContainsFunc(s.Plan.Steps, func(st plan.Step) bool { return st.Role == plan.Swap })
}

// restores is the store that was made again by a restore, which wrote what the stacks must learn; empty where none was.
func (s story) restores() string {
	if !s.swaps() || planner.Scenario(s.Plan.Scenario) != planner.Restore {
		return ""
	}
	for _, st := range s.Plan.Steps {
		if st.Role == plan.Swap {
			return st.Subject.Store
		}
	}
	return ""
}

// afterRefusal is the command that answers the gates that refused.
func (o *Options) afterRefusal(s story) string {
	if first := rebuildFirst(s.Plan); first != "" {
		return first + o.on()
	}
	if shut := always(s.Plan); shut != "" {
		return fmt.Sprintf("no run passes gate %s; plan again with what it says", shut)
	}
	command := "redoubt run " + or(o.file, "PLAN") + o.on()
	if isAbort(s.Run) {
		command = "redoubt abort " + strings.TrimSuffix(s.Run, abortSuffix) + o.on()
	}
	return command + s.answers()
}

// answers are the flags that answer the gates which refused last.
func (s story) answers() string {
	flags, over := "", false
	for n, st := range s.gates() {
		if st.State == undecided || st.State == execute.Allowed || st.State == execute.Overridden {
			continue
		}
		switch g := s.Plan.Gates[n]; {
		case g.Approval():
			flags += " --approve " + g.ID
		case g.Overridable:
			flags, over = flags+" --override "+g.ID+"=REASON", true
		}
	}
	if over {
		flags += " --by NAME"
	}
	return flags
}
