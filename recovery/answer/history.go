package answer

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/conduct"
)

// Event is an event of an execution, as far as questions go:
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
type Event struct {
	// ID is the event's number, Previous that of the event which led to it.
	ID, Previous int64
	// Type is such as TaskScheduled.
	Type string
	At   time.Time
	// Resource is what a task does, such as publish.waitForTaskToken; Parameters are those of a scheduled task, as JSON.
	Resource, Parameters string
	// Output is that of a task which succeeded, as JSON; Error and Cause are those of one which failed.
	Output, Error, Cause string
}

// State is where a question stands.
type State string

// The states.
const (
	Waiting  State = "waiting"
	Answered State = "answered"
	// Over means that its time was up, or that the execution has ended without an answer.
	Over State = "over"
)

// Question is one that an execution asked, about a gate of its run.
type Question struct {
	Gate, Run, Text, Why string
	Token                string
	State                State
	// Asked is when, Ended when it was answered or was over.
	Asked, Ended time.Time
	// Decision is the answer, Failure why there is none.
	Decision conduct.Decision
	Failure  string
}

// String names the question for a person.
func (q Question) String() string {
	if q.Gate == "" {
		return "the question with this token"
	}
	return "gate " + q.Gate + " of run " + q.Run
}

// waits is the end of a resource that waits for its token.
const waits = ".waitForTaskToken"

// Questions are those of an execution, in the order in which they were asked.
func Questions(events []Event) []Question {
	var out []Question
	asked := map[int64]int{} // the event that asked, or what followed from it -> the question's place
	for _, e := range events {
		if q, is := question(e); is {
			asked[e.ID] = len(out)
			out = append(out, q)
			continue
		}
		if n, follows := asked[e.Previous]; follows && strings.HasPrefix(e.Type, "Task") {
			asked[e.ID] = n
			out[n].take(e)
		}
		if strings.HasPrefix(e.Type, "Execution") && e.Type != "ExecutionStarted" {
			for n := range out {
				out[n].end(e)
			}
		}
	}
	return slices.Clip(out)
}

// question is what a scheduled task asks.
func question(e Event) (Question, bool) {
	if e.Type != "TaskScheduled" || !strings.HasSuffix(e.Resource, waits) {
		return Question{}, false
	}
	var in struct{ Message json.RawMessage }
	var m struct{ Gate, Run, Question, Why, Token string }
	if json.Unmarshal([]byte(e.Parameters), &in) != nil {
		return Question{}, false
	}
	var text string // a message is an object, or the text of one
	if json.Unmarshal(in.Message, &text) == nil {
		in.Message = json.RawMessage(text)
	}
	if json.Unmarshal(in.Message, &m) != nil || m.Token == "" || m.Gate == "" {
		return Question{}, false
	}
	return Question{Gate: m.Gate, Run: m.Run, Text: m.Question, Why: m.Why, Token: m.Token, State: Waiting, Asked: e.At}, true
}

// take takes in what became of the task that asks.
func (q *Question) take(e Event) {
	switch e.Type {
	case "TaskSucceeded":
		if json.Unmarshal([]byte(e.Output), &q.Decision) == nil {
			q.State, q.Ended = Answered, e.At
			return
		}
		q.State, q.Ended, q.Failure = Over, e.At, "the answer was none: "+e.Output
	case "TaskFailed", "TaskTimedOut", "TaskStartFailed", "TaskSubmitFailed":
		q.State, q.Ended = Over, e.At
		if e.Type != "TaskTimedOut" && e.Error != "States.Timeout" {
			q.Failure = strings.TrimSuffix(e.Error+": "+e.Cause, ": ")
		}
	}
}

// end is the end of the execution.
func (q *Question) end(e Event) {
	if q.State == Waiting {
		q.State, q.Ended, q.Failure = Over, e.At, "the execution has ended ("+e.Type+")"
	}
}
