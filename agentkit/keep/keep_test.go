package keep

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/agentkit/keep/settings"
	"redoubt/system"
)

func TestMain_saysHowItIsSet(t *testing.T) {
	t.Parallel()
	err := Main(t.Context(), func(string) string { return "" })
	require.ErrorContains(t, err, "REDOUBT_LOCK_TABLE is empty")
	require.ErrorContains(t, err, "keeper keeps the lease")
}

func TestKeepers_keepInAllTables(t *testing.T) {
	t.Parallel()
	s := settings.Settings{Home: system.Secondary, Own: settings.Place{Table: "atlas-locks"}}
	var asked []settings.Place
	table := func(p settings.Place) home.Table { asked = append(asked, p); return home.Table{} }
	k := keepers(s, table)
	assert.Equal(t, system.Secondary, k.Home)
	assert.Empty(t, k.Others)
	s.Arbiter, s.Peer = settings.Place{Table: "atlas-arbiter", Region: "eu-north-1"},
		settings.Place{Table: "atlas-locks-p", Region: "eu-west-1"}
	asked = nil
	assert.Len(t, keepers(s, table).Others, 2)
	assert.Equal(t, []settings.Place{s.Own, s.Arbiter, s.Peer}, asked)
}

// TestWatchers_areToldByTheEnvironment: none without a table, all three with an arbiter, an error where something is missing.
func TestWatchers_areToldByTheEnvironment(t *testing.T) {
	t.Parallel()
	of := func(told map[string]string) func(string) string {
		return func(name string) string { return told[name] }
	}
	m, err := Watchers(of(nil), aws.Config{}, nil)
	require.NoError(t, err)
	assert.Nil(t, m)
	all := settings.Settings{Home: system.Secondary, Own: settings.Place{Table: "atlas-locks"},
		Arbiter: settings.Place{Table: "atlas-arbiter", Region: "eu-north-1"}, Peer: settings.Place{Table: "p", Region: "eu-west-1"}}.Environment()
	m, err = Watchers(of(all), aws.Config{}, nil)
	require.NoError(t, err)
	require.Len(t, m, 3)
	for _, h := range m {
		assert.Equal(t, system.Secondary, h.Home)
	}
	delete(all, "REDOUBT_ARBITER_TABLE")
	_, err = Watchers(of(all), aws.Config{}, nil)
	require.ErrorContains(t, err, "missing: [REDOUBT_ARBITER_TABLE]")
}
