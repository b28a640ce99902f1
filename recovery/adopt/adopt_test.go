package adopt_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/adopt"
	"redoubt/system"
)

// homes is an inventory of two homes with a database of generation 1.
func homes() inventory.Inventory {
	inv := inventory.Inventory{Version: inventory.Version, System: "atlas", Home: system.Primary,
		Homes: map[system.Home]inventory.Home{}}
	for home, region := range map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"} {
		inv.Homes[home] = inventory.Home{
			Region: region, Account: "123456789012", Zones: []string{region + "a", region + "b", region + "c"},
			Stores: map[string]inventory.Store{
				"tasks": {Kind: system.Postgres, Generation: 1, Name: "atlas-tasks-" + string(home), GlobalID: "atlas-tasks"},
				"notes": {Kind: system.Table, Generation: 1, Name: "atlas-notes"},
				"scores": {Kind: system.Cache, Generation: 1, Name: "atlas-scores-" + string(home), GlobalID: "abcde-atlas-scores",
					Endpoint: "master.atlas-scores-" + string(home)},
				"artifacts": {Kind: system.Bucket, Generation: 1, Name: "atlas-artifacts-123456789012-" + region},
			},
		}
	}
	return inv
}

func restored() adopt.Restored {
	return adopt.Restored{Store: "tasks", Generation: 2,
		Selections: map[system.Home]string{system.Primary: "sel-1", system.Secondary: "sel-2"}}
}

func TestAfter_tellsEachHomeItsGeneration(t *testing.T) {
	t.Parallel()
	all, err := adopt.After(homes(), restored())
	require.NoError(t, err)
	a := all[system.Secondary]
	assert.Equal(t, []adopt.Setting{{Path: "redoubt:storeGenerations.tasks", Value: "2"}}, a.Settings)
	assert.Contains(t, a.Swaps, adopt.Swap{Type: "aws:rds/cluster:Cluster", Name: "postgres-tasks-cluster",
		ID: "atlas-tasks-g2-secondary", Properties: map[string]any{
			"clusterIdentifier": "atlas-tasks-g2-secondary", "globalClusterIdentifier": "atlas-tasks-g2",
			"finalSnapshotIdentifier": "atlas-tasks-g2-secondary-final"}})
	assert.Contains(t, a.Left, adopt.Thing{Type: "aws:rds/cluster:Cluster", ID: "atlas-tasks-secondary"})
	assert.Len(t, all[system.Primary].Swaps, len(a.Swaps)+1, "the seed alone declares the global database")
	assert.Equal(t, []string{
		"pulumi config set --stack secondary --path redoubt:storeGenerations.tasks 2",
		"pulumi stack export --stack secondary | redoubt adopt adoption.json | pulumi stack import --stack secondary",
		"pulumi refresh --stack secondary",
		"pulumi preview --stack secondary",
	}, a.Commands("adoption.json"))
}

func TestAfter_aReplicaStaysAReplicaOfThePrimarysTable(t *testing.T) {
	t.Parallel()
	r := restored()
	r.Store = "notes"
	all, err := adopt.After(homes(), r)
	require.NoError(t, err)
	assert.Contains(t, all[system.Primary].Swaps, adopt.Swap{Type: "aws:dynamodb/table:Table", Name: "table-notes-table",
		ID: "atlas-notes-g2", Properties: map[string]any{"name": "atlas-notes-g2"}})
	assert.Contains(t, all[system.Secondary].Swaps, adopt.Swap{Type: "aws:dynamodb/tableReplica:TableReplica",
		Name: "table-notes-replica", ID: "atlas-notes-g2:eu-west-1",
		Properties: map[string]any{"globalTableArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-notes-g2"}})
}

func TestAfter_aCachesDatastoreIsWhatAWSCalledIt(t *testing.T) {
	t.Parallel()
	r := adopt.Restored{Store: "scores", Generation: 2, GlobalID: "vwxyz-atlas-scores-g2"}
	all, err := adopt.After(homes(), r)
	require.NoError(t, err)
	const groupType, globalType = "aws:elasticache/replicationGroup:ReplicationGroup",
		"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
	group := func(home string) adopt.Swap {
		name := "atlas-scores-g2-" + home
		return adopt.Swap{Type: groupType, Name: "cache-scores-group", ID: name, Properties: map[string]any{
			"replicationGroupId": name, "finalSnapshotIdentifier": name + "-final", "globalReplicationGroupId": r.GlobalID}}
	}
	assert.Equal(t, []adopt.Swap{group("primary"), {Type: globalType, Name: "cache-scores-global", ID: r.GlobalID,
		Properties: map[string]any{"globalReplicationGroupIdSuffix": "atlas-scores-g2", "globalReplicationGroupId": r.GlobalID,
			"primaryReplicationGroupId": "atlas-scores-g2-primary"}}}, all[system.Primary].Swaps)
	assert.Equal(t, []adopt.Swap{group("secondary")}, all[system.Secondary].Swaps, "the seed alone declares the datastore")
	assert.Equal(t, []adopt.Thing{{Type: groupType, ID: "atlas-scores-primary"}, {Type: globalType, ID: "abcde-atlas-scores"}},
		all[system.Primary].Left)
}

// A cache of a tier that is restored from backups stands in one home, in no datastore.
func TestAfter_aCacheOfOneHomeIsSwappedThereAlone(t *testing.T) {
	t.Parallel()
	inv := homes()
	for home, endpoint := range map[system.Home]string{system.Primary: "master.atlas-scores-primary", system.Secondary: ""} {
		st := inv.Homes[home].Stores["scores"]
		st.GlobalID, st.Endpoint = "", endpoint
		inv.Homes[home].Stores["scores"] = st
	}
	all, err := adopt.After(inv, adopt.Restored{Store: "scores", Generation: 2})
	require.NoError(t, err)
	assert.Len(t, all[system.Primary].Swaps, 1)
	assert.Empty(t, all[system.Secondary].Swaps)
	assert.Equal(t, []adopt.Setting{{Path: "redoubt:storeGenerations.scores", Value: "2"}}, all[system.Secondary].Settings,
		"both homes count the same generation")
}

func TestAfter_refuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*adopt.Restored){
		`the primary home has no store "nothing"`:                          func(r *adopt.Restored) { r.Store = "nothing" },
		"generation is 1, want more than 1":                                func(r *adopt.Restored) { r.Generation = 1 },
		`store "artifacts" is a bucket, which is restored in`:              func(r *adopt.Restored) { r.Store = "artifacts" },
		`the secondary home has no new backup selection of "t`:             func(r *adopt.Restored) { delete(r.Selections, system.Secondary) },
		`home has no new datastore of "scores", want its id beside abcde-`: func(r *adopt.Restored) { r.Store = "scores" },
	} {
		r := restored()
		change(&r)
		_, err := adopt.After(homes(), r)
		assert.ErrorContains(t, err, want)
	}
}

const state = `{"version":3,"deployment":{"resources":[
	{"urn":"urn:pulumi:secondary::redoubt::redoubt:postgres:Postgres::postgres-tasks","type":"redoubt:postgres:Postgres"},
	{"urn":"urn:pulumi:secondary::redoubt::redoubt:postgres:Postgres$aws:rds/cluster:Cluster::postgres-tasks-cluster",
	 "type":"aws:rds/cluster:Cluster","id":"atlas-tasks-secondary","protect":true,
	 "inputs":{"clusterIdentifier":"atlas-tasks-secondary","port":5432},
	 "outputs":{"clusterIdentifier":"atlas-tasks-secondary","arn":"old","big":12345678901234567890}}]}}`

func one() adopt.Adoption {
	return adopt.Adoption{Home: system.Secondary, Swaps: []adopt.Swap{{Type: "aws:rds/cluster:Cluster",
		Name: "postgres-tasks-cluster", ID: "atlas-tasks-g2-secondary",
		Properties: map[string]any{"clusterIdentifier": "atlas-tasks-g2-secondary", "finalSnapshotIdentifier": "x"}}}}
}

func TestAdoption_changesWhatItNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	out, err := one().Apply([]byte(state))
	require.NoError(t, err)
	assert.Contains(t, string(out), "12345678901234567890", "numbers stay as they are")
	var doc struct {
		Deployment struct {
			Resources []struct {
				ID              string
				Protect         bool
				Inputs, Outputs map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal(out, &doc))
	require.Len(t, doc.Deployment.Resources, 2)
	r := doc.Deployment.Resources[1]
	assert.Equal(t, "atlas-tasks-g2-secondary", r.ID)
	assert.True(t, r.Protect)
	assert.Equal(t, map[string]any{"clusterIdentifier": "atlas-tasks-g2-secondary", "port": 5432.0}, r.Inputs)
	assert.Equal(t, "old", r.Outputs["arn"], "a refresh reads it")

	again, err := one().Apply(out)
	require.NoError(t, err)
	assert.JSONEq(t, string(out), string(again))
}

func TestAdoption_refusesAStateItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		"read the state":              "not json",
		"the state holds no resource": `{"deployment":{}}`,
		"the state has 0 resources postgres-tasks-cluster of t": `{"deployment":{"resources":[{"urn":"x","type":"y"}]}}`,
	} {
		_, err := one().Apply([]byte(text))
		assert.ErrorContains(t, err, want)
	}
}
