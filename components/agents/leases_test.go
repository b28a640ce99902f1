package agents

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func leasedArgs() *Args {
	a := argsFor(small(0), system.Primary)
	a.System.Agents[1].Stores = a.System.Agents[1].Stores[:1] // a database alone: nothing else leads outside
	a.Leases = &Leases{
		Environment: map[string]string{"REDOUBT_B": "2", "REDOUBT_A": "1"},
		TableArns:   []string{"arn:own", "arn:arbiter", "arn:peer"}, PeerKeyArn: "arn:key", PeerRegion: "eu-central-1",
	}
	return a
}

// variables are the names in an agent's environment.
func variables(t *testing.T, r *pulumitest.Recorder, agent string) []string {
	t.Helper()
	var out []string
	env := at(t, r.Get(t, deploymentType, "main-"+agent+"-deployment").Values(), "spec", "template", "spec", "containers", 0, "env")
	for _, one := range env.([]any) {
		out = append(out, at(t, one, "name").(string))
	}
	return out
}

// TestLeases_areForThoseWhoWriteInOneHome: they are told of the tables, may read the one item in them, and get there.
func TestLeases_areForThoseWhoWriteInOneHome(t *testing.T) {
	t.Parallel()
	r := run(t, leasedArgs())
	assert.NotContains(t, variables(t, r, "front"), "REDOUBT_A", "it writes nothing")
	assert.False(t, outside(t, r, "front"))
	assert.NotContains(t, actions(t, r, "front")["dynamodb:GetItem"], "arn:arbiter")
	for _, agent := range []string{"back", "hand"} {
		assert.Subset(t, variables(t, r, agent), []string{"REDOUBT_A", "REDOUBT_B"}, agent)
		assert.True(t, outside(t, r, agent), "%s: the other regions answer at public addresses", agent)
		doc, err := iampolicy.Parse(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-"+agent+"-allowed").Values()["policy"].(string))
		require.NoError(t, err)
		found := map[string]iampolicy.Statement{}
		for _, s := range doc.Statements {
			found[s.Sid] = s
		}
		assert.Equal(t, []string{"dynamodb:GetItem"}, found["Leases"].Actions)
		assert.ElementsMatch(t, []string{"arn:own", "arn:arbiter", "arn:peer"}, found["Leases"].Resources)
		assert.Equal(t, map[string]map[string][]string{"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": {"active-home"}}},
			found["Leases"].Conditions)
		assert.Equal(t, []string{"kms:Decrypt"}, found["OpenLeases"].Actions)
		assert.Equal(t, []string{"arn:key"}, found["OpenLeases"].Resources)
		assert.Contains(t, found["OpenData"].Conditions["StringEquals"]["kms:ViaService"], "dynamodb.eu-west-1.amazonaws.com")
	}
	none := leasedArgs()
	none.Leases = nil
	assert.False(t, outside(t, run(t, none), "back"))
}
