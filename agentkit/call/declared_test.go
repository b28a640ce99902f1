package call_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
	"redoubt/system"
	"redoubt/system/waits"
)

func example(t *testing.T) *system.System {
	t.Helper()
	s, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	return s
}

// What agents of the example wait is what the mesh gives them: every call, with and without a proxy.
func TestDeclared_isTheBudgetOfTheMesh(t *testing.T) {
	t.Parallel()
	s := example(t)
	sheet, faults := s.Budgets()
	require.Empty(t, faults)
	tried := 0
	for _, c := range sheet.Calls(s.Parties()) {
		tried++
		alone, err := call.Declared(s, c.Caller, c.Callee, false)
		require.NoError(t, err)
		require.NoError(t, alone.Validate())
		assert.Equal(t, []any{c.Total, c.PerTry, c.Retry.Times, c.Retry.Backoff},
			[]any{alone.Budget, alone.PerTry, alone.Retries, alone.Backoff.Base}, "%s to %s", c.Caller, c.Callee)
		meshed, err := call.Declared(s, c.Caller, c.Callee, true)
		require.NoError(t, err)
		require.NoError(t, meshed.Validate())
		assert.Equal(t, []any{c.Total, c.Total, call.Off}, []any{meshed.Budget, meshed.PerTry, meshed.Retries}, "one layer retries")
		d, err := waits.Of(s, c.Caller, true)
		require.NoError(t, err)
		told, err := call.Told(d.Encode(), c.Callee)
		require.NoError(t, err)
		assert.Equal(t, meshed, told, "an agent in a cluster needs no system.yaml")
		assert.Equal(t, c.Callee == "memory", told.Without, "%s without %s", c.Caller, c.Callee)
	}
	assert.Positive(t, tried)
	for _, a := range s.Agents {
		for _, name := range s.Asks(a) {
			d, _ := s.Dependency(name)
			outside, err := call.Declared(s, a.Name, name, true)
			require.NoError(t, err)
			require.NoError(t, outside.Validate())
			assert.Equal(t, d.Patience(), outside.Budget, "%s to %s", a.Name, name)
		}
	}
}

func TestDeclared_refusesWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	s := example(t)
	for caller, callee := range map[string]string{"gateway": "memory", "nobody": "planner", "memory": "web-search"} {
		_, err := call.Declared(s, caller, callee, false)
		require.ErrorContains(t, err, "does not declare to call it", "%s to %s", caller, callee)
	}
	_, err := call.Told("", "planner")
	require.ErrorContains(t, err, "REDOUBT_WAITS")
	_, err = call.Told(`{"agent":"gateway","meshed":true,"callees":{}}`, "planner")
	require.ErrorContains(t, err, "does not declare to call it")
}

func TestWithin_mayBeStricterAndNotLaxer(t *testing.T) {
	t.Parallel()
	declared, err := call.Declared(example(t), "gateway", "planner", false)
	require.NoError(t, err)
	own, err := declared.Within(call.Settings{PerTry: 5 * time.Second, Budget: 8 * time.Second})
	require.NoError(t, err)
	require.NoError(t, own.Validate())
	assert.Equal(t, []any{"planner", 8 * time.Second, 5 * time.Second, declared.Retries},
		[]any{own.Callee, own.Budget, own.PerTry, own.Retries})
	own, err = declared.Within(call.Settings{Budget: time.Second})
	require.NoError(t, err)
	assert.Equal(t, time.Second, own.PerTry, "an attempt takes no longer than the call")
	_, err = declared.Within(call.Settings{Budget: declared.Budget + time.Second})
	require.ErrorContains(t, err, "that system.yaml allows")
	_, err = declared.Within(call.Settings{Budget: call.Off})
	require.ErrorContains(t, err, "that system.yaml allows")
	_, err = declared.Within(call.Settings{Retries: declared.Retries + 1})
	require.ErrorContains(t, err, "Retries is 2, want at most the 1")
}
