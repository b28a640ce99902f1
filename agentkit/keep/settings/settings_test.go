package settings_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/keep/settings"
	"redoubt/system"
)

func env(set map[string]string) func(string) string {
	return func(name string) string { return set[name] }
}

func TestRead_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := settings.Read(env(map[string]string{"REDOUBT_HOME": "third", "REDOUBT_PEER_REGION": "eu-west-1"}))
	for _, want := range []string{
		`REDOUBT_HOME is "third", want one of [primary secondary]`, "REDOUBT_LOCK_TABLE is empty",
		"missing: [REDOUBT_ARBITER_TABLE REDOUBT_ARBITER_REGION REDOUBT_PEER_LOCK_TABLE]",
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestRead_readsWhatIsWritten(t *testing.T) {
	t.Parallel()
	alone := settings.Settings{Home: system.Secondary, Own: settings.Place{Table: "atlas-locks"}}
	three := alone
	three.Arbiter, three.Peer = settings.Place{Table: "atlas-arbiter", Region: "eu-north-1"},
		settings.Place{Table: "atlas-locks-p", Region: "eu-west-1"}
	for n, want := range []settings.Settings{alone, three} {
		got, err := settings.Read(env(want.Environment()))
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Len(t, got.Others(), 2*n, "a home alone knows its own table")
	}
}
