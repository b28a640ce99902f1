package call_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
	"redoubt/agentkit/measure"
)

func TestBulkhead_boundsWhatRunsAndRefusesFast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 200, after: time.Second})
		c, m := client(t, e, call.Settings{Bulkhead: call.Bulkhead{Calls: 4, Wait: 200 * time.Millisecond}})
		began := time.Now()
		var all sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for range 10 {
			all.Go(func() {
				if _, err := get(t, c); errors.Is(err, call.ErrFull) {
					mu.Lock()
					defer mu.Unlock()
					refused++
					assert.Equal(t, 200*time.Millisecond, time.Since(began))
				}
			})
		}
		time.Sleep(500 * time.Millisecond)
		assert.InDelta(t, 4, m.Value(t, measure.BulkheadUsed, "memory"), 0)
		all.Wait()
		assert.Equal(t, 6, refused)
		assert.Equal(t, 4, e.most)
		assert.InDelta(t, 0, m.Value(t, measure.BulkheadUsed, "memory"), 0)
		assert.InDelta(t, 4, m.Value(t, measure.BulkheadLimit, "memory"), 0)
	})
}

func TestBulkhead_aPlaceIsHeldUntilTheAnswerIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := client(t, always(answer{status: 200}), call.Settings{Bulkhead: call.Bulkhead{Calls: 1, Wait: call.Off}})
		resp, err := c.RoundTrip(request(t, http.MethodGet, ""))
		require.NoError(t, err)
		_, err = get(t, c)
		require.ErrorIs(t, err, call.ErrFull)
		require.NoError(t, resp.Body.Close())
		require.NoError(t, resp.Body.Close(), "twice gives one place back")
		_, err = get(t, c)
		require.NoError(t, err)

		left, err := c.RoundTrip(request(t, http.MethodGet, ""))
		require.NoError(t, err)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		_, err = get(t, c)
		require.NoError(t, err, "an answer that nobody reads loses its place with its time")
		require.NoError(t, left.Body.Close())
	})
}

func TestOrder_anOpenBreakerCostsNoWaitForAPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := inTurn(answer{status: 200}, answer{status: 500})
		c, _ := client(t, e, once(call.Settings{
			Bulkhead: call.Bulkhead{Calls: 2, Wait: time.Second}, Breaker: call.Breaker{Calls: 2}}))
		held, err := c.RoundTrip(request(t, http.MethodGet, ""))
		require.NoError(t, err)
		again, err := c.RoundTrip(request(t, http.MethodGet, ""))
		require.NoError(t, err)
		began := time.Now()
		_, err = get(t, c)
		require.ErrorIs(t, err, call.ErrOpen, "not full, though both places are taken")
		assert.Zero(t, time.Since(began))
		require.NoError(t, held.Body.Close())
		require.NoError(t, again.Body.Close())
	})
}

func TestOrder_whatFindsNoProbeGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := inTurn(answer{status: 500}, answer{status: 200, after: time.Second})
		c, _ := client(t, e, once(call.Settings{
			Bulkhead: call.Bulkhead{Calls: 2, Wait: call.Off}, Breaker: call.Breaker{Calls: 1, Probes: 1}}))
		_, err := get(t, c)
		require.NoError(t, err)
		time.Sleep(5 * time.Second)
		go get(t, c) // the one probe
		synctest.Wait()
		for range 3 {
			_, err := get(t, c)
			require.ErrorIs(t, err, call.ErrOpen, "not full")
		}
	})
}

func TestOrder_refusalsAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 500})
		c, m := client(t, e, call.Settings{Breaker: call.Breaker{Calls: 2}})
		_, err := get(t, c)
		require.ErrorIs(t, err, call.ErrOpen, "the second attempt opened the breaker, the third was refused")
		assert.Equal(t, 2, e.count())
		assert.InDelta(t, 2, m.Value(t, measure.Attempts, "memory"), 0)
		require.EqualError(t, err, "call memory: circuit breaker is open after 2 attempts")
	})
}

func TestHedge_takesTheFasterOfTwoReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := inTurn(answer{status: 200, after: 2 * time.Second}, answer{status: 200, after: 100 * time.Millisecond})
		c, m := client(t, e, call.Settings{Hedge: call.Hedge{After: 300 * time.Millisecond}})
		began := time.Now()
		resp, err := c.RoundTrip(request(t, http.MethodGet, ""))
		require.NoError(t, err)
		assert.Equal(t, 400*time.Millisecond, time.Since(began))
		require.NoError(t, resp.Request.Context().Err(), "the winner can still be read")
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, "text", string(text))
		require.NoError(t, resp.Body.Close())
		require.Error(t, resp.Request.Context().Err())
		synctest.Wait()
		assert.Zero(t, e.running, "the loser was canceled")
		assert.InDelta(t, 1, m.Value(t, measure.Hedges, "memory"), 0)
		assert.InDelta(t, 0, m.Value(t, measure.BulkheadUsed, "memory"), 0, "both places are free")
	})
}

func TestHedge_waitsForTheSlowOneWhenTheSecondFails(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]answer{"fails": {status: 500}, "finds nobody": {err: errRefused}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := inTurn(answer{status: 200, after: time.Second}, second)
				c, _ := client(t, e, call.Settings{Hedge: call.Hedge{After: 300 * time.Millisecond}})
				status, err := get(t, c)
				require.NoError(t, err)
				assert.Equal(t, 200, status)
				assert.Equal(t, 2, e.count())
			})
		})
	}
}

func TestHedge_isNotSentWhereItCouldHarm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, token, text string
		full                int
	}{
		"a read with a body":    {method: "GET", text: "x", full: 9},
		"a write":               {method: "PUT", full: 9},
		"a write with a token":  {method: "POST", token: "t", full: 9},
		"no place for a second": {method: "GET", full: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := always(answer{status: 200, after: time.Second})
				client, m := client(t, e, call.Settings{
					Hedge: call.Hedge{After: 300 * time.Millisecond}, Bulkhead: call.Bulkhead{Calls: c.full}})
				req := request(t, c.method, c.text)
				req.Header.Set(call.TokenHeader, c.token)
				resp, err := client.RoundTrip(req)
				require.NoError(t, err)
				assert.Equal(t, 200, resp.StatusCode)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, 1, e.count())
				assert.Zero(t, m.Value(t, measure.Hedges, "memory"))
			})
		})
	}
}

func TestFallback_answersWhenTheCalleeCannot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		large, small := always(answer{status: 500}), always(answer{status: 200})
		other, _ := client(t, small, call.Settings{})
		base, err := url.Parse("http://small.test/v1")
		require.NoError(t, err)
		c, m := client(t, large, call.Settings{Retries: 1}, func(o *call.Options) { o.Fallback = call.To(other, base) })
		req := request(t, http.MethodPost, "question")
		req.Header.Set(call.TokenHeader, "t-1")
		resp, err := c.Do(req)
		require.NoError(t, err)
		assert.Equal(t, 200, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, 2, large.count())
		assert.Equal(t, "http://small.test/v1/facts?of=ann", small.seen[0].URL.String())
		assert.Equal(t, []string{"question"}, small.bodies)
		assert.InDelta(t, 1, m.Value(t, measure.Calls, "memory", "fallback"), 0)
		assert.InDelta(t, 1, m.Value(t, measure.Fallbacks, "memory", "ok"), 0)
	})
}

func TestFallback_isToldWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		kind   error
		status int
	}{
		"failing":   {answer{status: 502}, call.ErrStatus, 502},
		"throttled": {answer{status: 429}, call.ErrStatus, 429},
		"slow":      {answer{after: time.Hour}, call.ErrSlow, 0},
		"gone":      {answer{err: errRefused}, call.ErrTransport, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, m := client(t, always(c.answer), once(call.Settings{}), func(o *call.Options) {
					o.Fallback = func(_ *http.Request, why *call.Error) (*http.Response, error) {
						require.ErrorIs(t, why, c.kind)
						assert.Equal(t, c.status, why.Status)
						assert.Equal(t, 1, why.Attempts)
						return nil, errors.New("nothing stored")
					}
				})
				status, err := get(t, client)
				if c.status != 0 {
					require.NoError(t, err, "the callee's own answer is better than none")
					assert.Equal(t, c.status, status)
				} else {
					require.ErrorIs(t, err, c.kind)
					require.ErrorContains(t, err, "fallback: nothing stored")
				}
				assert.InDelta(t, 1, m.Value(t, measure.Fallbacks, "memory", "failed"), 0)
			})
		})
	}
}

func TestTo_sendsNothingTwiceThatMayHaveArrived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		small := always(answer{status: 200})
		other, _ := client(t, small, call.Settings{})
		base := &url.URL{Scheme: "http", Host: "small.test"}
		c, _ := client(t, always(answer{err: errRefused}), call.Settings{Breaker: call.Breaker{Calls: 1}},
			func(o *call.Options) { o.Fallback = call.To(other, base) })
		_, err := c.RoundTrip(request(t, http.MethodPost, "pay"))
		require.ErrorIs(t, err, call.ErrTransport)
		require.ErrorIs(t, err, errRefused)
		assert.Zero(t, small.count(), "it may have reached the first")

		resp, err := c.RoundTrip(request(t, http.MethodPost, "pay"))
		require.NoError(t, err, "an open breaker sent nothing, so the other may be asked")
		assert.Equal(t, "/facts?of=ann", small.seen[0].URL.RequestURI(), "a base without a path is one too")
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, []string{"pay"}, small.bodies)
	})
}

func TestFallback_isNotAskedForWhoIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := client(t, always(answer{after: time.Hour}), call.Settings{}, func(o *call.Options) {
			o.Fallback = func(*http.Request, *call.Error) (*http.Response, error) {
				assert.Fail(t, "asked")
				return nil, errRefused
			}
		})
		_, err := c.RoundTrip(request(t, http.MethodPost, "x").WithContext(canceledAfter(t, time.Second)))
		require.ErrorIs(t, err, call.ErrCanceled)
	})
}
