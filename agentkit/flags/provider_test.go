package flags_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	agent "redoubt/agentkit/flags"
	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/internal/metrictest"
	"redoubt/system/flags"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// local is AppConfig's local agent: it serves one profile, or fails.
type local struct {
	mu     sync.Mutex
	status int
	text   string
	asked  []string
}

func (l *local) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, req.URL.EscapedPath())
	w.WriteHeader(l.status)
	w.Write([]byte(l.text)) // the test reads it
}

func (l *local) says(status int, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.text = status, text
}

const (
	full = `{"planner":{"enabled":true,"level":"full","reduced-off":["deep-research"],"reduced-fallback":"small-model"},
		"tuning":{"enabled":false,"share":0.5,"tries":3,"name":"x"}}`
	reduced = `{"planner":{"enabled":true,"level":"reduced","reduced-off":["deep-research"]}}`
)

// served is a provider on a local agent of AppConfig, in virtual time.
func served(t *testing.T) (*agent.Provider, *local, *clock.Virtual, *metrictest.Metrics) {
	t.Helper()
	l := &local{status: http.StatusOK, text: full}
	s := httptest.NewServer(l)
	t.Cleanup(s.Close)
	v, m := clock.NewVirtual(start), metrictest.New(t)
	source := agent.AppConfig{Base: s.URL, Application: "atlas", Environment: "primary", Profile: "levels/planner"}
	p := agent.NewProvider(source, agent.Options{Every: 5 * time.Second, Clock: v, Metrics: m.Recorder})
	return p, l, v, m
}

// next is the next event, or nothing.
func next(p *agent.Provider) (openfeature.EventType, []string) {
	select {
	case e := <-p.EventChannel():
		return e.EventType, e.FlagChanges
	default:
		return "", nil
	}
}

func TestProvider_readsWhatTheLocalAgentServes(t *testing.T) {
	t.Parallel()
	p, l, _, _ := served(t)
	require.NoError(t, p.Poll(t.Context()))
	assert.Equal(t, []string{"/applications/atlas/environments/primary/configurations/levels%2Fplanner"}, l.asked)
	ctx := t.Context()
	assert.True(t, p.BooleanEvaluation(ctx, "planner", false, nil).Value)
	assert.False(t, p.BooleanEvaluation(ctx, "tuning", true, nil).Value)
	assert.Equal(t, "full", p.StringEvaluation(ctx, "planner.level", "none", nil).Value)
	assert.InDelta(t, 0.5, p.FloatEvaluation(ctx, "tuning.share", 0, nil).Value, 0)
	assert.EqualValues(t, 3, p.IntEvaluation(ctx, "tuning.tries", 0, nil).Value)
	assert.Equal(t, openfeature.StaticReason, p.ObjectEvaluation(ctx, "planner", nil, nil).Reason)
}

func TestProvider_givesTheDefaultAndSaysWhy(t *testing.T) {
	t.Parallel()
	p, _, _, _ := served(t)
	ctx := t.Context()
	none := p.StringEvaluation(ctx, "planner.level", "mine", nil)
	assert.Equal(t, "mine", none.Value)
	require.ErrorContains(t, none.Error(), "nothing was read yet from appconfig")
	require.NoError(t, p.Poll(ctx))
	for want, got := range map[string]error{
		`no flag "gone" in appconfig`:                   p.BooleanEvaluation(ctx, "gone", true, nil).Error(),
		`flag "planner" has no attribute "mood"`:        p.StringEvaluation(ctx, "planner.mood", "", nil).Error(),
		`planner.level is full, want a bool`:            p.BooleanEvaluation(ctx, "planner.level", true, nil).Error(),
		`tuning.share is 0.5, want a whole number`:      p.IntEvaluation(ctx, "tuning.share", 0, nil).Error(),
		`flag "planner" has no attribute ""`:            p.StringEvaluation(ctx, "planner", "", nil).Error(),
		`FLAG_NOT_FOUND: no flag "lost" in appconfig`:   p.ObjectEvaluation(ctx, "lost", nil, nil).Error(),
		`TYPE_MISMATCH: tuning.name is x, want a float`: p.FloatEvaluation(ctx, "tuning.name", 1, nil).Error(),
	} {
		require.ErrorContains(t, got, want)
	}
	assert.EqualValues(t, 7, p.IntEvaluation(ctx, "tuning.share", 7, nil).Value)
}

func TestProvider_keepsTheLastFlagsAndSaysStale(t *testing.T) {
	t.Parallel()
	p, l, v, m := served(t)
	ctx := t.Context()
	require.NoError(t, p.Poll(ctx))
	e, _ := next(p)
	assert.Equal(t, openfeature.ProviderReady, e)
	for n, bad := range []struct {
		status int
		text   string
	}{{500, "no"}, {200, "{"}, {200, `{"planner":{}}`}, {404, reduced}} {
		l.says(bad.status, bad.text)
		require.NoError(t, v.Advance(start.Add(time.Duration(n+1)*5*time.Second)))
		require.ErrorContains(t, p.Poll(ctx), "flags of appconfig: ")
		assert.Equal(t, "full", p.StringEvaluation(ctx, "planner.level", "none", nil).Value, "the last known good stands")
		e, _ := next(p)
		assert.Equal(t, n == 2, e == openfeature.ProviderStale, "told once, after 15 s")
		assert.InDelta(t, 5*(n+1), m.Value(t, measure.FlagsAge, "appconfig"), 0)
	}
	d := p.ObjectEvaluation(ctx, "planner", nil, nil)
	assert.Equal(t, openfeature.CachedReason, d.Reason)
	assert.Equal(t, true, d.FlagMetadata[agent.Stale])

	l.says(200, reduced)
	require.NoError(t, p.Poll(ctx))
	e, _ = next(p)
	assert.Equal(t, openfeature.ProviderReady, e)
	e, changed := next(p)
	assert.Equal(t, openfeature.ProviderConfigChange, e)
	assert.Equal(t, []string{"planner", "tuning"}, changed)
	assert.InDelta(t, 0, m.Value(t, measure.FlagsAge, "appconfig"), 0)
	require.NoError(t, p.Poll(ctx))
	e, _ = next(p)
	assert.Empty(t, e, "nothing changed, nothing is told")
}

func TestProvider_neverWaitsForWhoHears(t *testing.T) {
	t.Parallel()
	p, l, _, _ := served(t)
	for n := range 40 {
		l.says(200, []string{full, reduced}[n%2])
		require.NoError(t, p.Poll(t.Context()))
	}
	assert.Equal(t, "reduced", p.StringEvaluation(t.Context(), "planner.level", "", nil).Value)
}

func TestAppConfig_refusesHalfAnAddressAndHeedsItsContext(t *testing.T) {
	t.Parallel()
	_, err := agent.AppConfig{Application: "atlas"}.Load(t.Context())
	require.ErrorContains(t, err, `appconfig "atlas"/""/"": want Application, Environment and Profile`)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = agent.AppConfig{Application: "a", Environment: "b", Profile: "c"}.Load(gone)
	require.ErrorIs(t, err, context.Canceled)
}

func TestFile_readsBothForms(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "flags.json")
	p := agent.NewProvider(agent.File{Path: path}, agent.Options{})
	require.ErrorIs(t, p.Poll(t.Context()), os.ErrNotExist)
	document := `{"version":"1","flags":{"planner":{"name":"planner"}},"values":{"planner":{"enabled":true}}}`
	for _, text := range []string{full, document} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, p.Poll(t.Context()))
		assert.True(t, p.BooleanEvaluation(t.Context(), "planner", false, nil).Value)
	}
}

func TestProvider_pollsUntilItIsShutDown(t *testing.T) {
	t.Parallel()
	p, l, v, _ := served(t)
	l.says(500, "starting")
	require.Error(t, p.Init(openfeature.EvaluationContext{}), "there are no flags yet")
	l.says(200, reduced)
	require.Eventually(t, func() bool {
		if at, armed := v.Next(); armed {
			return v.Advance(at) == nil && p.StringEvaluation(t.Context(), "planner.level", "", nil).Value == "reduced"
		}
		return false
	}, time.Minute, time.Millisecond, "it asks again by itself")
	p.Shutdown()
	p.Shutdown()
	_, armed := v.Next()
	assert.False(t, armed, "nobody waits any more")
	agent.NewProvider(agent.Fixed(flags.Values{}), agent.Options{}).Shutdown()
}

func TestProvider_beginsAnewWithoutASecondPoller(t *testing.T) {
	t.Parallel()
	p, l, v, _ := served(t)
	require.NoError(t, p.Init(openfeature.EvaluationContext{}))
	require.NoError(t, p.Init(openfeature.EvaluationContext{}), "OpenFeature may set a provider for two domains")
	require.Eventually(t, func() bool { _, armed := v.Next(); return armed }, time.Minute, time.Millisecond)
	l.says(200, reduced)
	p.Shutdown()
	_, armed := v.Next()
	assert.False(t, armed, "nobody is left who waits")
}

var errGone = errors.New("gone")
