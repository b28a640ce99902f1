package call_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
	"redoubt/internal/metrictest"
)

// answer is what the endpoint does with one request.
type answer struct {
	status int
	after  time.Duration
	header map[string]string
	err    error
}

// endpoint is a callee in virtual time that is slow, failing or throttling as
// it is told, and remembers what it saw.
type endpoint struct {
	// does says what happens to the request with number n, from 0.
	does func(n int, req *http.Request) answer

	mu            sync.Mutex
	seen          []*http.Request
	at            []time.Time
	bodies        []string
	running, most int
}

// always answers every request in the same way.
func always(a answer) *endpoint {
	return &endpoint{does: func(int, *http.Request) answer { return a }}
}

// inTurn gives one answer after the other, and then the last for ever.
func inTurn(all ...answer) *endpoint {
	return &endpoint{does: func(n int, _ *http.Request) answer { return all[min(n, len(all)-1)] }}
}

func (e *endpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	a := e.enter(req)
	defer e.leave()
	select {
	case <-req.Context().Done():
		return nil, context.Cause(req.Context())
	case <-time.After(a.after):
	}
	if a.err != nil {
		return nil, a.err
	}
	resp := &http.Response{StatusCode: a.status, Header: http.Header{}, Request: req,
		Body: io.NopCloser(strings.NewReader("text"))}
	for name, value := range a.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

func (e *endpoint) enter(req *http.Request) answer {
	text := ""
	if req.Body != nil {
		read, _ := io.ReadAll(req.Body)
		text = string(read)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	n := len(e.seen)
	e.seen, e.at, e.bodies = append(e.seen, req), append(e.at, time.Now()), append(e.bodies, text)
	e.running++
	e.most = max(e.most, e.running)
	return e.does(n, req)
}

func (e *endpoint) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.running--
}

// count is how many requests came.
func (e *endpoint) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.seen)
}

// eachSeed runs a property in virtual time under twenty seeds, which are the names of its tests.
func eachSeed(t *testing.T, property func(*testing.T, uint64)) {
	t.Helper()
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { property(t, seed) })
		})
	}
}

// chances draws numbers from 0 to below 1, for all who ask.
func chances(seed uint64) func() float64 {
	var mu sync.Mutex
	draw := rand.New(rand.NewPCG(seed, 1))
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return draw.Float64()
	}
}

// half makes each wait half of what is possible.
func half() float64 { return 0.5 }

// client calls the endpoint as "memory".
func client(t *testing.T, e http.RoundTripper, s call.Settings, change ...func(*call.Options)) (
	*call.Client, *metrictest.Metrics) {
	t.Helper()
	s.Callee = "memory"
	m := metrictest.New(t)
	o := call.Options{Transport: e, Metrics: m.Recorder, Jitter: half}
	for _, c := range change {
		c(&o)
	}
	c, err := call.New(s, o)
	require.NoError(t, err)
	return c, m
}

func request(t *testing.T, method, text string) *http.Request {
	t.Helper()
	var body io.Reader
	if text != "" {
		body = strings.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://memory.test/facts?of=ann", body)
	require.NoError(t, err)
	return req
}

// get makes one read and closes its answer; the status is zero where there is none.
func get(t *testing.T, c *call.Client) (int, error) {
	t.Helper()
	resp, err := c.RoundTrip(request(t, http.MethodGet, ""))
	if err != nil {
		return 0, err
	}
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, nil
}

// canceledAfter is a context of a caller who goes.
func canceledAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(d, cancel)
	return ctx
}
