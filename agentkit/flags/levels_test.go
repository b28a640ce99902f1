package flags_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	agent "redoubt/agentkit/flags"
	"redoubt/agentkit/measure"
	"redoubt/internal/metrictest"
	"redoubt/system"
	"redoubt/system/flags"
)

// source is a source that a test changes.
type source struct {
	mu     sync.Mutex
	values flags.Values
	err    error
}

func (*source) Name() string { return "file" }

func (s *source) Load(context.Context) (flags.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values, s.err
}

func (s *source) says(values flags.Values, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values, s.err = values, err
}

// at is the planner's flag at a level.
func at(level string) flags.Values {
	return flags.Values{"planner": {Enabled: true, Attributes: map[string]any{"level": level,
		"reduced-off": []any{"deep-research"}, "reduced-fallback": "small-model",
		"essential-off": []any{"deep-research", "replanning"}, "essential-fallback": "fixed plans"}}}
}

// client puts a source behind OpenFeature, in a domain of the test's own.
func client(t *testing.T, domain string, s agent.Source) openfeature.IClient {
	t.Helper()
	domain = t.Name() + domain
	p := agent.NewProvider(s, agent.Options{Every: time.Millisecond, StaleAfter: 20 * time.Millisecond})
	// Some begin without flags, which is an error here and none to Levels.
	openfeature.SetNamedProviderAndWait(domain, p)
	t.Cleanup(func() { openfeature.SetNamedProviderAndWait(domain, openfeature.NoopProvider{}) })
	return openfeature.NewClient(domain)
}

// reaches waits until the level is this one.
func reaches(t *testing.T, l *agent.Levels, want system.Level) {
	t.Helper()
	require.Eventually(t, func() bool { return l.Level() == want }, time.Minute, time.Millisecond, "%s", want)
}

func TestLevels_followTheFlagAndTellWhoListens(t *testing.T) {
	t.Parallel()
	s, m := &source{values: at("full")}, metrictest.New(t)
	l := agent.NewLevels("planner", m.Recorder, client(t, "", s))
	defer l.Close()
	told := make(chan [2]system.Level, 9)
	l.OnChange(func(before, after agent.State) { told <- [2]system.Level{before.Level, after.Level} })
	assert.True(t, l.Enabled("deep-research"))
	assert.Empty(t, l.Fallback())

	s.says(at("reduced"), nil)
	assert.Equal(t, [2]system.Level{"full", "reduced"}, <-told)
	assert.False(t, l.Enabled("deep-research"))
	assert.True(t, l.Enabled("replanning"))
	assert.Equal(t, "small-model", l.Fallback())
	assert.InDelta(t, 1, m.Value(t, measure.Level, "planner"), 0)

	s.says(at("essential"), nil)
	assert.Equal(t, [2]system.Level{"reduced", "essential"}, <-told)
	assert.False(t, l.Enabled("replanning"))
	assert.Equal(t, "fixed plans", l.Fallback())

	s.says(flags.Values{}, nil)
	assert.Equal(t, [2]system.Level{"essential", "full"}, <-told, "a flag that is not there degrades nothing")
	assert.Empty(t, told)
}

func TestLevels_failStatic(t *testing.T) {
	t.Parallel()
	s := &source{err: errGone}
	l := agent.NewLevels("planner", nil, client(t, "", s))
	defer l.Close()
	assert.Equal(t, system.Full, l.Level(), "before the first answer nothing is degraded")
	require.ErrorContains(t, l.State().Fault, "level of planner: ")

	s.says(at("reduced"), nil)
	reaches(t, l, system.Reduced)
	require.NoError(t, l.State().Fault)
	s.says(nil, errGone)
	require.Eventually(t, func() bool { return l.State().Stale }, time.Minute, time.Millisecond)
	assert.Equal(t, system.Reduced, l.Level())
	assert.False(t, l.Enabled("deep-research"))

	s.says(at("asleep"), nil)
	require.Eventually(t, func() bool { return l.State().Fault != nil }, time.Minute, time.Millisecond)
	require.ErrorContains(t, l.State().Fault, "level is asleep")
	assert.Equal(t, system.Reduced, l.Level(), "a level that nobody knows changes nothing")
	s.says(at("full"), nil)
	reaches(t, l, system.Full)
	assert.False(t, l.State().Stale)
}

func TestLevels_ofSeveralObeyTheOneThatGivesMostUp(t *testing.T) {
	t.Parallel()
	people, plans := &source{values: at("reduced")}, &source{values: at("full")}
	l := agent.NewLevels("planner", nil, client(t, "people", people), client(t, "plans", plans))
	defer l.Close()
	assert.Equal(t, system.Reduced, l.Level())
	plans.says(at("essential"), nil)
	reaches(t, l, system.Essential)
	assert.Equal(t, "fixed plans", l.Fallback())
	people.says(nil, errGone)
	require.Eventually(t, func() bool { return l.State().Stale }, time.Minute, time.Millisecond)
	assert.Equal(t, system.Essential, l.Level(), "a plan's level holds while the other source says nothing")
	plans.says(at("full"), nil)
	reaches(t, l, system.Reduced)
}

func TestLevels_closedHearsNothing(t *testing.T) {
	t.Parallel()
	s := &source{values: at("full")}
	c := client(t, "", s)
	closed, open := agent.NewLevels("planner", nil, c), agent.NewLevels("planner", nil, c)
	defer open.Close()
	closed.Close()
	s.says(at("reduced"), nil)
	reaches(t, open, system.Reduced)
	assert.Equal(t, system.Full, closed.Level())
	closed.Refresh(t.Context())
	assert.Equal(t, system.Reduced, closed.Level(), "who asks is answered all the same")
}

func TestLevels_takeAnyProvidersObject(t *testing.T) {
	t.Parallel()
	l := agent.NewLevels("planner", nil, openfeature.NewClient(t.Name()))
	defer l.Close()
	assert.Equal(t, system.Full, l.Level())
	require.ErrorContains(t, l.State().Fault, "flag is a <nil>, want an object")
}
