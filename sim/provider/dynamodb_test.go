package provider

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	tableToken = "aws:dynamodb/table:Table"
	tableURN   = "urn:pulumi:test::redoubt::aws:dynamodb/table:Table::sessions"
	replicaURN = "urn:pulumi:test::redoubt::aws:dynamodb/tableReplica:TableReplica::sessions"
)

func tableInputs(changes map[string]any) map[string]any {
	in := map[string]any{
		"name": "atlas-sessions", "billingMode": "PAY_PER_REQUEST", "hashKey": "pk",
		"attributes":    []any{map[string]any{"name": "pk", "type": "S"}},
		"streamEnabled": true, "streamViewType": "NEW_AND_OLD_IMAGES",
		"pointInTimeRecovery": map[string]any{"enabled": true, "recoveryPeriodInDays": 14},
		"ttl":                 map[string]any{"attributeName": "expires", "enabled": true},
		"tags":                map[string]any{"redoubt:store": "sessions"},
	}
	for k, v := range changes {
		in[k] = v
	}
	return in
}

func TestCheckInputs_holdsTheRulesOfTables(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change map[string]any
		want   []Failure
	}{
		"sound": {nil, nil},
		"no key": {map[string]any{"hashKey": "id"}, []Failure{
			{"attributes[0].name", `is "pk", which is no key of the table or an index`},
			{"hashKey", `is "id", which is no attribute`},
		}},
		"capacities": {map[string]any{"readCapacity": 5}, []Failure{{"readCapacity", "has no place beside billingMode PAY_PER_REQUEST"}}},
		"stream of nothing": {map[string]any{"streamViewType": nil},
			[]Failure{{"streamEnabled", "needs streamViewType"}}},
		"expiry of nothing": {map[string]any{"ttl": map[string]any{"enabled": true}}, []Failure{{"ttl.enabled", "needs attributeName"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, CheckInputs(tableToken, props(tableInputs(tt.change))))
		})
	}
}

func TestServer_globalTableReadsBackAsDeclared(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, w := serve(t)
	west := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	central := connect(t, s.aws, map[string]any{"region": "eu-central-1"})
	id, state, in := create(t, west, tableURN, props(tableInputs(nil)))
	replicaID, replica, replicaIn := create(t, central, replicaURN, props(map[string]any{
		"globalTableArn": state["arn"].StringValue(), "pointInTimeRecovery": true}))
	assert.Equal(t, "atlas-sessions:eu-west-1", replicaID)
	assert.Equal(t, "arn:aws:dynamodb:eu-central-1:123456789012:table/atlas-sessions", replica["arn"].StringValue())

	read, err := west.Read(ctx, &pulumirpc.ReadRequest{Id: id, Urn: tableURN, Properties: sent(t, state), Inputs: sent(t, in)})
	require.NoError(t, err)
	now := received(t, read.GetProperties())
	require.Len(t, now["replicas"].ArrayValue(), 1, "AWS tells of the other half")
	diff := func(ignore ...string) pulumirpc.DiffResponse_DiffChanges {
		d, err := west.Diff(ctx, &pulumirpc.DiffRequest{Id: id, Urn: tableURN, Olds: sent(t, now), News: read.GetInputs(),
			OldInputs: read.GetInputs(), IgnoreChanges: ignore})
		require.NoError(t, err)
		return d.GetChanges()
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, diff("replicas"))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, diff(), "a table that does not ignore its replicas wants them gone")

	_, err = west.Update(ctx, &pulumirpc.UpdateRequest{Id: id, Urn: tableURN, Olds: sent(t, now),
		News: sent(t, props(tableInputs(map[string]any{"tags": map[string]any{"a": "b"}}))), IgnoreChanges: []string{"replicas"}})
	require.NoError(t, err)
	assert.Len(t, w.Find("eu-central-1", "AWS::DynamoDB::Table", nil), 1, "an update leaves the other half")

	again, err := central.Read(ctx, &pulumirpc.ReadRequest{Id: replicaID, Urn: replicaURN, Properties: sent(t, replica),
		Inputs: sent(t, replicaIn)})
	require.NoError(t, err)
	assert.Equal(t, replica, received(t, again.GetProperties()))
}
