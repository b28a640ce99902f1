package execute_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
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

// shelf holds one text under a name that nobody knows before it was asked for.
type shelf struct {
	*lab
	name, holds string
}

func (s *shelf) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	switch c.Operation {
	case "Name":
		return plan.Document{"Name": s.name}, nil
	case "Put":
		s.calls++
		s.holds = c.Input["Text"].(string)
	}
	return plan.Document{"Text": s.holds}, nil
}

// TestVirtual_expectsWhatIsKnownOnlyThen runs a step that is done when a text reads as another answer says.
func TestVirtual_expectsWhatIsKnownOnlyThen(t *testing.T) {
	t.Parallel()
	ask := func(operation string, in plan.Document, late ...plan.Late) plan.Call {
		return plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "shelf", Operation: operation, Input: in, Late: late}
	}
	name := plan.Late{Name: "late-name", Path: "Name", Call: ask("Name", nil)}
	s := plan.Step{ID: "one", Title: "one", Why: "a test", Source: "none", Budget: timings.R53TTL, Timeout: plan.Duration(time.Hour),
		OnFailure: plan.Stop, Role: plan.Swap, Call: ask("Put", plan.Document{"Text": "led to late-name"}, name),
		Condition: plan.Condition{Call: ask("Get", nil, name),
			All: []plan.Expect{{Path: "Text", Op: plan.Is, Value: "led to late-name"}}}}
	p, err := plan.New(plan.Plan{System: "a", Title: "a", Inventory: "a", Steps: []plan.Step{s},
		Regions: map[system.Home]string{system.Primary: "eu-west-1"}})
	require.NoError(t, err)
	for was, calls := range map[string]int{"led to a": 1, "led to b": 0} {
		at := &shelf{lab: newLab(p, nil), name: "b", holds: was}
		v := execute.Virtual{Time: at, Port: at, Store: &journal.Memory{}}
		f, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
		require.NoError(t, err)
		assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
		assert.Equal(t, []any{"led to b", calls}, []any{at.holds, at.calls}, "it held %s", was)
	}
}
