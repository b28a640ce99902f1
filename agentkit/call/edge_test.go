package call_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
)

// A hedge that breaker or bulkhead refuses was not sent: it leaves the share for those that are.
func TestHedge_thatIsRefusedGivesItsShareBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 200, after: time.Second})
		c, _ := client(t, e, call.Settings{Hedge: call.Hedge{After: 100 * time.Millisecond}, RetryShare: 0.01,
			Bulkhead: call.Bulkhead{Calls: 1, Wait: call.Off}})
		for range 2 * call.RetryReserve {
			_, err := get(t, c)
			require.NoError(t, err)
		}
		e.does = inTurn(answer{status: 503}, answer{status: 200}).does
		e.seen = nil
		code, err := get(t, c)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, code, "there is a share left to retry with")
	})
}

var errGone = errors.New("the file is gone")

// What never leaves the caller says nothing about the callee.
func TestRetry_aBodyThatIsGoneIsNotTheCalleesFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := always(answer{status: 503})
		c, _ := client(t, e, call.Settings{Breaker: call.Breaker{Calls: 2, Failures: 1}})
		req := request(t, http.MethodPut, "text")
		req.GetBody = func() (io.ReadCloser, error) { return nil, errGone }
		_, err := c.RoundTrip(req)
		require.ErrorIs(t, err, errGone)
		require.ErrorIs(t, err, call.ErrBody)
		assert.False(t, c.Open(), "one attempt failed and one was not sent")
		assert.Len(t, e.seen, 1)
	})
}

// A fallback of one's own may answer without a body, or break its contract.
func TestFallback_mayAnswerWithoutABody(t *testing.T) {
	t.Parallel()
	for _, answers := range []*http.Response{{StatusCode: http.StatusNoContent}, nil} {
		c, err := call.New(call.Settings{Callee: "memory", Retries: call.Off}, call.Options{
			Transport: always(answer{err: errGone}),
			Fallback:  func(*http.Request, *call.Error) (*http.Response, error) { return answers, nil },
		})
		require.NoError(t, err)
		resp, err := c.RoundTrip(request(t, http.MethodGet, ""))
		if answers == nil {
			require.ErrorContains(t, err, "neither an answer nor an error")
			continue
		}
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Empty(t, text)
		require.NoError(t, resp.Body.Close())
	}
}

// switched is a connection that goes on after an answer of 101.
type switched struct {
	io.Reader
	strings.Builder
}

func (*switched) Close() error { return nil }

// An answer of 101 has a body that is written to (https://pkg.go.dev/net/http#Response).
func TestRoundTrip_leavesASwitchedConnectionWritable(t *testing.T) {
	t.Parallel()
	conn := &switched{Reader: strings.NewReader("hello")}
	c, err := call.New(call.Settings{Callee: "memory"}, call.Options{Transport: transport(func() (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusSwitchingProtocols, Body: conn}, nil
	})})
	require.NoError(t, err)
	resp, err := c.RoundTrip(request(t, http.MethodGet, ""))
	require.NoError(t, err)
	w, can := resp.Body.(io.Writer)
	require.True(t, can)
	_, err = io.WriteString(w, "ping")
	require.NoError(t, err)
	assert.Equal(t, "ping", conn.String())
	require.NoError(t, resp.Body.Close())

	plain, _ := client(t, always(answer{status: 200}), call.Settings{})
	resp, err = plain.RoundTrip(request(t, http.MethodGet, ""))
	require.NoError(t, err)
	_, can = resp.Body.(io.Writer)
	assert.False(t, can)
	require.NoError(t, resp.Body.Close())
}

type transport func() (*http.Response, error)

func (f transport) RoundTrip(*http.Request) (*http.Response, error) { return f() }

// A transport that panics is its writer's fault; the place that it took is the caller's.
func TestBulkhead_aPanicGivesThePlaceBack(t *testing.T) {
	t.Parallel()
	broken := true
	c, err := call.New(call.Settings{Callee: "memory", Bulkhead: call.Bulkhead{Calls: 1, Wait: call.Off}}, call.Options{
		Transport: transport(func() (*http.Response, error) {
			if broken {
				panic("a fault of the transport")
			}
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})})
	require.NoError(t, err)
	assert.Panics(t, func() { _, _ = get(t, c) })
	broken = false
	_, err = get(t, c)
	require.NoError(t, err)
}
