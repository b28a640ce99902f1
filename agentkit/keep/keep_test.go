package keep

import (
	"testing"

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
