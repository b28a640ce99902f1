package plan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/plan"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fake is a store that takes effect some time after it is set. Sleeping moves
// its time.
type fake struct {
	*clock.Virtual
	delay   time.Duration
	setAt   time.Time
	sets    int
	silent  bool // the question is not answered
	refuses error
}

func newFake(delay time.Duration) *fake { return &fake{Virtual: clock.NewVirtual(start), delay: delay} }

func (f *fake) Sleep(ctx context.Context, d time.Duration) error {
	if err := f.Advance(f.Now().Add(d)); err != nil {
		return err
	}
	return ctx.Err()
}

func (f *fake) Call(_ context.Context, call plan.Call) (plan.Document, error) {
	switch {
	case call.Operation == "Set":
		f.sets++
		f.setAt = f.Now()
		return nil, f.refuses
	case f.silent:
		return nil, errors.New("no answer")
	case f.sets > 0 && !f.Now().Before(f.setAt.Add(f.delay)):
		return plan.Document{"State": "set"}, nil
	default:
		return plan.Document{"State": "unset"}, nil
	}
}

func TestPerform_observesActsAndConfirms(t *testing.T) {
	t.Parallel()
	f := newFake(95 * time.Second)
	results, err := plan.Perform(t.Context(), f, f, plans(step("one"), step("two", "one")))
	require.NoError(t, err)
	assert.Equal(t, 1, f.sets, "what is done is not done again, and never twice while it is waited for")
	assert.Equal(t, []plan.Outcome{plan.Performed, plan.AlreadyDone}, outcomes(results))
	assert.Equal(t, 100*time.Second, results[0].Ended.Sub(results[0].Began))
}

func TestPerform_neverActsWhenItCannotTell(t *testing.T) {
	t.Parallel()
	f := newFake(0)
	f.silent = true
	results, err := plan.Perform(t.Context(), f, f, plans(step("one"), step("two", "one")))
	require.ErrorContains(t, err, "step one: cannot tell after 5m0s")
	require.ErrorContains(t, err, "no answer")
	assert.Zero(t, f.sets)
	assert.Len(t, results, 1)
	assert.Equal(t, start.Add(5*time.Minute), f.Now(), "it waited until the timeout")
}

func TestPerform_stopsWhereAFailureStops(t *testing.T) {
	t.Parallel()
	f := newFake(0)
	f.refuses = errors.New("AccessDenied")
	results, err := plan.Perform(t.Context(), f, f, plans(step("one"), step("two", "one")))
	require.ErrorIs(t, err, f.refuses)
	assert.Equal(t, []plan.Outcome{plan.Failed}, outcomes(results))

	goesOn := step("one")
	goesOn.OnFailure = plan.Continue
	f = newFake(0)
	f.refuses = errors.New("AccessDenied")
	results, err = plan.Perform(t.Context(), f, f, plans(goesOn, step("two")))
	require.NoError(t, err)
	assert.Equal(t, []plan.Outcome{plan.Failed, plan.AlreadyDone}, outcomes(results))
}

func TestPerform_givesUpAtTheTimeout(t *testing.T) {
	t.Parallel()
	f := newFake(time.Hour)
	_, err := plan.Perform(t.Context(), f, f, plans(step("one")))
	require.ErrorContains(t, err, "step one: not done after 5m0s: State is unset, want == set")
}

func TestPerform_endsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFake(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	goesOn := step("one")
	goesOn.OnFailure = plan.Continue
	results, err := plan.Perform(ctx, f, f, plans(goesOn, step("two")))
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, results, 1)
}

func outcomes(results []plan.Result) []plan.Outcome {
	out := make([]plan.Outcome, 0, len(results))
	for _, r := range results {
		out = append(out, r.Outcome)
	}
	return out
}
