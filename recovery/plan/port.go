package plan

import "context"

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
