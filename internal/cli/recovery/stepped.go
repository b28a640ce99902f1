package recovery

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/target"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/render"
)

// openNeed is what a step needs and is not done, with the command that does it.
type openNeed struct {
	Step    string `json:"step"`
	Why     string `json:"why"`
	Command string `json:"command"`
}

// stepResult is how a step ended that was asked for, as JSON.
type stepResult struct {
	Step string `json:"step"`
	// Run is kept from the first call, or the first step that acts and failed, on; empty when there is none.
	Run string `json:"run,omitempty"`
	// Outcome is already done, performed, failed, refused or stopped.
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
	// Calls counts the calls that this command made.
	Calls int        `json:"calls"`
	Needs []openNeed `json:"openNeeds,omitempty"`
	Gates []state    `json:"gates"`
	Took  float64    `json:"tookSeconds"`
	Kind  string     `json:"kind"`
	// Recovered is true when this was the last step of the plan, and the run is recovered.
	Recovered bool      `json:"recovered"`
	Next      string    `json:"next"`
	Code      exit.Code `json:"exitCode"`
}

// The ways in which a step ends that is not walked to its end.
const (
	stepRefused = "refused"
	stepStopped = "stopped"
)

// stepped tells how the step ended, and what to type next.
func (o *stepOptions) stepped(t target.Target, w walk, s plan.Step, end walkEnd, took time.Duration) error {
	w.Records = end.records
	r := stepResult{Step: s.ID, Calls: end.calls, Took: took.Seconds(), Kind: t.Kind(), Gates: w.gates(),
		Recovered: end.Outcome == execute.Recovered}
	for _, id := range needsBehind(w.Plan, s.ID) { // in the order in which they can be done
		for _, n := range end.core.OpenNeeds() {
			if n.Step == id {
				r.Needs = append(r.Needs, openNeed{n.Step, n.Why, o.command(n.Step)})
			}
		}
	}
	outcome, why, ended := end.core.Ended(s.ID)
	if !w.fresh || w.early.kept != nil {
		r.Run = w.Run
	}
	switch {
	case ended:
		r.Outcome, r.Why, r.Code = string(outcome), why, stepCode(s, outcome)
	case end.Outcome == execute.Refused:
		r.Outcome, r.Why, r.Code = stepRefused, end.Why, exit.Refused
	default:
		r.Outcome, r.Why, r.Code = stepStopped, end.Why, exit.Stopped
	}
	r.Next = o.nextOf(w.story, s, r)
	if o.JSON {
		if err := printJSON(o.Streams, r); err != nil {
			return err
		}
	} else {
		o.say(w.story, s, r, end.Finish)
	}
	if r.Code == exit.OK {
		return nil
	}
	return exit.Told(r.Code, errors.New(r.Outcome+": "+r.Why))
}

// stepCode is the exit code of a step that ended.
func stepCode(s plan.Step, outcome plan.Outcome) exit.Code {
	switch {
	case outcome != plan.Failed:
		return exit.OK
	case s.OnFailure == plan.Report:
		return exit.NotProven
	}
	return exit.Stopped
}

func (o *stepOptions) say(w story, s plan.Step, r stepResult, f execute.Finish) {
	took := fmt.Sprintf("%s (%s)", span(time.Duration(r.Took*float64(time.Second))), r.Kind)
	text := fmt.Sprintf("step %s: %s in %s", s.ID, r.Outcome, took)
	switch {
	case len(r.Needs) > 0:
		text = fmt.Sprintf("step %s: refused, and nothing was called: it needs what is not done", s.ID)
		for _, n := range r.Needs {
			text += fmt.Sprintf("\n  %s, %s: %s", n.Step, n.Why, n.Command)
		}
	case r.Outcome == stepRefused:
		text = fmt.Sprintf("step %s: refused, and nothing was called: %s", s.ID, r.Why)
	case r.Outcome == string(plan.AlreadyDone) && execute.ChangesNothing(s):
		text = fmt.Sprintf("step %s: looked, and it holds (%s)", s.ID, r.Kind)
	case r.Outcome == string(plan.AlreadyDone):
		text = fmt.Sprintf("step %s: already done, so nothing was called (%s)", s.ID, r.Kind)
	case r.Outcome == string(plan.Performed) && r.Calls == 0:
		text = fmt.Sprintf("step %s: done by a call that was made before, so nothing was called (%s)", s.ID, r.Kind)
	case r.Why != "":
		text += ": " + r.Why
	}
	if r.Code != exit.OK && r.Outcome == string(plan.Failed) {
		text += "; a failure " + render.OnFailure(s.OnFailure)
	}
	if r.Recovered {
		text += ". All steps are done: " + sentence(w, f, r.Kind)
	}
	end := ". "
	if len(r.Needs) > 0 {
		end = "\n"
	}
	o.Streams.Printf("%s%sNext: %s\n", text, end, r.Next)
}

// command is what to type for a step of the same plan.
func (o *stepOptions) command(step string) string {
	return render.StepCommand(step, o.of, o.On == target.AWS)
}

// nextOf is what to type after the step.
func (o *stepOptions) nextOf(of story, s plan.Step, r stepResult) string {
	switch {
	case len(r.Needs) > 0:
		text := r.Needs[0].Command + "; to go on all the same " + o.command(s.ID)
		for _, n := range r.Needs {
			text += " --without " + n.Step + "=REASON"
		}
		return text + " --by NAME"
	case r.Outcome == stepRefused:
		if first := rebuildFirst(of.Plan); first != "" {
			return first + o.on()
		}
		if shut := always(of.Plan); shut != "" {
			return fmt.Sprintf("no step passes gate %s; plan again with what it says", shut)
		}
		return o.command(s.ID) + of.answers()
	case r.Recovered:
		return o.next(of, execute.Finish{Outcome: execute.Recovered})
	case r.Code != exit.OK && s.OnFailure != plan.Continue:
		return o.command(s.ID) + " looks again, and goes on"
	}
	rest := "redoubt run " + o.of + o.on()
	if r.Run != "" {
		rest = "redoubt resume " + r.Run + o.on()
	}
	if next := of.after(s.ID); next != "" {
		return o.command(next) + "; " + rest + " does all that is left"
	}
	switch { // a run would do again what later steps have undone, where no journal knows of it
	case s.Role == plan.Prove && r.Run == "":
		return "redoubt status" + o.on()
	case s.Role == plan.Prove:
		return "redoubt status " + r.Run + o.on()
	}
	return rest + " looks at what is left"
}

// after is the first step behind one, in the order of the plan, that the journal does not know to be ended; empty when there is none.
func (s story) after(id string) string {
	all := s.steps()
	n := slices.IndexFunc(all, func(st state) bool { return st.ID == id })
	for _, st := range all[n+1:] {
		if !st.ended() {
			return st.ID
		}
	}
	return ""
}
