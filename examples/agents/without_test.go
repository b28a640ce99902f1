package agents

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
)

// TestRemember_doesWithoutWhatSystemYamlSays: who may do without memory goes on when it fails or hangs, within the time of
// the call, and who may not gives the error.
func TestRemember_doesWithoutWhatSystemYamlSays(t *testing.T) {
	t.Parallel()
	failing := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }
	hanging := func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }
	for name, answer := range map[string]http.HandlerFunc{"it fails": failing, "it hangs": hanging} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			for _, without := range []bool{true, false} {
				client, err := call.New(call.Settings{Callee: "memory", Budget: 200 * time.Millisecond, PerTry: 50 * time.Millisecond,
					Retries: 1, Without: without}, call.Options{})
				require.NoError(t, err)
				from := time.Now()
				got, err := remember(t.Context(), callee{client, server.URL}, "c")
				assert.Less(t, time.Since(from), 5*time.Second)
				assert.Empty(t, got)
				assert.Equal(t, without, err == nil, "%v", err)
			}
		})
	}
}

// TestWithout_isWhatTheFileSays: the settings that the agents call with carry it.
func TestWithout_isWhatTheFileSays(t *testing.T) {
	seen := 0
	for _, name := range Names() {
		a, err := newAgent(t.Context(), name, example(t))
		require.NoError(t, err)
		t.Cleanup(a.levels.Close)
		for _, other := range a.declared.Calls {
			may := a.agent(other).Without
			assert.Equal(t, other == "memory", may, "%s without %s", name, other)
			if may {
				seen++
			}
		}
	}
	assert.Equal(t, 2, seen, "planner and worker")
}
