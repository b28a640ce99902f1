package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	tableType   = "aws:dynamodb/table:Table"
	replicaType = "aws:dynamodb/tableReplica:TableReplica"
)

// withTables is the primary as it stands with the tables of the example.
func withTables() *inventory.Inventory {
	inv := seen(system.Primary)
	home := inv.Own()
	for _, name := range []string{"sessions", "tool-calls"} {
		home.Stores[name] = inventory.Store{Kind: system.Table, Name: "atlas-" + name, Generation: 1}
	}
	home.Control.IdempotencyTable = "atlas-idempotency"
	inv.Homes[system.Primary] = home
	return inv
}

func secondary(t *testing.T, s *system.System, peer *inventory.Inventory) *pulumitest.Recorder {
	t.Helper()
	c := settings(system.Secondary)
	c.PeerReady = true
	return pulumitest.Run(t, deploy(c, s), region("eu-central-1"), reference(t, "own-last", nil), reference(t, "peer", peer))
}

func namesOf(resources []*pulumitest.Resource) []string {
	var out []string
	for _, r := range resources {
		out = append(out, r.Name)
	}
	return out
}

func TestDeploy_theHomeThatSeedsDeclaresTheTablesAndTheOtherTheirReplicas(t *testing.T) {
	t.Parallel()
	s := example(t)
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Subset(t, namesOf(first.OfType(tableType)),
		[]string{"table-sessions-table", "table-tool-calls-table", "table-idempotency-table", "table-locks-table"})
	assert.Empty(t, first.OfType(replicaType))

	second := secondary(t, s, withTables())
	assert.Subset(t, namesOf(second.OfType(replicaType)),
		[]string{"table-sessions-replica", "table-tool-calls-replica", "table-idempotency-replica"})
	assert.Equal(t, "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-sessions",
		second.Get(t, replicaType, "table-sessions-replica").Values()["globalTableArn"])
	assert.Equal(t, []string{"table-locks-table"}, namesOf(second.OfType(tableType)), "locks are each home's own")
	assert.Equal(t, "atlas-locks-secondary", second.Get(t, tableType, "table-locks-table").Values()["name"])
}

func TestDeploy_makesNoReplicaOfATableThatThePeerDoesNotHave(t *testing.T) {
	t.Parallel()
	peer := withTables()
	home := peer.Own()
	delete(home.Stores, "tool-calls")
	home.Control.IdempotencyTable = ""
	peer.Homes[system.Primary] = home
	second := secondary(t, example(t), peer)
	assert.Equal(t, []string{"table-sessions-replica"}, namesOf(second.OfType(replicaType)))
}

// backedUpOnly is the example with a tier that the other home holds copies of backups of.
func backedUpOnly(t *testing.T, tier string) *system.System {
	t.Helper()
	s := example(t)
	for i := range s.Tiers {
		if s.Tiers[i].Name == tier {
			s.Tiers[i].Strategy = system.BackupRestore
		}
	}
	return s
}

// The other home of a backup-restore tier has no table. Its agents are there with
// no replica, and may use the table that a plan will restore.
func TestDeploy_tableOfABackupTierHasNoReplica(t *testing.T) {
	t.Parallel()
	s := backedUpOnly(t, "edge")
	second := secondary(t, s, withTables())
	assert.NotContains(t, namesOf(second.OfType(replicaType)), "table-sessions-replica")
	assert.Contains(t, namesOf(second.OfType(replicaType)), "table-tool-calls-replica")
	agent := second.Get(t, deploymentType, "agents-sessions-api-deployment").Values()
	assert.EqualValues(t, 0, agent["spec"].(map[string]any)["replicas"])
	policy := second.Get(t, "aws:iam/rolePolicy:RolePolicy", "agents-sessions-api-allowed").Values()["policy"].(string)
	assert.Contains(t, policy, "arn:aws:dynamodb:eu-central-1:123456789012:table/atlas-sessions-g2")
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Contains(t, namesOf(first.OfType(tableType)), "table-sessions-table")
}

// What a plan has restored there is taken over under its generation, as a table of its own.
func TestDeploy_takesOverATableThatWasRestoredFromACopy(t *testing.T) {
	t.Parallel()
	c := settings(system.Secondary)
	c.PeerReady, c.Generations = true, map[string]int{"sessions": 2}
	second := pulumitest.Run(t, deploy(c, backedUpOnly(t, "edge")), region("eu-central-1"),
		reference(t, "own-last", nil), reference(t, "peer", withTables()))
	table := second.Get(t, tableType, "table-sessions-table")
	assert.Equal(t, "atlas-sessions-g2", table.Values()["name"])
	assert.Equal(t, "atlas-sessions-g2", table.RPC.GetImportId())
	assert.NotContains(t, namesOf(second.OfType(replicaType)), "table-sessions-replica")
}

func TestDeploy_backsUpEveryTableButTheLocks(t *testing.T) {
	t.Parallel()
	second := secondary(t, example(t), withTables())
	var selected []any
	for _, sel := range second.OfType("aws:backup/selection:Selection") {
		selected = append(selected, sel.Values()["resources"].([]any)...)
	}
	of := func(name string) string { return "arn:aws:mock:eu-west-1:123456789012:" + name } // the mock's ARN
	for _, name := range []string{"table-sessions-replica", "table-tool-calls-replica", "table-idempotency-replica"} {
		assert.Contains(t, selected, of(name))
	}
	assert.NotContains(t, selected, of("table-locks-table"), "a lease that comes back from the past is a lie")
}
