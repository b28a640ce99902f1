// Package conduct is the work of the one function that a state machine invokes: one turn of a run, about one
// step or gate. It makes the same calls and judges the same conditions as a run from a machine of a person,
// under the same lease and into the same journal, and reads all that it needs in its own home.
package conduct

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// What is what a turn is to do.
type What string

// The turns.
const (
	Open    What = "open"    // begin the run, or take it up again
	Gate    What = "gate"    // look at a gate, or take in a decision
	Next    What = "next"    // tell which steps may begin
	Step    What = "step"    // look at a step, make its call, look again
	Abandon What = "abandon" // end a step that could not be walked
	Close   What = "close"   // end the run
	Ready   What = "ready"   // read what a run reads first, and begin none
	Plan    What = "plan"    // make the plan of a run, and begin none
	Watch   What = "watch"   // start the machine where the arbiter's judge has given this home the work
)

// Request is what the state machine sends.
type Request struct {
	What What `json:"what"`
	// Run names the run; its plan is kept already, or made by the first turn (Wanted).
	Run string `json:"run"`
	// Step is the step or the gate.
	Step string `json:"step,omitempty"`
	// Execution holds the lease, whichever invocation acts.
	Execution string `json:"execution"`
	// Input is what the execution was started with.
	Input Input `json:"input"`
	// Decision is what a person decided, of a gate that asks, or how the question failed.
	Decision *Decision `json:"decision,omitempty"`
	// Failure is why a step could not be walked.
	Failure *Failure `json:"failure,omitempty"`
}

// Input is what an execution is started with.
type Input struct {
	Run string `json:"run"`
	// Plan is the hash of the plan that is meant; empty means the one that is kept under the run.
	Plan string `json:"plan,omitempty"`
	// Overrides are the gates that a person set aside.
	Overrides map[string]Override `json:"overrides,omitempty"`
	Wanted
}

// Override is a person's word that a gate does not hold this time.
type Override struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Decision is what a person decided. Without Allowed it is refused.
type Decision struct {
	Allowed bool   `json:"allowed"`
	By      string `json:"by,omitempty"`
	Why     string `json:"why,omitempty"`
	Failure
}

// Failure is how Step Functions tells an error:
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
type Failure struct {
	Error string `json:"Error,omitempty"`
	Cause string `json:"Cause,omitempty"`
}

// Answer is where the step, the gate or the run stands.
type Answer struct {
	// State is that of the turn, or the outcome of a run that is closed.
	State string `json:"state"`
	// Seconds is how long to wait before the next turn.
	Seconds int    `json:"seconds"`
	Why     string `json:"why"`
	// Steps are those that may begin now.
	Steps []string `json:"steps"`
	// Gates are those of the plan that ask nobody, Approvals those that ask a person, of a run that was opened.
	Gates     []string   `json:"gates"`
	Approvals []Approval `json:"approvals"`
}

// Approval is a gate that asks a person.
type Approval struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Why      string `json:"why"`
	// Seconds is how long the answer may take.
	Seconds int `json:"seconds"`
}

// The errors that a state machine tells apart by the names of their types.
type (
	// LeaseLost means that the run may not act any more.
	LeaseLost struct{ error }
	// Overtaken means that the turn must be taken again, on what others have written meanwhile.
	Overtaken struct{ error }
	// Unfit means that the request can never be served.
	Unfit struct{ error }
	// Trouble may pass.
	Trouble struct{ error }
)

// Handler takes turns.
type Handler struct {
	// Home is where the handler runs, Bucket its control bucket.
	Home   system.Home
	Bucket string
	// Own makes calls in the home's own region and tries again what is throttled.
	Own plan.Port
	// Calls returns the port of a plan's calls, by what the home knows of both.
	Calls func(inventory.Inventory) plan.Port
	Clock clock.Clock
	// Fits says what of a plan that was made here could not be called; nil asks nobody.
	Fits func(plan.Plan) error
	// Start starts an execution of a machine, and tells whether there was none of that name yet. Nil where nothing is
	// started without a person.
	Start func(ctx context.Context, machine, name, input string) (bool, error)
}

// How turns are taken: three times what ends a call is less than a function's time (FunctionSeconds), and the
// longest wait between two turns is less than the lease lasts. They are assumed to be far from where AWS throttles.
const (
	FunctionSeconds = 120
	callTimeout     = 30 * time.Second
	poll            = 10 * time.Second
	longestWait     = time.Minute
)

// WatchEvery is how often the function looks whether its machine is to be started without a person (Watch).
const WatchEvery = time.Minute

var leaseOptions = lease.Options{TTL: 5 * time.Minute, Skew: 10 * time.Second}

// Handle takes one turn. Its errors are of the four types.
func (h Handler) Handle(ctx context.Context, r Request) (Answer, error) {
	switch r.What {
	case Ready:
		return h.ready(ctx)
	case Plan:
		return h.planned(ctx, r)
	case Watch:
		return h.watch(ctx)
	}
	t, err := h.turns(ctx, r)
	if err != nil {
		return Answer{}, named(err)
	}
	a, err := take(ctx, t, r)
	return a, named(err)
}

// ready reads the inventories and the lease, as every turn does, and changes nothing.
func (h Handler) ready(ctx context.Context) (Answer, error) {
	inv, err := h.inventory(ctx)
	if err != nil {
		return Answer{}, named(err)
	}
	held, err := lease.Table{Port: h.Own, Home: h.Home, Name: inv.Own().Control.LockTable}.Get(ctx, lease.Recovery)
	if err != nil {
		return Answer{}, named(fmt.Errorf("the lease of the %s home: %w", h.Home, err))
	}
	why := "nobody has recovered the home yet"
	if held.Owner != "" {
		why = fmt.Sprintf("%s holds or held the lease, generation %d", held.Owner, held.Generation)
	}
	return Answer{State: string(Ready), Why: why}, nil
}

func take(ctx context.Context, t execute.Turns, r Request) (Answer, error) {
	switch r.What {
	case Open:
		a, err := answer(t.Open(ctx))
		a.Gates, a.Approvals = gates(t.Plan)
		return a, err
	case Gate:
		return answer(t.Gate(ctx, r.Step, r.Decision.taken(r.Step)))
	case Next:
		return answer(t.Next(ctx))
	case Step:
		return answer(t.Step(ctx, r.Step))
	case Abandon:
		return answer(t.Abandon(ctx, r.Step, r.Failure.why()))
	case Close:
		f, err := t.Close(ctx)
		if err == nil {
			err = t.Lease.Release(ctx)
		}
		return Answer{State: string(f.Outcome), Why: f.Why}, err
	}
	return Answer{}, Unfit{fmt.Errorf("what is %q, want one of %v", r.What, []What{Open, Gate, Next, Step, Abandon, Close, Ready, Plan, Watch})}
}

func answer(s execute.Standing, err error) (Answer, error) {
	wait := min(s.Wait, longestWait)
	return Answer{State: string(s.State), Seconds: int(math.Ceil(wait.Seconds())), Why: s.Why, Steps: s.Steps}, err
}

// gates are the gates of a plan, by whether they ask a person.
func gates(p plan.Plan) (looked []string, asked []Approval) {
	looked, asked = []string{}, []Approval{}
	for _, g := range p.Gates {
		if g.Approval() {
			asked = append(asked, Approval{g.ID, g.Title, g.Why, int(time.Duration(g.Timeout).Seconds())})
		} else {
			looked = append(looked, g.ID)
		}
	}
	return looked, asked
}

// taken is the decision as the machine takes it. Nobody decided where the question failed.
func (d *Decision) taken(gate string) *execute.Decided {
	if d == nil {
		return nil
	}
	why := d.Why
	if !d.Allowed && why == "" {
		why = "nobody allowed it: " + d.why()
	}
	return &execute.Decided{Gate: gate, Allowed: d.Allowed, By: d.By, Why: why}
}

func (f *Failure) why() string {
	if f == nil {
		return "nobody says why"
	}
	return f.Error + ": " + f.Cause
}

// turns reads what a turn needs: the inventories, the plan, the lease.
func (h Handler) turns(ctx context.Context, r Request) (execute.Turns, error) {
	if r.Run == "" || r.Execution == "" {
		return execute.Turns{}, Unfit{fmt.Errorf("run is %q and execution %q, want both", r.Run, r.Execution)}
	}
	inv, err := h.inventory(ctx)
	if err != nil {
		return execute.Turns{}, err
	}
	p, err := h.plan(ctx, r)
	if err != nil {
		return execute.Turns{}, err
	}
	table := inv.Own().Control.LockTable
	locks := lease.Table{Port: h.Own, Home: h.Home, Name: table}
	held, err := lease.Join(ctx, locks, h.Clock, lease.Recovery, owner(r), leaseOptions)
	if err != nil {
		return execute.Turns{}, err
	}
	o := execute.Options{Run: r.Run, Generation: held.Generation(), Seed: execute.SeedOf(r.Run), Poll: poll,
		Overrides: map[string]execute.Override{}}
	for gate, over := range r.Input.Overrides {
		o.Overrides[gate] = execute.Override(over)
	}
	return execute.Turns{Plan: p, Options: o, Port: h.Calls(inv), Clock: h.Clock, Lease: held, CallTimeout: callTimeout,
		Store: journal.Table{Rows: journal.Items{Port: h.Own, Home: h.Home, Name: table}}}, nil
}

func owner(r Request) string { return fmt.Sprintf("execution %s (run %s)", r.Execution, r.Run) }

// named gives an error the type that the state machine tells it by.
func named(err error) error {
	var (
		held  *lease.HeldError
		unfit Unfit
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unfit):
		return unfit
	case errors.Is(err, lease.ErrLost), errors.As(err, &held):
		return LeaseLost{err}
	case errors.Is(err, execute.ErrOvertaken):
		return Overtaken{err}
	}
	return Trouble{err}
}
