package agents

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	leases "redoubt/agentkit/keep/settings"
	"redoubt/system"
	"redoubt/system/flags"
)

// example is a configuration that leads nowhere.
func example(t *testing.T) Config {
	t.Helper()
	c := Config{System: "../../system.yaml", Database: "host=127.0.0.1 port=1", Endpoint: "http://127.0.0.1:1",
		Locks:  "locks",
		Flags:  filepath.Join(t.TempDir(), "flags.json"),
		Agents: map[string]string{}, Outside: map[string]string{}, Queues: map[string]Queue{"work": {}, "tool-jobs": {}}}
	for _, name := range Names() {
		c.Agents[name] = "http://127.0.0.1:1"
	}
	for _, name := range []string{"large-model", "small-model", "web-search"} {
		c.Outside[name] = "http://127.0.0.1:1"
	}
	raw, err := flags.Document{Version: flags.Version}.Encode()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(c.Flags, raw, 0o600))
	return c
}

func TestAgent_asksOnlyWhomSystemYamlDeclares(t *testing.T) {
	for _, name := range []string{"gateway", "memory", "worker", "tool-runner", "sessions-api", "scheduler"} {
		a, err := newAgent(t.Context(), name, example(t))
		require.NoError(t, err)
		t.Cleanup(a.levels.Close)
		kinds[name](t.Context(), a)
		assert.Empty(t, a.faults, name)
	}
	a, err := newAgent(t.Context(), "gateway", example(t))
	require.NoError(t, err)
	t.Cleanup(a.levels.Close)
	a.agent("memory")
	a.service("large-model")
	err = errors.Join(a.faults...)
	require.ErrorContains(t, err, `it calls "memory", which ../../system.yaml does not declare`)
	require.ErrorContains(t, err, `it asks "large-model", which ../../system.yaml does not declare`)
}

func TestAgent_tellsAllThatIsMissing(t *testing.T) {
	c := example(t)
	c.Agents, c.Queues = nil, nil
	a, err := newAgent(t.Context(), "worker", c)
	require.NoError(t, err)
	t.Cleanup(a.levels.Close)
	kinds["worker"](t.Context(), a)
	err = errors.Join(a.faults...)
	require.ErrorContains(t, err, `no address of "memory" is configured`)
	require.ErrorContains(t, err, `no queue "work" is configured`)
	require.ErrorContains(t, err, `no queue "tool-jobs" is configured`)
	c.Locks = ""
	a, err = newAgent(t.Context(), "scheduler", c)
	require.NoError(t, err)
	t.Cleanup(a.levels.Close)
	kinds["scheduler"](t.Context(), a)
	require.ErrorContains(t, errors.Join(a.faults...), "no table of locks is configured")
	require.ErrorContains(t, Run(t.Context(), "evaluator", "127.0.0.1:0", c), `there is no agent "evaluator"`)
}

// TestAgent_asksForTheLease: where its environment tells of the tables, an agent that works in one home at a time writes
// nothing before it has seen the lease; one of a tier that serves in both homes never asks.
func TestAgent_asksForTheLease(t *testing.T) {
	for name, value := range (leases.Settings{Home: system.Primary, Own: leases.Place{Table: "locks"},
		Arbiter: leases.Place{Table: "arbiter", Region: "eu-north-1"}, Peer: leases.Place{Table: "locks-2", Region: "eu-central-1"},
	}).Environment() {
		t.Setenv(name, value)
	}
	made := func(name string) *agent {
		a, err := newAgent(t.Context(), name, example(t))
		require.NoError(t, err)
		t.Cleanup(a.levels.Close)
		return a
	}
	assert.Nil(t, made("sessions-api").mayWrite())
	assert.Nil(t, made("gateway").mayWrite(), "it writes nothing")
	for _, name := range []string{"planner", "worker", "tool-runner", "scheduler"} {
		a := made(name)
		require.Len(t, a.leases, 3, name)
		require.NotNil(t, a.mayWrite(), name)
		assert.False(t, a.mayWrite()(t.Context()), "%s has seen no lease", name)
	}
	require.NotNil(t, made("worker").consumer(nil).MayWrite)

	a := made("planner")
	kinds["planner"](t.Context(), a)
	answer := httptest.NewRecorder()
	a.mux.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/plans", strings.NewReader(`{"text":"why"}`)))
	assert.Equal(t, http.StatusServiceUnavailable, answer.Code)
	assert.Contains(t, answer.Body.String(), "the lease of the active home was not seen")
	assert.Equal(t, "1", answer.Header().Get("Retry-After"))

	t.Setenv("REDOUBT_PEER_REGION", "")
	_, err := newAgent(t.Context(), "worker", example(t))
	require.ErrorContains(t, err, "missing: [REDOUBT_PEER_REGION]")
}
