package call

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"redoubt/agentkit/measure"
)

// TokenHeader carries the idempotency token of a request: a callee does what it
// asks once, however often it comes
// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
// Go's own transport knows the header too: with it, it sends a request again whose connection broke
// before an answer came (https://pkg.go.dev/net/http#Transport).
const TokenHeader = "Idempotency-Key"

// repeatable reports whether a request may be sent twice: its method is
// idempotent (https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods) or it
// carries a token, and its body can be had again.
func repeatable(req *http.Request) bool {
	if hasBody(req) && req.GetBody == nil {
		return false
	}
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	default:
		return req.Header.Get(TokenHeader) != ""
	}
}

func hasBody(req *http.Request) bool { return req.Body != nil && req.Body != http.NoBody }

// retried makes the first attempt and what may follow it.
func (k *attempts) retried(ctx context.Context) result {
	k.retries.earn()
	for n := 0; ; n++ {
		r := k.once(ctx)
		wait, again := k.again(ctx, r, n)
		if !again {
			return r
		}
		r.discard()
		if k.clock.Sleep(ctx, wait) != nil {
			return ended(ctx, nil)
		}
		k.tell(measure.Retries, 1, string(r.how))
	}
}

// again reports whether attempt n is followed by another, and after how long.
func (k *attempts) again(ctx context.Context, r result, n int) (time.Duration, bool) {
	if r.how != status && r.how != transport && r.how != slow || n >= max(k.Retries, 0) {
		return 0, false
	}
	wait := k.wait(r, n)
	why := ""
	switch until, bounded := ctx.Deadline(); {
	case !repeatable(k.req):
		why = "unsafe"
	case bounded && until.Sub(k.clock.Now()) <= wait:
		why = "deadline"
	case !k.retries.take():
		why = "share"
	default:
		return wait, true
	}
	k.tell(measure.RetriesRefused, 1, why)
	return 0, false
}

// wait is a random part of the backoff, on top of what a throttling callee asks for.
func (k *attempts) wait(r result, n int) time.Duration {
	most := time.Duration(0)
	if k.Backoff.Base != Off {
		most = min(k.Backoff.Base<<n, k.Backoff.Max)
	}
	wait := time.Duration(k.Jitter() * float64(most))
	if r.resp != nil {
		wait += retryAfter(r.resp, k.clock.Now())
	}
	return wait
}

// longestAsked bounds what a Retry-After may ask for; the deadline refuses long before.
const longestAsked = 24 * time.Hour

// retryAfter is what an answer of 429 or 503 asks the caller to wait, in
// seconds or until a date (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	value := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(time.Duration(min(max(seconds, 0), int(longestAsked/time.Second)))*time.Second, longestAsked)
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), longestAsked)
	}
	return 0
}
