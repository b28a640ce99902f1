package execute

import (
	"context"
	"errors"
	"fmt"

	"redoubt/recovery/plan"
)

// ClassError is an error of a call with its class. Ports return it; an error
// without a class is taken for Unreachable, because nobody knows what it did.
type ClassError struct {
	Class Class
	Err   error
}

// Error returns the cause.
func (e *ClassError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *ClassError) Unwrap() error { return e.Err }

// ClassOf returns the class of a call's error.
func ClassOf(err error) Class {
	if err == nil {
		return OK
	}
	if of, is := errors.AsType[*ClassError](err); is {
		return of.Class
	}
	return Unreachable
}

// Whole is a port that makes a call together with the questions for its late values, and judges a
// condition itself. It does what Make and Judge do with it, and may remember it.
type Whole interface {
	plan.Port
	// Make makes a call of whose answer nobody reads more than whether there was one.
	Make(ctx context.Context, c plan.Call) error
	// Judge says why, too, when nobody answers.
	Judge(ctx context.Context, c plan.Condition) Judged
	// Holds reports whether nothing has changed of what an answer depends on (Judged.Of).
	Holds(of any) bool
	// Known is what Judge would say, if that is known without asking.
	Known(c plan.Condition) (answer plan.Answer, known bool, err error)
}

// Judged is what a condition came to.
type Judged struct {
	Answer plan.Answer
	Why    string
	Err    error
	// Of is what the answer depends on, for the port to know; nil when nobody can tell.
	Of any
}

func carryOut(ctx context.Context, port plan.Port, c plan.Call) error {
	if w, is := port.(Whole); is {
		return w.Make(ctx, c)
	}
	_, err := Make(ctx, port, c)
	return err
}

func judge(ctx context.Context, port plan.Port, c plan.Condition) Judged {
	if w, is := port.(Whole); is {
		return w.Judge(ctx, c)
	}
	answer, why, err := Judge(ctx, port, c)
	return Judged{Answer: answer, Why: Unanswered(c, why, err), Err: err}
}

// Unanswered is why a condition has its answer, which the error tells if there is one.
func Unanswered(c plan.Condition, why string, err error) string {
	if err == nil {
		return why
	}
	return fmt.Sprintf("%s: %s", c.Call, err)
}

// evaluate asks a condition; a question that nobody answers cannot be told.
// That what was asked for does not exist is an answer: it is not done.
func evaluate(ctx context.Context, port plan.Port, e Evaluate) Checked {
	return checkedOf(e, judge(ctx, port, e.Condition))
}

func checkedOf(e Evaluate, j Judged) Checked {
	return Checked{At: e.At, Answer: answerOf(j.Answer, j.Err), Why: j.Why}
}

// answerOf is the answer to a question that had an error.
func answerOf(answer plan.Answer, err error) plan.Answer {
	if err != nil && ClassOf(err) == NotFound {
		return plan.NotDone
	}
	return answer
}

func perform(ctx context.Context, port plan.Port, p Perform) Returned {
	err := carryOut(ctx, port, p.Call)
	r := Returned{Step: p.Step, Class: ClassOf(err)}
	if err != nil {
		r.Why = err.Error()
	}
	return r
}
