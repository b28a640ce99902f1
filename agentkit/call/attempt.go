package call

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"redoubt/agentkit/measure"
)

// newBreaker is closed, and tells each change of its state.
func (c *Client) newBreaker() circuitbreaker.CircuitBreaker[any] {
	b := c.Breaker
	states := map[circuitbreaker.State]float64{
		circuitbreaker.ClosedState: 0, circuitbreaker.HalfOpenState: 1, circuitbreaker.OpenState: 2}
	return circuitbreaker.NewBuilder[any]().
		WithFailureRateThreshold(b.Failures, uint(b.Calls), b.Window).
		WithSuccessThreshold(uint(b.Probes)).
		WithDelay(b.Open).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) { c.tell(measure.BreakerState, states[e.NewState]) }).
		Build()
}

// Open reports whether the breaker refuses calls now: readiness may ask.
func (c *Client) Open() bool { return c.breaker != nil && c.breaker.RemainingDelay() > 0 }

// attempt passes breaker and bulkhead and sends the request once.
func (k *attempts) attempt(ctx context.Context) result {
	if k.Open() {
		return result{how: open}
	}
	leave, err := k.enter(ctx)
	switch {
	case errors.Is(err, bulkhead.ErrFull):
		return result{how: full}
	case err != nil:
		return ended(ctx, err)
	}
	body, err := k.body()
	if err != nil { // nothing is sent, so nothing speaks against the callee
		leave()
		return result{err: err, how: unsent}
	}
	if k.breaker != nil && !k.breaker.TryAcquirePermit() {
		if body != nil && k.sent.Load() > 0 { // else the call closes it
			body.Close() // it was never read
		}
		leave()
		return result{how: open}
	}
	return k.send(ctx, body, leave)
}

// body is the request's, for the first attempt and then again for each.
func (k *attempts) body() (io.ReadCloser, error) {
	if k.sent.Load() == 0 || !hasBody(k.req) {
		return k.req.Body, nil
	}
	return k.req.GetBody()
}

// enter takes a place in the bulkhead; leave gives it back, once.
func (k *attempts) enter(ctx context.Context) (leave func(), err error) {
	if k.bulkhead == nil {
		return func() {}, nil
	}
	if err := k.bulkhead.AcquirePermitWithMaxWait(ctx, max(k.Bulkhead.Wait, 0)); err != nil {
		return nil, err
	}
	k.tell(measure.BulkheadUsed, 1)
	return sync.OnceFunc(func() {
		k.bulkhead.ReleasePermit()
		k.tell(measure.BulkheadUsed, -1)
	}), nil
}

// send makes one attempt within its time. The place is left when there is no
// answer, when the answer's body is closed, or when the attempt's time ends.
func (k *attempts) send(ctx context.Context, body io.ReadCloser, leave func()) result {
	try, cancel := k.within(ctx, k.PerTry, errTry)
	r := result{how: transport}
	defer func() { // also when the transport panics
		k.learn(r)
		if r.resp == nil {
			cancel()
			leave()
		}
	}()
	k.tell(measure.Attempts, 1)
	resp, err := k.Transport.RoundTrip(k.next(try, body))
	if r = judge(try, resp, err); r.resp != nil {
		context.AfterFunc(try, leave)
		r.resp.Body = held(r.resp.Body, func() { cancel(); leave() })
	}
	return r
}

// next is the request of the next attempt, which tells how much time it has.
func (k *attempts) next(ctx context.Context, body io.ReadCloser) *http.Request {
	k.sent.Add(1)
	req := k.req.Clone(ctx)
	req.Body = body
	if until, bounded := ctx.Deadline(); bounded {
		req.Header.Set(DeadlineHeader, millis(until.Sub(k.clock.Now())))
	}
	return req
}

// learn tells the breaker what came of an attempt. One that the caller took
// back says nothing about the callee, but a probe must give its permit back.
func (k *attempts) learn(r result) {
	switch {
	case k.breaker == nil:
	case r.how == ok, r.resp != nil && !failure(r.resp.StatusCode):
		k.breaker.RecordSuccess()
	case r.how != canceled, k.breaker.IsHalfOpen():
		k.breaker.RecordFailure()
	}
}

// millis is a duration in whole milliseconds, rounded down, never negative.
func millis(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 0), 10) }
