// Package execute walks a plan. Core is a pure machine: it is told what
// happened and says what to do next; it has no clock, no randomness and makes no
// call. A driver performs what it says, on AWS or in virtual time.
package execute

import (
	"slices"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Event is something that happened.
type Event interface{ event() }

// Checked is the answer to an Evaluate.
type Checked struct {
	// At is the step or gate whose condition was evaluated.
	At     string
	Answer plan.Answer
	Why    string
}

// Returned is the answer to a Perform.
type Returned struct {
	Step  string
	Class Class
	Why   string
}

// Fired tells that the timer of a step or gate has fired.
type Fired struct{ At string }

// Decided is the answer to an Ask.
type Decided struct {
	Gate    string
	Allowed bool
	By, Why string
}

// Synced tells that the record of that number, and all before it, are safe.
type Synced struct{ Seq int }

// LeaseLost tells that the run may not act any more.
type LeaseLost struct{ Why string }

// Interrupted tells that the operator wants to stop: after the steps under way,
// or at once.
type Interrupted struct{ Hard bool }

func (Checked) event()     {}
func (Returned) event()    {}
func (Fired) event()       {}
func (Decided) event()     {}
func (Synced) event()      {}
func (LeaseLost) event()   {}
func (Interrupted) event() {}

// Command is something to do.
type Command interface{ command() }

// Append writes a record; Synced follows when it is safe. Records are written
// in the order of the commands. A record holds until the machine's next Step.
type Append struct{ Record *journal.Record }

// kept are commands that hold beyond the machine's next Step.
func kept(commands []Command) []Command {
	out := slices.Clone(commands)
	for n, cmd := range out {
		if a, is := cmd.(Append); is {
			record := *a.Record
			out[n] = Append{&record}
		}
	}
	return out
}

// Evaluate asks a condition; Checked follows. A question that nobody answers
// in time is one that cannot be told.
type Evaluate struct {
	At        string
	Condition plan.Condition
}

// Perform makes a call; Returned follows.
type Perform struct {
	Step    string
	Call    plan.Call
	Attempt int
}

// Arm asks for Fired at a time, at Latest. A zero When means: as soon as the
// driver knows that something changed. A second Arm of the same step or gate
// replaces the first.
type Arm struct {
	At           string
	When, Latest time.Time
}

// Cancel takes an Arm back.
type Cancel struct{ At string }

// Ask lets a person decide; Decided follows.
type Ask struct{ Gate plan.Gate }

// Finish ends the run. Nothing follows.
type Finish struct {
	Outcome Outcome
	Why     string
}

func (Append) command()   {}
func (Evaluate) command() {}
func (Perform) command()  {}
func (Arm) command()      {}
func (Cancel) command()   {}
func (Ask) command()      {}
func (Finish) command()   {}

// Outcome is how a run ended.
type Outcome string

// The outcomes of a run.
const (
	// Recovered means that every step is done or was allowed to fail.
	Recovered Outcome = "recovered"
	// Unproven means that the run came to its end, and what should prove it failed.
	Unproven Outcome = "not proven recovered"
	// Refused means that a gate refused, so nothing was called.
	Refused Outcome = "refused"
	// Stopped means that the run can be resumed.
	Stopped Outcome = "stopped"
)

// Class is what an answer means for the next act.
type Class string

// The classes of answers.
const (
	// OK means that the call was taken.
	OK Class = "ok"
	// Throttled, Conflict and NotFound may pass: too many calls, something under
	// way already, something not to be seen yet.
	Throttled Class = "throttled"
	Conflict  Class = "conflict"
	NotFound  Class = "not found"
	// Unreachable means that no answer came: the call may have taken effect.
	Unreachable Class = "unreachable"
	// Denied and Invalid do not pass.
	Denied  Class = "denied"
	Invalid Class = "invalid"
)

// passes reports whether an answer of the class may be another one later.
func (c Class) passes() bool { return c != Denied && c != Invalid }
