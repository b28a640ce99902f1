package execute_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// ports answers with what it is given and remembers what it was asked.
type ports struct {
	answer plan.Document
	err    error
	asked  []plan.Call
}

func (p *ports) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	p.asked = append(p.asked, c)
	return p.answer, p.err
}

func lateCall() plan.Call {
	return plan.Call{Service: "store", Operation: "Cancel", Input: plan.Document{"Id": "late-id"}, Late: []plan.Late{
		{Name: "late-id", Call: plan.Call{Service: "store", Operation: "List"}, Path: "Things[0].Id"}}}
}

func TestFill_asksForWhatIsKnownOnlyNow(t *testing.T) {
	t.Parallel()
	p := &ports{answer: plan.Document{"Things": []any{plan.Document{"Id": "t-1"}}}}
	c, err := execute.Fill(t.Context(), p, lateCall())
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Id": "t-1"}, c.Input)
	assert.Empty(t, c.Late)
	require.Len(t, p.asked, 1)
	assert.Equal(t, "List", p.asked[0].Operation)
}

func TestFill_waitsForWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, answer := range []plan.Document{{}, {"Things": []any{plan.Document{"Id": 1.0}}}, {"Things": []any{plan.Document{"Id": ""}}}} {
		_, err := execute.Fill(t.Context(), &ports{answer: answer}, lateCall())
		assert.Equal(t, execute.NotFound, execute.ClassOf(err), "%v", answer)
	}
	down := &execute.ClassError{Class: execute.Throttled, Err: errors.New("slow down")}
	_, err := execute.Fill(t.Context(), &ports{err: down}, lateCall())
	assert.Equal(t, execute.Throttled, execute.ClassOf(err))
}
