package plan

import (
	"context"
	"fmt"
	"time"

	"redoubt/internal/clock"
)

// Port performs calls: on AWS, or in the simulator.
type Port interface {
	// Call performs one call and returns the answer as a document.
	Call(ctx context.Context, call Call) (Document, error)
}

// Outcome is how a step ended.
type Outcome string

// The outcomes of a step.
const (
	// AlreadyDone means that the condition held before anything was called.
	AlreadyDone Outcome = "already done"
	// Performed means that the call was made and the condition holds.
	Performed Outcome = "performed"
	// Failed means that the call was refused, or the condition stayed open until the timeout.
	Failed Outcome = "failed"
)

// Result is what became of one step.
type Result struct {
	Step         string
	Outcome      Outcome
	Began, Ended time.Time
	// Err is why a step failed.
	Err error
}

// poll is how long Perform waits between two looks at an open condition.
const poll = 10 * time.Second

// Perform walks a plan step by step, in this process: it observes, acts and
// confirms. It keeps no journal and holds no lease, so it is for the simulator and
// for tests; it ends at the first failure that stops the plan.
func Perform(ctx context.Context, port Port, c clock.Clock, p Plan) ([]Result, error) {
	var results []Result
	for _, s := range p.Steps {
		r := Result{Step: s.ID, Began: c.Now()}
		r.Outcome, r.Err = s.perform(ctx, port, c)
		r.Ended = c.Now()
		results = append(results, r)
		if r.Err != nil && (s.OnFailure != Continue || ctx.Err() != nil) {
			return results, fmt.Errorf("step %s: %w", s.ID, r.Err)
		}
	}
	return results, nil
}

// perform makes the call at most once: an open condition is waited for, and
// one that cannot be told is never acted upon.
func (s Step) perform(ctx context.Context, port Port, c clock.Clock) (Outcome, error) {
	end := c.Now().Add(time.Duration(s.Timeout))
	called := false
	for {
		answer, why := s.observe(ctx, port)
		switch {
		case answer == Done && called:
			return Performed, nil
		case answer == Done:
			return AlreadyDone, nil
		case answer == NotDone && !called:
			if _, err := port.Call(ctx, s.Call); err != nil {
				return Failed, fmt.Errorf("%s: %w", s.Call, err)
			}
			called = true
			continue
		}
		if !c.Now().Before(end) {
			return Failed, fmt.Errorf("%s after %s: %s", answer, s.Timeout, why)
		}
		if err := c.Sleep(ctx, poll); err != nil {
			return Failed, err
		}
	}
}

// observe evaluates the condition. A question that nobody answers cannot be told.
func (s Step) observe(ctx context.Context, port Port) (Answer, string) {
	doc, err := port.Call(ctx, s.Condition.Call)
	if err != nil {
		return CannotTell, fmt.Sprintf("%s: %s", s.Condition.Call, err)
	}
	return s.Condition.Judge(doc)
}
