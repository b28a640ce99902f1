package keep

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/system"
)

func env(set map[string]string) func(string) string {
	return func(name string) string { return set[name] }
}

func TestRead_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	err := Main(t.Context(), env(map[string]string{homeVar: "third", peerRegionVar: "eu-west-1"}))
	for _, want := range []string{
		`REDOUBT_HOME is "third", want one of [primary secondary]`, "REDOUBT_LOCK_TABLE is empty",
		"missing: [REDOUBT_ARBITER_TABLE REDOUBT_ARBITER_REGION REDOUBT_PEER_LOCK_TABLE]", "keeper keeps the lease",
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestRead_withAndWithoutAnArbiter(t *testing.T) {
	t.Parallel()
	set := map[string]string{homeVar: "secondary", tableVar: "atlas-locks"}
	var asked []place
	table := func(p place) home.Table { asked = append(asked, p); return home.Table{} }
	s, err := read(env(set))
	require.NoError(t, err)
	k := s.keepers(table)
	assert.Equal(t, system.Secondary, k.Home)
	assert.Empty(t, k.Others, "a home alone knows its own table")
	for name, value := range map[string]string{
		arbiterTableVar: "atlas-arbiter", arbiterRegionVar: "eu-north-1",
		peerTableVar: "atlas-locks-p", peerRegionVar: "eu-west-1",
	} {
		set[name] = value
	}
	asked = nil
	s, err = read(env(set))
	require.NoError(t, err)
	assert.Len(t, s.keepers(table).Others, 2)
	assert.Equal(t, []place{{"atlas-locks", ""}, {"atlas-arbiter", "eu-north-1"}, {"atlas-locks-p", "eu-west-1"}}, asked)
}
