package agents

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
