package call

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"redoubt/agentkit/measure"
)

// Fallback answers a request that the callee did not answer well; why says what
// happened, with how many attempts. It runs under the caller's context: what the
// budget of the call has used up does not count, but nobody is asked once the caller is gone.
type Fallback func(req *http.Request, why *Error) (*http.Response, error)

// To is a fallback that sends the same request to the place of base through
// another client, with a breaker, a bulkhead and a budget of its own: another
// endpoint of the same model, say. A request that must not be repeated and may have reached the callee
// is not sent again.
func To(other *Client, base *url.URL) Fallback {
	return func(req *http.Request, why *Error) (*http.Response, error) {
		if why.Attempts > 0 && !repeatable(req) {
			return nil, why
		}
		next := req.Clone(req.Context())
		if hasBody(req) && req.GetBody == nil {
			return nil, why
		}
		if hasBody(req) {
			again, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			next.Body = again
		}
		root := *base
		if root.Path == "" {
			root.Path = "/" // else JoinPath makes a path without a slash, which no server takes
		}
		next.URL = root.JoinPath(req.URL.Path)
		next.URL.RawQuery = req.URL.RawQuery
		next.Host = ""
		return other.RoundTrip(next)
	}
}

// fallen asks the fallback where the call ended badly and somebody still waits.
// Where it fails too, the caller gets what the callee gave.
func (k *attempts) fallen(r result) result {
	if r.how == ok || k.Fallback == nil || k.req.Context().Err() != nil {
		return r
	}
	why := k.error(r)
	resp, err := k.Fallback(k.req, why)
	if err == nil && resp == nil {
		err = errNothing
	}
	if err == nil {
		k.tell(measure.Fallbacks, 1, "ok")
		r.discard()
		return result{resp: resp, how: fallback}
	}
	k.tell(measure.Fallbacks, 1, "failed")
	if r.resp == nil && err != error(why) {
		r.err = errors.Join(r.err, fmt.Errorf("fallback: %w", err))
	}
	return r
}
