package ready_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/measure"
	"redoubt/agentkit/ready"
	"redoubt/internal/metrictest"
)

var errLost = errors.New("lease is lost")

// passes is a check that finds nothing wrong.
func passes(context.Context) error { return nil }

// loses is a check that finds something.
func loses(context.Context) error { return errLost }

func health(t *testing.T, checks ...ready.Check) (*ready.Health, *metrictest.Metrics) {
	t.Helper()
	m := metrictest.New(t)
	h, err := ready.New(checks, ready.Options{Metrics: m.Recorder})
	require.NoError(t, err)
	return h, m
}

func TestReady_onlyACriticalCheckMakesUnready(t *testing.T) {
	t.Parallel()
	h, m := health(t, ready.Check{Name: "pool", Run: passes}, ready.Check{Name: "model", Run: loses, Advisory: true})
	r := h.Ready(t.Context())
	assert.True(t, r.Ready)
	told := ready.Result{Name: "model", Advisory: true, Fault: "lease is lost"}
	assert.Equal(t, told, r.Checks[1], "it is told all the same")
	assert.InDelta(t, 1, m.Value(t, measure.Ready, "all"), 0)
	assert.InDelta(t, 1, m.Value(t, measure.Ready, "pool"), 0)

	h, m = health(t, ready.Check{Name: "pool", Run: passes}, ready.Check{Name: "lease", Run: loses})
	assert.False(t, h.Ready(t.Context()).Ready)
	assert.InDelta(t, 0, m.Value(t, measure.Ready, "all"), 0)
	assert.Len(t, m.Points(t, measure.Ready), 3)
}

func TestReady_keepsAResultForItsAgeAndTellsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		h, _ := health(t, ready.Check{Name: "pool", MaxAge: 10 * time.Second, Run: func(context.Context) error {
			if runs.Add(1) > 1 {
				return errLost
			}
			return nil
		}})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { h.Ready(t.Context()) })
		}
		all.Wait()
		assert.EqualValues(t, 1, runs.Load(), "many who ask share one run")
		time.Sleep(9 * time.Second)
		r := h.Ready(t.Context())
		assert.True(t, r.Ready)
		assert.EqualValues(t, 9000, r.Checks[0].AgeMillis)
		time.Sleep(time.Second)
		assert.False(t, h.Ready(t.Context()).Ready, "too old: looked at again")
		assert.EqualValues(t, 2, runs.Load())
	})
}

func TestReady_aCheckThatHangsFailsAndRunsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		free := make(chan struct{})
		hangs := func(context.Context) error {
			runs.Add(1)
			<-free // it does not heed its context
			return nil
		}
		h, _ := health(t, ready.Check{Name: "pool", Timeout: 2 * time.Second, MaxAge: time.Millisecond, Run: hangs})
		for range 3 {
			began := time.Now()
			r := h.Ready(t.Context())
			assert.False(t, r.Ready)
			assert.Equal(t, "took longer than its time of 2s", r.Checks[0].Fault)
			assert.Equal(t, 2*time.Second, time.Since(began))
			time.Sleep(time.Second)
		}
		assert.EqualValues(t, 1, runs.Load(), "no second one is heaped upon it")
		close(free)
		synctest.Wait()
		assert.True(t, h.Ready(t.Context()).Ready)
	})
}

func TestReady_aCheckIsToldItsTimeAndItsPanicIsAFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := health(t, ready.Check{Name: "slow", Run: func(ctx context.Context) error {
			until, bounded := ctx.Deadline()
			require.True(t, bounded)
			assert.Equal(t, time.Second, time.Until(until))
			return nil
		}}, ready.Check{Name: "broken", Run: func(context.Context) error { panic("nil map") }})
		r := h.Ready(t.Context())
		assert.True(t, r.Checks[0].OK)
		assert.Equal(t, "panic: nil map", r.Checks[1].Fault)
	})
}

func TestReady_whoAskedMayGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := health(t, ready.Check{Name: "pool", Run: func(ctx context.Context) error { return ctx.Err() }})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		assert.True(t, h.Ready(gone).Ready, "an impatient probe says nothing about the pool")
	})
}

func TestNew_tellsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := ready.New([]ready.Check{{Name: "pool", Run: passes}, {Name: "pool", Run: passes}, {Run: passes},
		{Name: "all", Run: passes}, {Name: "none"}, {Name: "past", Run: passes, Timeout: -time.Second}}, ready.Options{})
	for _, want := range []string{`check 1: name "pool" is empty, taken or "all"`, `check 2: name "" is`,
		`check 3: name "all" is`, `check "none": Run is missing`, `check "past": Timeout is -1s`} {
		require.ErrorContains(t, err, want)
	}
}

// ask asks a handler and reads what it says.
func ask(t *testing.T, h *ready.Health, path string) (int, map[string]any) {
	t.Helper()
	mux := http.NewServeMux()
	h.Register(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	var said map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &said))
	return w.Code, said
}

func TestRegister_livenessStandsApartFromReadiness(t *testing.T) {
	t.Parallel()
	h, _ := health(t, ready.Check{Name: "lease", Run: loses})
	for _, path := range []string{"/readyz", "/startupz"} {
		code, said := ask(t, h, path)
		assert.Equal(t, 503, code)
		assert.Equal(t, false, said["ready"])
	}
	code, said := ask(t, h, "/livez")
	assert.Equal(t, 200, code, "a lost lease needs no new start")
	assert.Equal(t, map[string]any{"alive": true}, said)

	h, m := health(t, ready.Check{Name: "pool", Run: passes})
	code, _ = ask(t, h, "/readyz")
	assert.Equal(t, 200, code)
	h.Drain()
	code, said = ask(t, h, "/readyz")
	assert.Equal(t, 503, code)
	assert.Equal(t, true, said["draining"])
	assert.InDelta(t, 0, m.Value(t, measure.Ready, "all"), 0)
	code, _ = ask(t, h, "/livez")
	assert.Equal(t, 200, code, "who drains is alive")

	h.Die(errors.New("the loop ended"))
	h.Die(errors.New("later"))
	code, said = ask(t, h, "/livez")
	assert.Equal(t, 503, code)
	assert.Equal(t, "the loop ended", said["fault"])
}
