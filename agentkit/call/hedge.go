package call

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
	"github.com/failsafe-go/failsafe-go/policy"

	"redoubt/agentkit/measure"
)

// hedgeable reports whether a request may be sent twice at the same time: a
// safe method (https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods) without a body.
func hedgeable(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions:
		return !hasBody(req)
	default:
		return false
	}
}

// once makes an attempt, with a second one beside it where the first is slow
// and may be hedged. Nothing is hedged while the breaker is not closed.
func (k *attempts) once(ctx context.Context) result {
	if k.Hedge.After == Off || !hedgeable(k.req) || k.breaker != nil && !k.breaker.IsClosed() {
		return k.attempt(ctx)
	}
	var hedged atomic.Bool
	var first atomic.Pointer[result]
	hedge := hedgepolicy.NewBuilderWithDelay[result](k.Hedge.After).
		OnHedge(func(failsafe.ExecutionEvent[result]) { hedged.Store(true) }).
		// A failure ends it only while it is alone; beside another it waits for that one.
		CancelIf(func(r result, _ error) bool { return r.how == ok || !hedged.Load() }).
		Build()
	both := failsafe.With[result](hedge).WithContext(ctx)
	r, err := both.GetWithExecution(func(e failsafe.Execution[result]) (result, error) {
		if e.IsHedge() {
			return k.second(e), nil
		}
		r := k.side(e)
		first.Store(&r)
		return r, nil
	})
	switch {
	case err != nil:
		return ended(ctx, err)
	case r.how == refused:
		return *first.Load()
	default:
		return r
	}
}

// refused is a hedge that was not sent; it never is the result of an attempt.
const refused outcome = "refused"

// second is the hedge: it is sent when the share of retries allows it and
// breaker and bulkhead let it through, and is otherwise as if it had never been.
func (k *attempts) second(e failsafe.Execution[result]) result {
	if !k.retries.take() {
		return result{how: refused}
	}
	r := k.side(e)
	if r.how == open || r.how == full {
		k.retries.back()
		return result{how: refused}
	}
	k.tell(measure.Hedges, 1)
	return r
}

// side makes one of the two attempts. The policy cancels the loser, and would
// cancel the winner too: that waits until its body is closed.
func (k *attempts) side(e failsafe.Execution[result]) result {
	r := k.attempt(e.Context())
	if r.resp == nil {
		return r
	}
	if e.IsCanceled() {
		r.resp.Body.Close() // the other side won
		return ended(e.Context(), nil)
	}
	if in, can := e.(policy.ExecutionInternal[result]); can {
		r.resp.Body = held(r.resp.Body, in.DeferCancel())
	}
	return r
}
