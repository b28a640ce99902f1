package call_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
	"redoubt/agentkit/measure"
)

var errRefused = errors.New("connection refused")

func TestRetry_waitsWithFullJitterAndDoubles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := inTurn(answer{err: errRefused}, answer{status: 503}, answer{status: 200})
		c, m := client(t, e, call.Settings{})
		status, err := get(t, c)
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		assert.Equal(t, 50*time.Millisecond, e.at[1].Sub(e.at[0]), "half of 100 ms")
		assert.Equal(t, 100*time.Millisecond, e.at[2].Sub(e.at[1]), "half of 200 ms")
		assert.InDelta(t, 1, m.Value(t, measure.Retries, "memory", "transport"), 0)
		assert.InDelta(t, 1, m.Value(t, measure.Retries, "memory", "status"), 0)
		assert.InDelta(t, 3, m.Value(t, measure.Attempts, "memory"), 0)
		assert.InDelta(t, 1, m.Value(t, measure.Calls, "memory", "ok"), 0)
	})
}

func TestRetry_honoursRetryAfter(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func() string{
		"seconds": func() string { return "2" },
		"date":    func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		for _, status := range []int{429, 503} {
			t.Run(fmt.Sprintf("%s of %d", name, status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					e := inTurn(answer{status: status, header: map[string]string{"Retry-After": after()}}, answer{status: 200})
					c, _ := client(t, e, call.Settings{})
					got, err := get(t, c)
					require.NoError(t, err)
					assert.Equal(t, 200, got)
					assert.Equal(t, 2050*time.Millisecond, e.at[1].Sub(e.at[0]))
				})
			})
		}
	}
}

func TestRetry_isNotWaitedForBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 429, header: map[string]string{"Retry-After": "3600"}})
		c, m := client(t, e, call.Settings{})
		began := time.Now()
		status, err := get(t, c)
		require.NoError(t, err, "the answer itself is what the caller gets")
		assert.Equal(t, 429, status)
		assert.Equal(t, 1, e.count())
		assert.Zero(t, time.Since(began), "at once")
		assert.InDelta(t, 1, m.Value(t, measure.RetriesRefused, "memory", "deadline"), 0)
	})
}

func TestRetry_onlyWhatMayBeRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, text, token string
		want                int
	}{
		{"GET", "", "", 3}, {"HEAD", "", "", 3}, {"PUT", "x", "", 3}, {"DELETE", "", "", 3},
		{"POST", "x", "", 1}, {"PATCH", "x", "", 1}, {"POST", "", "", 1},
		{"POST", "x", "t-1", 3}, {"PATCH", "x", "t-1", 3},
	} {
		t.Run(c.method+c.token, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := always(answer{status: 500})
				client, m := client(t, e, call.Settings{})
				req := request(t, c.method, c.text)
				req.Header.Set(call.TokenHeader, c.token)
				resp, err := client.RoundTrip(req)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, c.want, e.count())
				for _, body := range e.bodies {
					assert.Equal(t, c.text, body, "each attempt has the whole body")
				}
				if c.want == 1 {
					assert.InDelta(t, 1, m.Value(t, measure.RetriesRefused, "memory", "unsafe"), 0)
				}
			})
		})
	}
}

func TestRetry_aBodyThatCannotBeHadAgainIsSentOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 500})
		c, _ := client(t, e, call.Settings{})
		req := request(t, http.MethodPut, "x")
		req.GetBody = nil
		resp, err := c.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, 1, e.count())
	})
}

func TestRetry_noneForWhatAnotherAttemptWouldGetToo(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 400, 404, 409, 501} {
		synctest.Test(t, func(t *testing.T) {
			e := always(answer{status: status})
			c, _ := client(t, e, call.Settings{})
			got, err := get(t, c)
			require.NoError(t, err)
			assert.Equal(t, status, got)
			assert.Equal(t, 1, e.count())
		})
	}
}

// TestRetry_neverMoreThanTheShare draws calls of all kinds against an endpoint
// that fails at random, many at a time, and counts what was sent.
func TestRetry_neverMoreThanTheShare(t *testing.T) {
	t.Parallel()
	eachSeed(t, storm)
}

func storm(t *testing.T, seed uint64) {
	chance := chances(seed)
	failing, share := 0.2+0.8*chance(), 0.05+0.5*chance()
	e := &endpoint{does: func(int, *http.Request) answer {
		if chance() < failing {
			return answer{status: 503, after: time.Duration(chance() * float64(time.Second))}
		}
		return answer{status: 200, after: time.Duration(chance() * float64(time.Second))}
	}}
	c, m := client(t, e, call.Settings{RetryShare: share, Retries: 1 + int(5*chance()),
		Breaker: call.Breaker{Failures: call.Off}, Bulkhead: call.Bulkhead{Calls: call.Off},
		Hedge: call.Hedge{After: 300 * time.Millisecond}},
		func(o *call.Options) { o.Jitter = chance })
	const calls = 300
	var all sync.WaitGroup
	posts := 0
	for range calls {
		method := []string{"GET", "POST", "PUT"}[int(3*chance())]
		if method == "POST" {
			posts++
		}
		all.Go(func() {
			if resp, err := c.RoundTrip(request(t, method, "")); err == nil {
				resp.Body.Close() // a test's own
			}
		})
		time.Sleep(time.Duration(chance() * float64(50*time.Millisecond)))
	}
	all.Wait()
	extra := e.count() - calls
	assert.LessOrEqual(t, float64(extra), call.RetryReserve+share*calls,
		"seed %d: share %.2f, failing %.2f", seed, share, failing)
	assert.Positive(t, extra, "seed %d: something was tried again", seed)
	sent := 0
	for _, req := range e.seen {
		if req.Method == "POST" {
			sent++
		}
	}
	assert.Equal(t, posts, sent, "seed %d: a POST without token is sent once", seed)
	assert.InDelta(t, e.count(), m.Value(t, measure.Attempts, "memory"), 0, "seed %d", seed)
}

func TestRetry_stopsWhenTheCallerDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 503, header: map[string]string{"Retry-After": "5"}})
		c, m := client(t, e, call.Settings{})
		_, err := c.RoundTrip(request(t, http.MethodGet, "").WithContext(canceledAfter(t, time.Second)))
		require.ErrorIs(t, err, call.ErrCanceled)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, e.count())
		assert.InDelta(t, 1, m.Value(t, measure.Calls, "memory", "canceled"), 0)
	})
}
