// Package plan holds recovery as data: a plan is a graph of steps, each of
// which makes one call and has a condition that tells whether it is done.
package plan

import (
	"encoding"
	"fmt"
	"time"

	"redoubt/system"
	"redoubt/timings"
)

// Arbiter stands in place of a home for calls of the region in between, where the homes have an arbiter (docs/arbiter.md).
const Arbiter system.Home = "arbiter"

// Document is what goes into a call and comes back from it, in the names of
// AWS's own API model.
type Document = map[string]any

// Plan is a graph of steps that leads from what was found to what is wanted.
// Use New to make one; it checks and orders the steps.
type Plan struct {
	// System is the system that is recovered.
	System string `json:"system"`
	// Title says in one line what the plan achieves.
	Title string `json:"title"`
	// Scenario is the planner's name for what the plan recovers from.
	Scenario string `json:"scenario,omitempty"`
	// Because says what was found, and how the evidence leads there.
	Because string `json:"because,omitempty"`
	// Lost is the home that the plan must do without, if any; Active is the home
	// that serves when the plan is done.
	Lost   system.Home `json:"lost,omitempty"`
	Active system.Home `json:"active,omitempty"`
	// Inventory is the hash of the inventory that the plan was made from.
	Inventory string `json:"inventory"`
	// Regions says where each home lives, and where the arbiter is, if there is one.
	Regions map[system.Home]string `json:"regions"`
	// Endpoints are where states of routing controls are set, by region, where the
	// switch is made of them. One has to answer.
	Endpoints map[string]string `json:"endpoints,omitempty"`
	// Gates are asked before anything is called.
	Gates []Gate `json:"gates,omitempty"`
	// Steps stand in an order in which they can be done one after the other.
	Steps []Step `json:"steps"`
}

// Receives is the home that serves when the plan is done. Its lease excludes other runs, and its journal is the run's.
func (p Plan) Receives() system.Home {
	if p.Active != "" {
		return p.Active
	}
	return p.Steps[0].Call.Home
}

// Step makes one call and knows how to tell that it is done.
type Step struct {
	// ID names the step within its plan: lower-case words joined by hyphens.
	ID    string `json:"id"`
	Title string `json:"title"`
	// Role is what the step is for; Subject is what it is about.
	Role    Role    `json:"role,omitempty"`
	Subject Subject `json:"subject,omitzero"`
	// Why says what would go wrong without the step.
	Why string `json:"why"`
	// Source is the address of the AWS document that the step relies on.
	Source string `json:"source"`
	// Needs lists the steps that must be done before.
	Needs []string `json:"needs,omitempty"`
	Call  Call     `json:"call"`
	// Condition is evaluated before the call, and after it until it is done.
	Condition Condition `json:"condition"`
	// Undo takes the step back, where it can be.
	Undo *Call `json:"undo,omitempty"`
	// Budget is the timing that says how long the step takes.
	Budget timings.ID `json:"budget"`
	// Timeout is how long the condition may stay open after the step began.
	Timeout Duration `json:"timeout"`
	// OnFailure says what a failure of the step means for the rest.
	OnFailure OnFailure `json:"onFailure"`
}

// Role is what a step is for. The rules of a plan (one writer, traffic after
// data) are rules of roles.
type Role string

// The roles of steps.
const (
	// Fence keeps an old writer from writing.
	Fence Role = "fence"
	// Capacity makes room for what is started.
	Capacity Role = "capacity"
	// Data makes a store take writes where they are wanted.
	Data Role = "data"
	// Copy makes a store, or a part of one, beside the one that is damaged.
	Copy Role = "copy"
	// Verify looks whether what was copied is what it should be.
	Verify Role = "verify"
	// Swap lets those who use the damaged store use the copy.
	Swap Role = "swap"
	// Start lets an agent run where it is wanted.
	Start Role = "start"
	// Requeue sends accepted work that was not done.
	Requeue Role = "requeue"
	// Level lets an agent give less, or all again.
	Level Role = "level"
	// Shift takes users away from a part of their home, or lets them back: the home stays.
	Shift Role = "shift"
	// Traffic moves users.
	Traffic Role = "traffic"
	// Prove shows that the system works.
	Prove Role = "prove"
	// Settle puts right what is left, after users are served.
	Settle Role = "settle"
)

var roles = []Role{"", Fence, Capacity, Data, Copy, Verify, Swap, Start, Requeue, Level, Shift, Traffic, Prove, Settle}

// Subject is the store or the agent that a step is about; both may be empty.
type Subject struct {
	Store string `json:"store,omitempty"`
	Agent string `json:"agent,omitempty"`
}

// OnFailure is what a failure of a step means for the rest of its plan.
type OnFailure string

// The three meanings of a failure.
const (
	// Stop ends the plan: what follows relies on the step.
	Stop OnFailure = "stop"
	// Continue goes on without the step, such as a best-effort fence of a lost region.
	Continue OnFailure = "continue"
	// Report goes on, but the run is not proven recovered, as when the probe task
	// does not pass.
	Report OnFailure = "report"
)

// Kind is the kind of a call: who is asked.
type Kind string

// The kinds of call.
const (
	// AWS is a call of an operation of an AWS service in a home's region.
	AWS Kind = "aws"
	// Kubernetes is a request to the API server of a home's cluster. Its service
	// is "kubernetes", its operations are Get and Patch.
	Kubernetes Kind = "kubernetes"
	// Probe is a task that passes through the system in a home. Its service is
	// "redoubt", its operation RunProbe.
	Probe Kind = "probe"
	// Ledger is an act on a queue's work ledger that is made of many calls. Its
	// service is "redoubt", its operations are RequeueAccepted and CountStranded.
	Ledger Kind = "ledger"
	// Versions is an act on the versions of a bucket's objects that is made of many calls. Its
	// service is "redoubt", its operations are RewindBucket, CountAstray and CountApart.
	Versions Kind = "versions"
)

var callKinds = []Kind{AWS, Kubernetes, Probe, Ledger, Versions}

// Call is one call of one operation.
type Call struct {
	Kind Kind `json:"kind"`
	// Home is in whose region the endpoint lies.
	Home system.Home `json:"home"`
	// Service and Operation are AWS's own names, such as cloudwatch and PutMetricData.
	Service   string   `json:"service"`
	Operation string   `json:"operation"`
	Input     Document `json:"input,omitempty"`
	// Token makes a repeat harmless where the operation itself is not idempotent.
	Token string `json:"token,omitempty"`
	// Late are the values of the input that are asked for just before.
	Late []Late `json:"late,omitempty"`
}

// String says what is called and where, for messages.
func (c Call) String() string {
	return fmt.Sprintf("%s.%s in the %s home", c.Service, c.Operation, c.Home)
}

// Duration is a span of time that reads as text, such as 5m0s, in a plan's file.
type Duration time.Duration

var (
	_ encoding.TextMarshaler   = Duration(0)
	_ encoding.TextUnmarshaler = (*Duration)(nil)
)

// MarshalText writes the duration as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// String writes the duration as Go does.
func (d Duration) String() string { return time.Duration(d).String() }
