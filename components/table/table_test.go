package table

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	west    = "eu-west-1"
	central = "eu-central-1"

	tableType   = "aws:dynamodb/table:Table"
	replicaType = "aws:dynamodb/tableReplica:TableReplica"
)

func keyArn(region, id string) pulumi.StringInput {
	return pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-" + id)
}

// argsOf returns the args of a store's table in one home.
func argsOf(home system.Home, store string) *Args {
	a := &Args{
		Scope: naming.Scope{System: "atlas", Home: home, Region: west, Account: "123456789012"},
		Name:  store, Tier: "edge", Shape: Records, PITRDays: 14, KeyArn: keyArn(west, "1"), Protect: true,
	}
	if home == system.Secondary {
		a.Scope.Region, a.KeyArn, a.ReplicaOf = central, keyArn(central, "1"), west
	}
	return a
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

func TestTable_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Table]{
		Args: func(n int) *Args { return argsOf(system.Primary, []string{"sessions", "sessions-copy"}[n]) },
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no scope", Mutate: func(a *Args) { a.Scope = naming.Scope{} }, Want: "want system, home, region"},
			{Name: "no name", Mutate: func(a *Args) { a.Name = "" }, Want: "name is empty"},
			{Name: "no shape", Mutate: func(a *Args) { a.Shape = Shape{} }, Want: "shape has no hash key"},
			{Name: "a negative generation", Mutate: func(a *Args) { a.Generation = -1 }, Want: "generation is -1"},
			{Name: "no recovery", Mutate: func(a *Args) { a.PITRDays = 0 }, Want: "pitrDays is 0, want 1 to 35"},
			{Name: "too much recovery", Mutate: func(a *Args) { a.PITRDays = 36 }, Want: "pitrDays is 36"},
			{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{Name: "a replica of itself", Mutate: func(a *Args) { a.ReplicaOf = west }, Want: "want another region"},
			{
				Name:   "replicated locks",
				Mutate: func(a *Args) { a.Shape, a.ReplicaOf = Locks, central },
				Want:   "both homes could then hold one lock",
			},
			{
				Name:   "restored locks",
				Mutate: func(a *Args) { a.Shape, a.Generation = Locks, 2 },
				Want:   "leases of the past are void",
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "how far back a restore reaches", Mutate: func(a *Args) { a.PITRDays = 35 },
				Want: []string{"main-table pointInTimeRecovery"},
			},
			{
				Name: "the key", Mutate: func(a *Args) { a.KeyArn = keyArn(west, "2") },
				Want: []string{"main-table serverSideEncryption"},
			},
			{Name: "the tier", Mutate: func(a *Args) { a.Tier = "core" }, Want: []string{"main-table tags"}},
			{
				Name: "protection", Mutate: func(a *Args) { a.Protect = false },
				Want: []string{"main protect", "main-table deletionProtectionEnabled", "main-table protect"},
			},
			{
				Name: "the time to live", Mutate: func(a *Args) { a.Shape.TTL = "" }, Want: []string{"main-table ttl"},
			},
		},
	}.Run(t)
}

func TestTable_replicaHoldsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Table]{
		Args:   func(n int) *Args { return argsOf(system.Secondary, []string{"sessions", "sessions-copy"}[n]) },
		New:    New,
		Golden: "replica.golden",
		Changes: []pulumitest.Change[Args]{
			{Name: "how far back a restore reaches", Mutate: func(a *Args) { a.PITRDays = 35 }},
			{
				Name: "the key", Mutate: func(a *Args) { a.KeyArn = keyArn(central, "2") },
				Want: []string{"main-replica kmsKeyArn"}, Replaces: []string{"main-replica kmsKeyArn"},
			},
			{
				Name: "the generation", Mutate: func(a *Args) { a.Generation = 2 },
				Want:     []string{"main table", "main-replica globalTableArn"},
				Replaces: []string{"main-replica globalTableArn"},
			},
			{
				Name: "protection", Mutate: func(a *Args) { a.Protect = false },
				Want: []string{"main protect", "main-replica deletionProtectionEnabled", "main-replica protect"},
			},
		},
	}.Run(t)
}

func TestTable_homesHaveOneNameAndTheirOwnKeys(t *testing.T) {
	t.Parallel()
	first := pulumitest.Run(t, program(argsOf(system.Primary, "sessions"))).Get(t, tableType, "main-table").Values()
	second := pulumitest.Run(t, program(argsOf(system.Secondary, "sessions"))).
		Get(t, replicaType, "main-replica").Values()
	assert.Equal(t, "atlas-sessions", first["name"])
	assert.Equal(t, "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-sessions", second["globalTableArn"])
	assert.Equal(t, "arn:aws:kms:eu-west-1:123456789012:key/mrk-1",
		first["serverSideEncryption"].(map[string]any)["kmsKeyArn"])
	assert.Equal(t, "arn:aws:kms:eu-central-1:123456789012:key/mrk-1", second["kmsKeyArn"])
}

func TestTable_bothHalvesAreGuarded(t *testing.T) {
	t.Parallel()
	main := pulumitest.Run(t, program(argsOf(system.Primary, "sessions"))).Get(t, tableType, "main-table")
	replica := pulumitest.Run(t, program(argsOf(system.Secondary, "sessions"))).Get(t, replicaType, "main-replica")
	assert.Equal(t, map[string]any{"enabled": true, "recoveryPeriodInDays": float64(14)},
		main.Values()["pointInTimeRecovery"])
	assert.Equal(t, true, replica.Values()["pointInTimeRecovery"], "recovery is each region's own")
	for _, half := range []*pulumitest.Resource{main, replica} {
		assert.Equal(t, true, half.Values()["deletionProtectionEnabled"], half.Name)
		assert.True(t, half.Protected(), half.Name)
		assert.Equal(t, "edge", half.Values()["tags"].(map[string]any)["redoubt:tier"], "tags do not replicate")
	}
}

func TestTable_updateOfTheSeedLeavesTheReplicaAlone(t *testing.T) {
	t.Parallel()
	main := pulumitest.Run(t, program(argsOf(system.Primary, "sessions"))).Get(t, tableType, "main-table")
	assert.Equal(t, []string{"replicas"}, main.RPC.GetIgnoreChanges(), "or the next update deletes the other home's half")
	assert.Equal(t, true, main.Values()["streamEnabled"])
	assert.Equal(t, "NEW_AND_OLD_IMAGES", main.Values()["streamViewType"])
}

func TestTable_restoredStoreHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "sessions")
	args.Generation = 2
	assert.Equal(t, "atlas-sessions-g2", pulumitest.Run(t, program(args)).Get(t, tableType, "main-table").Values()["name"])
}

func TestTable_locksStayAtHome(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "locks")
	args.Shape = Locks
	locks := pulumitest.Run(t, program(args)).Get(t, tableType, "main-table").Values()
	assert.Equal(t, "atlas-locks-primary", locks["name"])
	assert.Equal(t, "lock", locks["hashKey"])
	for _, absent := range []string{"streamEnabled", "streamViewType", "ttl", "rangeKey", "globalSecondaryIndexes"} {
		assert.NotContains(t, locks, absent)
	}
	assert.Equal(t, true, locks["deletionProtectionEnabled"])
	assert.Equal(t, true, locks["pointInTimeRecovery"].(map[string]any)["enabled"])
}

func TestTable_ledgerListsOpenWork(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "work-ledger")
	args.Shape = Ledger
	ledger := pulumitest.Run(t, program(args)).Get(t, tableType, "main-table").Values()
	assert.Equal(t, "token", ledger["hashKey"])
	assert.Equal(t, []any{map[string]any{
		"name": "open-by-accepted", "hashKey": "open", "rangeKey": "accepted", "projectionType": "ALL",
	}}, ledger["globalSecondaryIndexes"])
	assert.Equal(t, []any{
		map[string]any{"name": "token", "type": "S"}, map[string]any{"name": "open", "type": "S"},
		map[string]any{"name": "accepted", "type": "S"},
	}, ledger["attributes"], "AWS refuses attributes that are no key")
}
