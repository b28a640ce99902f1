package call

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
)

// Options are what a client works with; a zero field means what its comment says.
type Options struct {
	// Transport sends a request; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Fallback answers when the callee could not; nil means that nothing does.
	Fallback Fallback
	// Metrics records the figures of package measure; nil records nothing.
	Metrics *measure.Recorder
	// Jitter gives random numbers from 0 to below 1; nil means the generator of math/rand/v2.
	Jitter func() float64
}

// Client calls one callee. It is an http.RoundTripper, and safe for concurrent
// use: all callers of a callee must share one, or its breaker, bulkhead and
// retry budget see only a part.
type Client struct {
	Settings
	Options
	clock    clock.Clock
	retries  *allowance
	breaker  circuitbreaker.CircuitBreaker[any]
	bulkhead bulkhead.Bulkhead[any]
}

var _ http.RoundTripper = (*Client)(nil)

// New returns a client, or all faults of its settings.
func New(s Settings, o Options) (*Client, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	c := &Client{Settings: s.Resolved(), Options: o, clock: clock.Wall{}}
	c.retries = newAllowance(c.RetryShare)
	if c.Breaker.Failures != Off {
		c.breaker = c.newBreaker()
		c.tell(measure.BreakerState, 0)
	}
	if c.Bulkhead.Calls != Off {
		c.bulkhead = bulkhead.New[any](uint(c.Bulkhead.Calls))
		c.tell(measure.BulkheadLimit, float64(c.Bulkhead.Calls))
	}
	return c, nil
}

// Do sends the request as http.Client does: it follows redirects, each as a
// call of its own, and wraps an Error in a url.Error.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	return (&http.Client{Transport: c}).Do(req)
}

// RoundTrip makes one call. An answer of any status is no error; an error is an
// *Error. The answer's body must be closed: until then it holds its place.
func (c *Client) RoundTrip(req *http.Request) (*http.Response, error) {
	began := c.clock.Now()
	k := &attempts{Client: c, req: req}
	ctx, cancel := k.within(req.Context(), k.Budget, nil)
	r := k.retried(ctx)
	if k.sent.Load() == 0 && req.Body != nil {
		req.Body.Close() // it was never read
	}
	r = k.fallen(r)
	took := c.clock.Now().Sub(began)
	c.tell(measure.Calls, 1, string(r.how))
	c.tell(measure.CallDuration, took.Seconds(), string(r.how))
	if r.resp == nil {
		cancel()
		return nil, k.error(r)
	}
	r.resp.Body = held(r.resp.Body, cancel)
	return r.resp, nil
}

// attempts are what is sent for one call.
type attempts struct {
	*Client
	req  *http.Request
	sent atomic.Int32
}

// within bounds a context by a time that may be Off; cause is what it then ends by.
func (k *attempts) within(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	if d == Off {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, d, cause)
}

// error is what the caller gets when there is no answer.
func (k *attempts) error(r result) *Error {
	e := &Error{Callee: k.Callee, Kind: r.how.kind(), Attempts: int(k.sent.Load()), Cause: r.err}
	if r.resp != nil {
		e.Status = r.resp.StatusCode
	}
	return e
}

// tell records a figure of this callee.
func (c *Client) tell(i measure.Instrument, value float64, by ...string) {
	c.Metrics.Record(context.Background(), i, value, append([]string{c.Callee}, by...)...)
}

// String names the callee.
func (c *Client) String() string { return fmt.Sprintf("client of %s", c.Callee) }
