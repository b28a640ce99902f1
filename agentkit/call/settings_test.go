package call_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/call"
)

func TestSettings_defaultsAreValid(t *testing.T) {
	t.Parallel()
	require.NoError(t, call.Settings{Callee: "memory"}.Validate())
	s := call.Settings{Callee: "memory", Retries: call.Off}.Resolved()
	assert.Equal(t, call.Off, s.Retries)
	assert.Equal(t, s, s.Resolved(), "resolving twice changes nothing")
}

func TestSettings_tellAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	err := call.Settings{
		Budget: time.Second, PerTry: 2 * time.Second, Retries: 11, RetryShare: 1.5,
		Backoff:  call.Backoff{Base: 3 * time.Second, Max: time.Second},
		Breaker:  call.Breaker{Failures: 50, Calls: -3, Window: -time.Second, Open: time.Second, Probes: -1},
		Bulkhead: call.Bulkhead{Calls: -5, Wait: 2 * time.Second},
		Hedge:    call.Hedge{After: 2 * time.Second},
	}.Validate()
	require.Error(t, err)
	want := []string{
		"Callee is missing, want the name of who is called",
		"PerTry is 2s, want no more than the Budget of 1s",
		"Retries is 11, want 1 to 10 or Off",
		"RetryShare is 1.5, want above 0 to 1 or Off",
		"Backoff.Max is 1s, want at least Backoff.Base, 3s",
		"Bulkhead.Calls is -5, want at least 1 or Off",
		"Bulkhead.Wait is 2s, want no more than the Budget of 1s",
		"Hedge.After is 2s, want less than PerTry, 2s",
		"Breaker.Failures is 50, want above 0 to 1 or Off",
		"Breaker.Calls is -3, want at least 1",
		"Breaker.Window is -1s, want a time",
		"Breaker.Probes is -1, want at least 1",
		"Breaker.Open is 1s, want at least PerTry, 2s: else an attempt from before could count as a probe",
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), len(want))
	for _, w := range want {
		assert.Contains(t, err.Error(), `call "": `+w)
	}
	_, err = call.New(call.Settings{}, call.Options{})
	require.ErrorContains(t, err, "Callee is missing")
}

func TestSettings_aBreakerNeedsAttemptsThatEnd(t *testing.T) {
	t.Parallel()
	s := call.Settings{Callee: "memory", Budget: call.Off, PerTry: call.Off}
	require.ErrorContains(t, s.Validate(), "Breaker needs PerTry or Budget")
	s.Breaker.Failures = call.Off
	require.NoError(t, s.Validate())
	s = call.Settings{Callee: "memory", PerTry: call.Off}
	require.ErrorContains(t, s.Validate(), "Breaker.Open is 5s, want at least Budget, 10s")
}

func TestSettings_everyPolicyCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	require.NoError(t, call.Settings{
		Callee: "memory", Budget: call.Off, PerTry: call.Off, Retries: call.Off, RetryShare: call.Off,
		Backoff: call.Backoff{Base: call.Off}, Breaker: call.Breaker{Failures: call.Off},
		Bulkhead: call.Bulkhead{Calls: call.Off, Wait: call.Off}, Hedge: call.Hedge{After: call.Off},
	}.Validate())
}
