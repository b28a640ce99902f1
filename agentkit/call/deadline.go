package call

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// DeadlineHeader tells a callee how long its caller still waits for this
// attempt, in whole milliseconds. The time that remains needs no common clock, as
// in grpc-timeout (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
const DeadlineHeader = "X-Request-Timeout-Ms"

// EnvoyHeader is what Envoy, and so a mesh of it, tells a callee of its own timeout
// (in Envoy's documents: HTTP filters, router, x-envoy-expected-rq-timeout-ms).
const EnvoyHeader = "X-Envoy-Expected-Rq-Timeout-Ms"

// longestTold bounds what a header may say; most bounds it further.
const longestTold = 24 * time.Hour

// Within is a server's side of the deadline: it runs next under a context that
// ends with the caller's patience, told by DeadlineHeader or EnvoyHeader, and after
// most at the latest. Calls that next makes with this context have what remains. A request whose time has
// gone is answered 504 and not begun; a header that is no number tells nothing.
func Within(most time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		left := most
		for _, name := range []string{DeadlineHeader, EnvoyHeader} {
			if told, err := strconv.ParseInt(req.Header.Get(name), 10, 64); err == nil {
				left = min(left, time.Duration(min(max(told, 0), longestTold.Milliseconds()))*time.Millisecond)
			}
		}
		if left <= 0 {
			http.Error(w, "the caller's deadline has passed", http.StatusGatewayTimeout)
			return
		}
		ctx, cancel := context.WithTimeout(req.Context(), left)
		defer cancel()
		next.ServeHTTP(w, req.WithContext(ctx))
	})
}
