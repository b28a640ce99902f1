package answer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/answer"
	"redoubt/recovery/conduct"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const arn = "arn:aws:states:eu-central-1:123456789012:execution:atlas-recover-secondary:r-1"

// cloud is an execution in memory. Lost lets the next answer take place and says that it was too late.
type cloud struct {
	events []answer.Event
	sent   []string
	fail   error
	lost   bool
}

func (c *cloud) History(_ context.Context, of string) ([]answer.Event, error) {
	if of != arn {
		return nil, answer.ErrUnknown
	}
	return c.events, nil
}

func (c *cloud) Send(_ context.Context, token, output string) error {
	if c.fail != nil && !c.lost {
		return c.fail
	}
	c.sent = append(c.sent, token+" "+output)
	for _, e := range c.events {
		if e.Type == "TaskSubmitted" && token == fmt.Sprintf("token-%d", e.Previous-1) {
			c.events = append(c.events, answer.Event{ID: 99, Previous: e.ID, Type: "TaskSucceeded", At: at, Output: output})
		}
	}
	return c.fail
}

// asked are the events of a question about a gate; as tells whether the message is a text.
func asked(id int64, gate string, text bool) []answer.Event {
	var message any = map[string]any{"gate": gate, "run": "r-1", "question": "Move?", "why": "It hurts.",
		"token": fmt.Sprintf("token-%d", id)}
	if text {
		raw, _ := json.Marshal(message)
		message = string(raw)
	}
	raw, _ := json.Marshal(map[string]any{"TopicArn": "arn:topic", "Message": message})
	return []answer.Event{
		{ID: id, Previous: 1, Type: "TaskScheduled", At: at, Resource: "publish.waitForTaskToken", Parameters: string(raw)},
		{ID: id + 1, Previous: id, Type: "TaskStarted", At: at},
		{ID: id + 2, Previous: id + 1, Type: "TaskSubmitted", At: at, Output: `{"MessageId":"1"}`},
	}
}

// two is an execution that invoked its function and asks about two gates at once.
func two() *cloud {
	events := []answer.Event{{ID: 1, Type: "ExecutionStarted"},
		{ID: 2, Previous: 1, Type: "TaskScheduled", Resource: "invoke", Parameters: `{"Payload":{"what":"open"}}`},
		{ID: 3, Previous: 2, Type: "TaskSucceeded", Output: `{"allowed":true}`}}
	return &cloud{events: append(append(events, asked(10, "approval", false)...), asked(20, "second", true)...)}
}

func ask(gate string, allowed bool) answer.Request {
	return answer.Request{Execution: arn, Gate: gate, Allowed: allowed, By: "ann", Why: "agreed"}
}

func TestGive_answersTheGateThatIsMeant(t *testing.T) {
	t.Parallel()
	c := two()
	q, err := answer.Give(t.Context(), c, ask("second", true))
	require.NoError(t, err)
	assert.Equal(t, []string{`token-20 {"allowed":true,"by":"ann","why":"agreed"}`}, c.sent)
	assert.Equal(t, answer.Answered, q.State)
	_, err = answer.Give(t.Context(), c, ask("approval", false))
	require.NoError(t, err)
	assert.Equal(t, `token-10 {"allowed":false,"by":"ann","why":"agreed"}`, c.sent[1])
	all := answer.Questions(c.events)
	require.Len(t, all, 2)
	assert.Equal(t, []bool{false, true}, []bool{all[0].Decision.Allowed, all[1].Decision.Allowed})
	assert.Equal(t, answer.Question{Gate: "approval", Run: "r-1", Text: "Move?", Why: "It hurts.", Token: "token-10",
		State: answer.Answered, Asked: at, Ended: at, Decision: conduct.Decision{By: "ann", Why: "agreed"}}, all[0])
}

func TestGive_byTokenAlone(t *testing.T) {
	t.Parallel()
	c := two()
	_, err := answer.Give(t.Context(), c, answer.Request{Token: "token-10", Allowed: true, By: "ann"})
	require.NoError(t, err)
	assert.Equal(t, []string{`token-10 {"allowed":true,"by":"ann"}`}, c.sent)
	for _, why := range []error{answer.ErrOver, answer.ErrUnknown} {
		c.fail = why
		_, err = answer.Give(t.Context(), c, answer.Request{Token: "token-10", Allowed: true, By: "ann"})
		require.ErrorIs(t, err, why)
	}
}

// TestGive_whenNobodyWaits: each end of a question is told, and nothing is sent.
func TestGive_whenNobodyWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  answer.Event
		want string
		is   error
	}{
		"answered": {answer.Event{Type: "TaskSucceeded", Output: `{"allowed":false,"by":"bob","why":"no"}`},
			"gate approval of run r-1: refused by bob at 2026-03-01T12:00:00Z", answer.ErrOver},
		"answered by itself": {answer.Event{Type: "TaskSucceeded", Output: `{"allowed":true,"by":"ann","why":"agreed"}`}, "", nil},
		"too late":           {answer.Event{Type: "TaskTimedOut", Error: "States.Timeout"}, "nobody answered in time", answer.ErrOver},
		"too late on an interpreter": {answer.Event{Type: "TaskFailed", Error: "States.Timeout", Cause: "x"},
			"nobody answered in time", answer.ErrOver},
		"failed":   {answer.Event{Type: "TaskFailed", Error: "Denied", Cause: "no topic"}, "Denied: no topic", answer.ErrOver},
		"rubbish":  {answer.Event{Type: "TaskSucceeded", Output: `"yes"`}, `the answer was none: "yes"`, answer.ErrOver},
		"all over": {answer.Event{Type: "ExecutionAborted"}, "the execution has ended (ExecutionAborted)", answer.ErrOver},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := two()
			c.end.ID, c.end.Previous, c.end.At = 30, 12, at
			cloud.events = append(cloud.events, c.end)
			_, err := answer.Give(t.Context(), cloud, ask("approval", true))
			assert.Empty(t, cloud.sent)
			if c.is == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestGive_knowsNoSuchGateOrExecution(t *testing.T) {
	t.Parallel()
	_, err := answer.Give(t.Context(), two(), ask("other", true))
	require.ErrorIs(t, err, answer.ErrUnknown)
	require.ErrorContains(t, err, `asks about approval (waiting), second (waiting), not about a gate "other"`)
	_, err = answer.Give(t.Context(), &cloud{}, ask("other", true))
	require.ErrorContains(t, err, "no gate so far")
	other := ask("approval", true)
	other.Execution += "2"
	_, err = answer.Give(t.Context(), two(), other)
	require.ErrorIs(t, err, answer.ErrUnknown)
}

// TestGive_takesItsOwnAnswerForGiven: the answer took place, and what came back was lost; or somebody else was faster.
func TestGive_takesItsOwnAnswerForGiven(t *testing.T) {
	t.Parallel()
	c := two()
	c.fail, c.lost = answer.ErrOver, true
	q, err := answer.Give(t.Context(), c, ask("approval", true))
	require.NoError(t, err)
	assert.Equal(t, answer.Answered, q.State)
	c = two()
	c.fail = answer.ErrOver
	_, err = answer.Give(t.Context(), c, ask("approval", true))
	require.ErrorIs(t, err, answer.ErrOver)
}

func TestRequest_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	err := answer.Request{}.Check()
	for _, want := range []string{"want one of them", "nobody is named", "gives no reason"} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, answer.Request{Execution: arn, By: "ann", Allowed: true}.Check(), "the gate is missing")
	require.ErrorContains(t, answer.Request{Token: "t", Gate: "g", By: "ann", Allowed: true}.Check(), "which question is meant")
}
