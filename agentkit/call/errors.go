package call

import (
	"errors"
	"fmt"
)

// Why a call ended without a good answer; each is the Kind of an Error.
var (
	// ErrOpen says that the circuit breaker refused: nothing was sent.
	ErrOpen = errors.New("circuit breaker is open")
	// ErrFull says that the bulkhead refused: nothing was sent.
	ErrFull = errors.New("bulkhead is full")
	// ErrDeadline says that the budget or the caller's deadline ended.
	ErrDeadline = errors.New("deadline has passed")
	// ErrSlow says that the last attempt ran out of its time.
	ErrSlow = errors.New("no answer within the time of an attempt")
	// ErrTransport says that the last attempt brought no answer.
	ErrTransport = errors.New("no answer")
	// ErrStatus says that the last answer was a failure; only a fallback sees it, for
	// without one the answer itself is returned.
	ErrStatus = errors.New("answered with a failure")
	// ErrBody says that the request could not be sent again, because its GetBody failed.
	ErrBody = errors.New("the body cannot be had again")
	// ErrCanceled says that the caller took the call back.
	ErrCanceled = errors.New("canceled by the caller")
)

// Error is why a call has no answer. errors.Is finds both its kind and its cause.
type Error struct {
	Callee string
	// Kind is one of the errors of this package.
	Kind error
	// Attempts is how many requests were sent, hedges included. Zero means that the callee knows nothing of the call.
	Attempts int
	// Status is what the callee answered when the kind is ErrStatus.
	Status int
	// Cause is what the transport or the fallback said, if anything.
	Cause error
}

// Error names the callee, the kind, the attempts and the cause.
func (e *Error) Error() string {
	text := fmt.Sprintf("call %s: %v", e.Callee, e.Kind)
	if e.Status != 0 {
		text += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", e.Attempts)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap is the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}
