package ready_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/ready"
)

// agent is a real server with one slow path, and what it takes to stop it.
type agent struct {
	base    string
	stop    context.CancelFunc
	ended   chan error
	working chan struct{}
	finish  chan struct{}
	health  *ready.Health
}

func start(t *testing.T, g ready.Grace) *agent {
	t.Helper()
	h, _ := health(t, ready.Check{Name: "pool", Run: passes})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	a := &agent{base: "http://" + l.Addr().String(), stop: stop, ended: make(chan error, 1),
		working: make(chan struct{}, 1), finish: make(chan struct{}), health: h}
	mux := http.NewServeMux()
	h.Register(mux)
	mux.HandleFunc("GET /work", func(w http.ResponseWriter, req *http.Request) {
		a.working <- struct{}{}
		select {
		case <-a.finish:
		case <-req.Context().Done():
		}
		io.WriteString(w, "done") // the test reads it
	})
	go func() {
		a.ended <- ready.ServeOn(ctx, l, &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}, h, g)
	}()
	t.Cleanup(stop)
	return a
}

// status asks the server over a connection of its own; zero when nobody answers.
func (a *agent) status(t *testing.T, path string) int {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.base+path, nil)
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close() // read only
	if path == "/work" {
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "done", string(text))
	}
	return resp.StatusCode
}

func TestServe_drainsInOrder(t *testing.T) {
	t.Parallel()
	a := start(t, ready.Grace{Announce: 2 * time.Second, Finish: time.Minute})
	assert.Equal(t, 200, a.status(t, "/readyz"))
	inHand := make(chan int, 1)
	go func() { inHand <- a.status(t, "/work") }()
	<-a.working

	a.stop()
	require.Eventually(t, func() bool { return a.status(t, "/readyz") == 503 }, time.Minute, time.Millisecond,
		"readiness goes off while the server still answers")
	later := make(chan int, 1)
	go func() { later <- a.status(t, "/work") }()
	<-a.working
	assert.Equal(t, 200, a.status(t, "/livez"))

	require.Eventually(t, func() bool { return a.status(t, "/livez") == 0 }, time.Minute, 10*time.Millisecond,
		"after the announcement nothing new is taken")
	assert.Empty(t, a.ended, "it waits for what is in hand")
	close(a.finish)
	assert.Equal(t, 200, <-inHand)
	assert.Equal(t, 200, <-later, "what came during the announcement is finished too")
	require.NoError(t, <-a.ended)
}

func TestServe_cutsOffWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	a := start(t, ready.Grace{Finish: 50 * time.Millisecond})
	go http.Get(a.base + "/work") // it is cut off
	<-a.working
	a.stop()
	err := <-a.ended
	require.ErrorIs(t, err, ready.ErrUnfinished)
	require.ErrorContains(t, err, "work was cut off after 50ms")
}

func TestServe_aServerThatEndsByItselfIsDead(t *testing.T) {
	t.Parallel()
	h, _ := health(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.Error(t, ready.ServeOn(t.Context(), l, &http.Server{ReadHeaderTimeout: time.Minute}, h, ready.Grace{}))
	require.ErrorContains(t, h.Alive(), "server ended")
	nowhere := &http.Server{Addr: "127.0.0.1:-1", ReadHeaderTimeout: time.Minute}
	require.Error(t, ready.Serve(t.Context(), nowhere, h, ready.Grace{}))
}
