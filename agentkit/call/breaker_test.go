package call_test

import (
	"context"
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

// once is settings without retries, so that each call is one attempt.
func once(s call.Settings) call.Settings {
	s.Retries = call.Off
	return s
}

func TestBreaker_opensProbesAndCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := true
		e := &endpoint{}
		e.does = func(int, *http.Request) answer {
			if bad {
				return answer{status: 500}
			}
			return answer{status: 200}
		}
		c, m := client(t, e, once(call.Settings{Breaker: call.Breaker{Calls: 4, Probes: 2}}))
		for range 4 {
			_, err := get(t, c)
			require.NoError(t, err)
		}
		assert.InDelta(t, 2, m.Value(t, measure.BreakerState, "memory"), 0)
		_, err := get(t, c)
		require.ErrorIs(t, err, call.ErrOpen)
		require.EqualError(t, err, "call memory: circuit breaker is open")
		assert.True(t, c.Open())
		assert.Equal(t, 4, e.count(), "an open breaker sends nothing")

		time.Sleep(5 * time.Second)
		assert.False(t, c.Open())
		_, err = get(t, c)
		require.NoError(t, err, "a probe is sent, and fails")
		_, err = get(t, c)
		require.ErrorIs(t, err, call.ErrOpen)

		time.Sleep(5 * time.Second)
		bad = false
		_, err = get(t, c)
		require.NoError(t, err)
		assert.InDelta(t, 1, m.Value(t, measure.BreakerState, "memory"), 0, "one good probe of two")
		_, err = get(t, c)
		require.NoError(t, err)
		assert.InDelta(t, 0, m.Value(t, measure.BreakerState, "memory"), 0)
		assert.InDelta(t, 2, m.Value(t, measure.Calls, "memory", "open"), 0)
	})
}

func TestBreaker_knowsWhatSpeaksAgainstTheCallee(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		cancel bool
		opens  bool
	}{
		"500":        {answer: answer{status: 500}, opens: true},
		"503":        {answer: answer{status: 503}, opens: true},
		"no answer":  {answer: answer{err: errRefused}, opens: true},
		"slow":       {answer: answer{after: time.Hour}, opens: true},
		"throttling": {answer: answer{status: 429}},
		"501":        {answer: answer{status: 501}},
		"404":        {answer: answer{status: 404}},
		"taken back": {answer: answer{after: time.Hour}, cancel: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := client(t, always(c.answer), once(call.Settings{Breaker: call.Breaker{Calls: 2}}))
				for range 2 {
					ctx, cancel := context.WithCancel(t.Context())
					if c.cancel {
						time.AfterFunc(time.Second, cancel)
					}
					if resp, err := client.RoundTrip(request(t, http.MethodGet, "").WithContext(ctx)); err == nil {
						require.NoError(t, resp.Body.Close())
					}
					cancel()
				}
				assert.Equal(t, c.opens, client.Open())
			})
		})
	}
}

func TestBreaker_aProbeTakenBackDidNotProveAnything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := inTurn(answer{status: 500}, answer{after: time.Hour}, answer{status: 200})
		c, _ := client(t, e, once(call.Settings{Breaker: call.Breaker{Calls: 1, Probes: 1}}))
		_, err := get(t, c)
		require.NoError(t, err)
		time.Sleep(5 * time.Second)
		_, err = c.RoundTrip(request(t, http.MethodGet, "").WithContext(canceledAfter(t, time.Second)))
		require.ErrorIs(t, err, call.ErrCanceled)
		assert.True(t, c.Open(), "it opens again, and its permit is not lost")
		time.Sleep(5 * time.Second)
		_, err = get(t, c)
		require.NoError(t, err)
	})
}

func TestBreaker_neitherFullNorOpenCountAgainstTheCallee(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 200, after: time.Second})
		c, m := client(t, e, once(call.Settings{
			Bulkhead: call.Bulkhead{Calls: 1, Wait: call.Off}, Breaker: call.Breaker{Calls: 2}}))
		for range 50 {
			go get(t, c) // most are refused
		}
		time.Sleep(2 * time.Second)
		assert.False(t, c.Open())
		assert.InDelta(t, 49, m.Value(t, measure.Calls, "memory", "full"), 0)
	})
}

// TestBreaker_neverMoreProbesThanAllowed draws loads on an endpoint that is
// down and comes back, and counts what runs while the breaker is half-open.
func TestBreaker_neverMoreProbesThanAllowed(t *testing.T) {
	t.Parallel()
	eachSeed(t, probes)
}

func probes(t *testing.T, seed uint64) {
	chance := chances(seed)
	allowed := 1 + int(4*chance())
	open := time.Duration(3+int(5*chance())) * time.Second
	began := time.Now()
	back := began.Add(time.Duration(20+int(20*chance())) * time.Second)
	e := &endpoint{does: func(int, *http.Request) answer {
		after := time.Duration(chance() * float64(2900*time.Millisecond))
		if time.Now().Before(back) {
			return answer{status: 500, after: after}
		}
		return answer{status: 200, after: after}
	}}
	c, m := client(t, e, once(call.Settings{Breaker: call.Breaker{Calls: 5, Open: open, Probes: allowed},
		Bulkhead: call.Bulkhead{Calls: call.Off}}))
	opened := time.Time{}
	var all sync.WaitGroup
	for time.Since(began) < time.Minute {
		all.Go(func() { get(t, c) }) // many are refused
		synctest.Wait()
		state := m.Value(t, measure.BreakerState, "memory")
		if state == 2 && opened.IsZero() {
			opened = time.Now()
		}
		if state == 1 {
			e.mu.Lock()
			assert.LessOrEqual(t, e.running, allowed, "seed %d at %s", seed, time.Since(began))
			e.mu.Unlock()
		}
		time.Sleep(time.Duration(chance() * float64(200*time.Millisecond)))
	}
	all.Wait()
	assert.False(t, opened.IsZero(), "seed %d: it opened", seed)
	assert.InDelta(t, 0, m.Value(t, measure.BreakerState, "memory"), 0, "seed %d: it closed again", seed)
}
