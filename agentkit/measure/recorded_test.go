package measure_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
	"redoubt/agentkit/flags"
	"redoubt/agentkit/measure"
	"redoubt/agentkit/ready"
	"redoubt/internal/metrictest"
)

// scenarios use packages of agentkit as an agent does; together they must
// record every one of measure.Exercised.
var scenarios = map[string]func(*testing.T, *measure.Recorder){
	"call": useCall, "flags": useFlags, "ready": useReady,
}

func TestInstruments_areAllReallyRecorded(t *testing.T) {
	t.Parallel()
	m := metrictest.New(t)
	for name, use := range scenarios {
		t.Run(name, func(t *testing.T) { use(t, m.Recorder) })
	}
	for _, i := range measure.Exercised {
		points := m.Points(t, i)
		assert.NotEmpty(t, points, "nothing records %s", i.Name)
		for _, p := range points {
			assert.Equal(t, i.Unit, p.Unit, i.Name)
			assert.NotContains(t, p.By, measure.Unknown, "%s is recorded without %q", i.Name, i.By)
			assert.NotContains(t, p.By, "", "%s is recorded with an empty one of %q", i.Name, i.By)
		}
	}
}

// answers is a callee that answers in turn, and the same at the end; zero is a slow answer of 200.
func answers(all ...int) http.RoundTripper {
	var n atomic.Int32
	return transport(func(req *http.Request) (*http.Response, error) {
		status := all[min(int(n.Add(1))-1, len(all)-1)]
		if status == 0 {
			select {
			case <-req.Context().Done():
				return nil, context.Cause(req.Context())
			case <-time.After(time.Minute):
			}
		}
		return &http.Response{StatusCode: status, Header: http.Header{}, Request: req,
			Body: io.NopCloser(strings.NewReader(""))}, nil
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func useCall(t *testing.T, r *measure.Recorder) {
	instead := func(req *http.Request, _ *call.Error) (*http.Response, error) { return answers(200).RoundTrip(req) }
	for _, c := range []struct {
		method string
		callee http.RoundTripper
		change func(*call.Settings, *call.Options)
	}{
		{"GET", answers(503, 200), func(*call.Settings, *call.Options) {}},
		{"POST", answers(503), func(*call.Settings, *call.Options) {}},
		{"GET", answers(0, 200), func(s *call.Settings, _ *call.Options) { s.Hedge.After = time.Millisecond }},
		{"POST", answers(503), func(_ *call.Settings, o *call.Options) { o.Fallback = instead }},
	} {
		s := call.Settings{Callee: "memory", Backoff: call.Backoff{Base: call.Off}}
		o := call.Options{Transport: c.callee, Metrics: r}
		c.change(&s, &o)
		client, err := call.New(s, o)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), c.method, "http://memory.test", nil)
		require.NoError(t, err)
		resp, err := client.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
}

func useFlags(t *testing.T, r *measure.Recorder) {
	require.NoError(t, flags.NewProvider(flags.Fixed{}, flags.Options{Metrics: r}).Poll(t.Context()))
	flags.NewLevels("planner", r, openfeature.NewClient(t.Name())).Close()
}

func useReady(t *testing.T, r *measure.Recorder) {
	pool := ready.Check{Name: "pool", Run: func(context.Context) error { return nil }}
	h, err := ready.New([]ready.Check{pool}, ready.Options{Metrics: r})
	require.NoError(t, err)
	assert.True(t, h.Ready(t.Context()).Ready)
}
