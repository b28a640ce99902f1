package call_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
)

func TestBudget_boundsTheWholeCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{after: time.Hour})
		c, _ := client(t, e, call.Settings{Budget: 5 * time.Second, PerTry: 2 * time.Second})
		began := time.Now()
		_, err := get(t, c)
		require.ErrorIs(t, err, call.ErrDeadline)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var e2 *call.Error
		require.True(t, errors.As(err, &e2))
		assert.Equal(t, "memory", e2.Callee)
		assert.Equal(t, 3, e2.Attempts)
		assert.Equal(t, 5*time.Second, time.Since(began))
	})
}

func TestBudget_isShortenedByTheCallersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{after: time.Hour})
		c, _ := client(t, e, call.Settings{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.RoundTrip(request(t, http.MethodGet, "").WithContext(ctx))
		require.ErrorIs(t, err, call.ErrDeadline)
		assert.Equal(t, time.Second, time.Since(began))
		assert.Equal(t, "1000", e.seen[0].Header.Get(call.DeadlineHeader), "the callee is told what remains")
	})
}

func TestPerTry_endsAnAttemptAndSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{after: time.Hour})
		c, _ := client(t, e, call.Settings{Retries: call.Off})
		began := time.Now()
		_, err := get(t, c)
		require.ErrorIs(t, err, call.ErrSlow)
		require.EqualError(t, err, "call memory: no answer within the time of an attempt: context deadline exceeded")
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Equal(t, "3000", e.seen[0].Header.Get(call.DeadlineHeader))
	})
}

func TestDeadline_nothingIsSaidWhereThereIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 200})
		c, _ := client(t, e, call.Settings{Budget: call.Off, PerTry: call.Off, Breaker: call.Breaker{Failures: call.Off}})
		_, err := get(t, c)
		require.NoError(t, err)
		assert.NotContains(t, e.seen[0].Header, call.DeadlineHeader)
	})
}

func TestWithin_takesTheShortestPatience(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, ours, envoy string
		want              time.Duration
	}{
		{"nothing told", "", "", 10 * time.Second},
		{"the caller's", "1500", "", 1500 * time.Millisecond},
		{"the mesh's", "", "700", 700 * time.Millisecond},
		{"the shorter one", "1500", "700", 700 * time.Millisecond},
		{"more than the server gives", "60000", "", 10 * time.Second},
		{"more than there is", "9223372036854775807", "", 10 * time.Second},
		{"no number", "soon", "", 10 * time.Second},
		{"gone", "0", "", 0},
		{"long gone", "-5", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var left time.Duration
				h := call.Within(10*time.Second, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
					until, bounded := req.Context().Deadline()
					require.True(t, bounded)
					left = time.Until(until)
				}))
				req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
				req.Header.Set(call.DeadlineHeader, c.ours)
				req.Header.Set(call.EnvoyHeader, c.envoy)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, req)
				assert.Equal(t, c.want, left)
				assert.Equal(t, c.want == 0, w.Code == http.StatusGatewayTimeout)
			})
		})
	}
}

// TestWithin_deadlinesShrinkAlongTheCalls goes through two servers: what the
// first one's caller still waits bounds what the second one is told.
func TestWithin_deadlinesShrinkAlongTheCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		last := always(answer{status: 200})
		c, _ := client(t, last, call.Settings{})
		h := call.Within(10*time.Second, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			time.Sleep(300 * time.Millisecond)
			resp, err := c.RoundTrip(request(t, http.MethodGet, "").WithContext(req.Context()))
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
		}))
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		req.Header.Set(call.DeadlineHeader, "1000")
		h.ServeHTTP(httptest.NewRecorder(), req)
		assert.Equal(t, "700", last.seen[0].Header.Get(call.DeadlineHeader))
	})
}
