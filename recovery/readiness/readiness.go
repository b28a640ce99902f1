// Package readiness says whether a failover would be carried through now, what it would lose and how long it would
// take, with every reason against it. It is pure: whoever looks makes the calls that Judge asks for, and judges again.
package readiness

import (
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness"
)

// Verdict is the answer to all of it.
type Verdict string

// The verdicts. Attention does not refuse a failover: something wants looking at that is no gate of it, such as a
// backup that is late or a drill that is old.
const (
	Ready     Verdict = "ready"
	Attention Verdict = "ready, with something to look at"
	NotReady  Verdict = "not ready"
)

// State is how one thing stands.
type State string

// The states, the worst last. Unknown is what nobody could tell.
const (
	Good    State = "good"
	Unknown State = "unknown"
	Late    State = "look"
	Bad     State = "bad"
)

// The kinds of figure beside those of a witness.
const (
	Objective witness.Kind = "objective"
	Predicted witness.Kind = "predicted"
)

// Figure is a span of time in seconds with its kind; Known is false where nobody can tell it.
type Figure struct {
	Known   bool         `json:"known"`
	Seconds float64      `json:"seconds"`
	Kind    witness.Kind `json:"kind"`
}

// Span is the figure as a duration.
func (f Figure) Span() time.Duration { return time.Duration(f.Seconds * float64(time.Second)) }

func figure(d time.Duration, kind witness.Kind) Figure { return Figure{true, d.Seconds(), kind} }

// Readiness is what is known at one time.
type Readiness struct {
	System string `json:"system"`
	Domain string `json:"domain"`
	// At is when the look began.
	At time.Time `json:"at"`
	// Kind is that of everything that was seen.
	Kind    witness.Kind `json:"kind"`
	Verdict Verdict      `json:"verdict"`
	// Active is the home that serves, Receiving the one that would take over; both are empty where nobody can tell.
	Active    system.Home `json:"active,omitempty"`
	Receiving system.Home `json:"receiving,omitempty"`
	Headline  Headline    `json:"headline"`
	// Reasons are all that is not as it should be, the worst first.
	Reasons []Reason `json:"reasons"`
	Found   Found    `json:"found"`
	Homes   []Home   `json:"homes"`
	Moves   []Move   `json:"moves"`
	Stores  []Store  `json:"stores"`
	// Drill is the last drill of the loss of a region; nil when there is none.
	Drill *Drill `json:"drill,omitempty"`
	// Run is the last run of a plan; nil when there is none.
	Run    *Run    `json:"run,omitempty"`
	Alarms []Alarm `json:"alarms"`
	// Next is what to type next.
	Next string `json:"next"`
}

// Headline is what a person under stress wants to know, in a sentence each.
type Headline struct {
	Can  string `json:"canWeFailOver"`
	Lose string `json:"whatWouldWeLose"`
	Long string `json:"howLongWouldItTake"`
}

// Reason is one thing that is not as it should be.
type Reason struct {
	// State is Bad where it stands in the way of a failover.
	State State  `json:"state"`
	About string `json:"about"`
	Text  string `json:"text"`
	// Next is a command that goes on from it; it may be empty.
	Next string `json:"next,omitempty"`
}

// Found is what the observers make of the homes.
type Found struct {
	State State         `json:"state"`
	Kind  diagnose.Kind `json:"kind,omitempty"`
	Home  system.Home   `json:"home,omitempty"`
	Name  string        `json:"name,omitempty"`
	Why   string        `json:"why"`
}

// Home is one home.
type Home struct {
	Name   system.Home `json:"name"`
	Region string      `json:"region"`
	Active bool        `json:"active"`
	// Up tells that the home has an inventory, Answers that it told it itself.
	Up      bool   `json:"up"`
	Answers bool   `json:"answers"`
	State   State  `json:"state"`
	Why     string `json:"why,omitempty"`
	// Inventory is the age of what is known of the home.
	Inventory Figure `json:"inventoryAge"`
	// Held says who holds the lease under which plans run there; empty is nobody.
	Held string `json:"leaseHeldBy,omitempty"`
}

// Move is one way in which the work could move now.
type Move struct {
	Scenario planner.Scenario `json:"scenario"`
	Title    string           `json:"title"`
	// Possible is false when a gate refuses, or when there is no plan at all.
	Possible bool `json:"possible"`
	// Why says why there is no plan.
	Why string `json:"why,omitempty"`
	// Refuses are the gates that refuse now, Asks those at which a person decides.
	Refuses []Gate `json:"refuses"`
	Asks    []Gate `json:"asks"`
	// Takes is the sum of the budgets on the critical path, without those of the steps in Unknown.
	Takes   Figure   `json:"takes"`
	Steps   []string `json:"criticalPath"`
	Unknown []string `json:"unknownBudgets,omitempty"`
	// Command makes the plan.
	Command string `json:"command"`
}

// Gate is a gate of a plan and what it says now.
type Gate struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Why   string `json:"why,omitempty"`
	// Aside tells that a person may set it aside, with a reason and a name.
	Aside bool `json:"mayBeSetAside"`
}

// Store is one store: how far its copy is behind, and what could be restored.
type Store struct {
	Name string           `json:"name"`
	Kind system.StoreKind `json:"kind"`
	Tier string           `json:"tier"`
	// RPO is the objective for the loss of the region, Lag what that would cost now.
	RPO   Figure `json:"rpo"`
	Lag   Figure `json:"lag"`
	State State  `json:"state"`
	Why   string `json:"why,omitempty"`
	// Backup is the newest moment that a restore reaches, Copy the newest backup in the other home.
	Backup Backup `json:"backup"`
	Copy   Backup `json:"copy"`
}

// Backup is how old what could be restored is.
type Backup struct {
	// What says what it is, such as point in time.
	What string `json:"what"`
	Age  Figure `json:"age"`
	// Limit is how old it may be: the objective for damaged data, or what the schedule of copies gives.
	Limit Figure `json:"limit"`
	State State  `json:"state"`
	Why   string `json:"why,omitempty"`
}

// Drill is what a drill found.
type Drill struct {
	Scenario string       `json:"scenario"`
	Title    string       `json:"title"`
	At       time.Time    `json:"at"`
	Age      Figure       `json:"age"`
	Passed   bool         `json:"passed"`
	Kind     witness.Kind `json:"kind"`
	State    State        `json:"state"`
	Why      string       `json:"why,omitempty"`
	// Predicted is what the plan's budgets add up to now, beside what each critical tier took in the drill.
	Predicted Figure `json:"predicted"`
	Tiers     []Tier `json:"tiers"`
}

// Tier is what users of a tier saw in a drill.
type Tier struct {
	Name     string `json:"name"`
	Critical bool   `json:"critical"`
	Took     Figure `json:"took"`
	RTO      Figure `json:"rto"`
	Lost     Figure `json:"lost"`
	RPO      Figure `json:"rpo"`
}

// Run is a run of a plan.
type Run struct {
	Name  string    `json:"name"`
	Title string    `json:"title"`
	Began time.Time `json:"began,omitzero"`
	// Lost is the home from which its plan took the work because it was lost.
	Lost system.Home `json:"lost,omitempty"`
	// Ended is false while it is under way, and when it was killed.
	Ended   bool   `json:"ended"`
	Outcome string `json:"outcome,omitempty"`
	Why     string `json:"why,omitempty"`
}

// Alarm is an alarm that fires.
type Alarm struct {
	Home  system.Home `json:"home"`
	Name  string      `json:"name"`
	Since string      `json:"since,omitempty"`
	Why   string      `json:"why,omitempty"`
}
