// Package answer answers a question at which an execution of a state machine waits (recovery/render, recovery/conduct).
// What was asked, and what became of it, is read in the history of the execution, where Step Functions keeps the token of
// each question too. It is pure: who reads and sends is an Executions.
package answer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/conduct"
)

// Executions are the executions of state machines in one region.
type Executions interface {
	// History are all events of an execution, the first one first; ErrUnknown where there is none of that ARN.
	History(ctx context.Context, arn string) ([]Event, error)
	// Send ends the task with the token, with an output as JSON. It fails with ErrUnknown where no task has the token, and
	// with ErrOver where the task has ended: it was answered, its time was up, or its execution is over.
	Send(ctx context.Context, token, output string) error
}

var (
	// ErrUnknown means that there is no such execution, gate or token.
	ErrUnknown = errors.New("there is none")
	// ErrOver means that nobody waits for the answer any more.
	ErrOver = errors.New("nobody waits for it any more")
)

// Request is what a person decided, and about which gate.
type Request struct {
	// Execution is the ARN of the execution and Gate the gate that it waits at; or Token is that of the question.
	Execution, Gate string
	Token           string
	Allowed         bool
	// By is who decided, Why the reason.
	By, Why string
}

// Check names all that is wrong with the request.
func (r Request) Check() error {
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	bad((r.Token == "") == (r.Execution == ""), "execution is %q and token %q, want one of them", r.Execution, r.Token)
	bad(r.Execution != "" && r.Gate == "", "the gate is missing")
	bad(r.Token != "" && r.Gate != "", "a gate and a token are given: the token says which question is meant")
	bad(strings.TrimSpace(r.By) == "", "nobody is named who decides")
	bad(!r.Allowed && strings.TrimSpace(r.Why) == "", "a refusal gives no reason")
	return errors.Join(errs...)
}

// decision is the request as the machine takes it in (conduct.Decision).
func (r Request) decision() conduct.Decision {
	return conduct.Decision{Allowed: r.Allowed, By: r.By, Why: r.Why}
}

// Give gives the answer. The same answer once more is none: what stands is told. With a token alone the question that
// comes back says nothing but the answer.
func Give(ctx context.Context, at Executions, r Request) (Question, error) {
	if err := r.Check(); err != nil {
		return Question{}, err
	}
	q, err := r.question(ctx, at)
	if err != nil {
		return q, err
	}
	said := r.decision()
	if q.State != Waiting {
		return q, q.over(said)
	}
	output, err := json.Marshal(said)
	if err != nil {
		return q, err
	}
	err = at.Send(ctx, q.Token, string(output))
	if errors.Is(err, ErrOver) && r.Execution != "" { // somebody was faster, or our own answer's answer was lost
		now, readErr := r.question(ctx, at)
		if readErr == nil && now.State != Waiting {
			return now, now.over(said)
		}
	}
	if err != nil {
		return q, fmt.Errorf("%s: %w", q, err)
	}
	q.State, q.Decision = Answered, said
	return q, nil
}

// question is what the request is about, as its execution tells.
func (r Request) question(ctx context.Context, at Executions) (Question, error) {
	if r.Token != "" {
		return Question{Token: r.Token, State: Waiting}, nil
	}
	events, err := at.History(ctx, r.Execution)
	if err != nil {
		return Question{}, fmt.Errorf("execution %s: %w", r.Execution, err)
	}
	all := Questions(events)
	for n := len(all) - 1; n >= 0; n-- {
		if all[n].Gate == r.Gate {
			return all[n], nil
		}
	}
	return Question{}, fmt.Errorf("execution %s asks about %s, not about a gate %q: %w", r.Execution, gates(all), r.Gate, ErrUnknown)
}

func gates(all []Question) string {
	var names []string
	for _, q := range all {
		names = append(names, q.Gate+" ("+string(q.State)+")")
	}
	if names == nil {
		return "no gate so far"
	}
	return strings.Join(names, ", ")
}

// over tells what became of a question that nobody waits at: nothing is wrong when this answer stands there.
func (q Question) over(said conduct.Decision) error {
	was := "nobody answered in time"
	if q.State == Answered {
		word := map[bool]string{true: "approved", false: "refused"}[q.Decision.Allowed]
		was = fmt.Sprintf("%s by %s at %s", word, q.Decision.By, q.Ended.UTC().Format(time.RFC3339))
		if q.Decision == said {
			return nil
		}
	} else if q.Failure != "" {
		was = q.Failure
	}
	return fmt.Errorf("%s: %s: %w", q, was, ErrOver)
}
