package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const (
	dynamoTable   = "AWS::DynamoDB::Table"
	dynamoReplica = "AWS::DynamoDB::TableReplica"
)

// sessions is the declaration of a table in Ireland.
func (l *lab) sessions(changes ...any) doc {
	return with(doc{
		"Name": "sessions", "BillingMode": "PAY_PER_REQUEST", "HashKey": "pk", "RangeKey": "sk",
		"Attributes":           []any{doc{"Name": "pk", "Type": "S"}, doc{"Name": "sk", "Type": "S"}},
		"ServerSideEncryption": doc{"Enabled": true, "KmsKeyArn": l.arn(ireland, "key")},
		"StreamEnabled":        true, "StreamViewType": "NEW_AND_OLD_IMAGES",
		"PointInTimeRecovery": doc{"Enabled": true, "RecoveryPeriodInDays": 14},
	}, changes...)
}

// replicaOf is the declaration of its replica in Frankfurt.
func (l *lab) replicaOf(changes ...any) doc {
	return with(doc{
		"GlobalTableArn": l.arn(ireland, "sessions"), "KmsKeyArn": l.arn(frankfurt, "key"), "PointInTimeRecovery": true,
	}, changes...)
}

// globalTable builds both halves.
func globalTable(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, 11)
	l.keys()
	l.make(ireland, "sessions", dynamoTable, l.sessions())
	l.make(frankfurt, "sessions", dynamoReplica, l.replicaOf())
	return l
}

func attr(text string) doc { return doc{"S": text} }

func (l *lab) keep(region, key, value string) {
	l.t.Helper()
	l.call(region, "dynamodb", "PutItem",
		doc{"TableName": "sessions", "Item": doc{"pk": attr(key), "sk": attr("-"), "value": attr(value)}})
}

// value reads an item; "" is none.
func (l *lab) value(region, key string) any {
	l.t.Helper()
	out := l.call(region, "dynamodb", "GetItem", doc{"TableName": "sessions", "Key": doc{"pk": attr(key), "sk": attr("-")}})
	item, _ := out["Item"].(map[string]any)
	value, _ := item["value"].(map[string]any)
	return value["S"]
}

func (l *lab) pass(d time.Duration) { l.Advance(l.Now().Add(d)) }

func TestCreate_refusesTablesAsAWSDoes(t *testing.T) {
	t.Parallel()
	ledger := doc{"Name": "open", "HashKey": "open", "ProjectionType": "ALL"}
	rows := []refusal{
		{"name taken", "", dynamoTable, func(l *lab) doc { return l.sessions() }, "ResourceInUseException"},
		{"short name", "", dynamoTable, func(l *lab) doc { return l.sessions("Name", "ab") }, "ValidationException"},
		{"key that is no attribute", "", dynamoTable, func(l *lab) doc {
			return l.sessions("Name", "other", "GlobalSecondaryIndexes", []any{ledger})
		}, "ValidationException"},
		{"attribute that is no key", "", dynamoTable, func(l *lab) doc { return l.sessions("Name", "other", "RangeKey", nil) },
			"ValidationException"},
		{"recovery of 40 days", "", dynamoTable, func(l *lab) doc {
			return l.sessions("Name", "other", "PointInTimeRecovery", doc{"Enabled": true, "RecoveryPeriodInDays": 40})
		}, "ValidationException"},
		{"the other region's key", "", dynamoTable, func(l *lab) doc {
			return l.sessions("Name", "other", "ServerSideEncryption", doc{"Enabled": true, "KmsKeyArn": l.arn(frankfurt, "key")})
		}, "ValidationException"},
		{"replica of nothing", frankfurt, dynamoReplica, func(l *lab) doc {
			return l.replicaOf("GlobalTableArn", "arn:aws:dynamodb:eu-west-1:123456789012:table/nobody")
		}, "ResourceNotFoundException"},
		{"replica in its own region", ireland, dynamoReplica, func(l *lab) doc {
			return l.replicaOf("KmsKeyArn", l.arn(ireland, "key"))
		}, "ValidationException"},
		{"replica without a key", frankfurt, dynamoReplica, func(l *lab) doc { return l.replicaOf("KmsKeyArn", nil) },
			"ValidationException"},
		{"replica with the source's key", frankfurt, dynamoReplica, func(l *lab) doc {
			return l.replicaOf("KmsKeyArn", l.arn(ireland, "key"))
		}, "ValidationException"},
		{"replica where the name is taken", frankfurt, dynamoReplica, func(l *lab) doc {
			l.make(frankfurt, "left over", dynamoTable, l.sessions("ServerSideEncryption", nil))
			return l.replicaOf()
		}, "ValidationException"},
		{"replica of a restored table that is not there yet", frankfurt, dynamoReplica, func(l *lab) doc {
			l.call(ireland, "dynamodb", "RestoreTableToPointInTime",
				doc{"SourceTableName": "sessions", "TargetTableName": "restored", "UseLatestRestorableTime": true})
			return l.replicaOf("GlobalTableArn", "arn:aws:dynamodb:eu-west-1:123456789012:table/restored")
		}, "ResourceInUseException"},
	}
	checkRefusals(t, func(l *lab) {
		l.keys()
		l.make(ireland, "sessions", dynamoTable, l.sessions())
	}, rows)
}

func TestTable_bothHalvesAreDescribedAlike(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	there := l.call(frankfurt, "dynamodb", "DescribeTable", doc{"TableName": "sessions"})["Table"].(doc)
	assert.Equal(t, "arn:aws:dynamodb:eu-central-1:123456789012:table/sessions", there["TableArn"])
	assert.Equal(t, "ACTIVE", there["TableStatus"])
	assert.Equal(t, []any{doc{"RegionName": ireland, "ReplicaStatus": "ACTIVE", "KMSMasterKeyId": l.arn(ireland, "key")}},
		there["Replicas"])
	assert.Equal(t, l.arn(frankfurt, "key"), there["SSEDescription"].(doc)["KMSMasterKeyArn"])
	assert.Equal(t, there["KeySchema"],
		l.call(ireland, "dynamodb", "DescribeTable", doc{"TableName": "sessions"})["Table"].(doc)["KeySchema"])
	e, err := l.Read(frankfurt, dynamoReplica, "sessions:eu-west-1")
	require.NoError(t, err, "the id is the provider's")
	assert.Equal(t, there["TableArn"], e.Out["Arn"])
}

func TestTable_updateThatForgetsTheReplicaDeletesIt(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	e, err := l.Read(ireland, dynamoTable, "sessions")
	require.NoError(t, err)
	_, err = l.Update(ireland, dynamoTable, "sessions", l.sessions("Replicas", e.In["Replicas"]))
	require.NoError(t, err)
	assert.Len(t, l.Find(frankfurt, dynamoTable, nil), 1, "an update that ignores replicas leaves it")
	_, err = l.Update(ireland, dynamoTable, "sessions", l.sessions())
	require.NoError(t, err)
	assert.Empty(t, l.Find(frankfurt, dynamoTable, nil))
	assert.Empty(t, l.Find(frankfurt, dynamoReplica, nil))
}

func TestTable_streamOfAGlobalTableStaysOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	l.keys()
	l.make(ireland, "sessions", dynamoTable, l.sessions("StreamEnabled", nil, "StreamViewType", nil))
	l.make(frankfurt, "sessions", dynamoReplica, l.replicaOf())
	e, err := l.Read(ireland, dynamoTable, "sessions")
	require.NoError(t, err)
	assert.Equal(t, true, e.In["StreamEnabled"], "the first replica turns it on")
	_, err = l.Update(ireland, dynamoTable, "sessions",
		l.sessions("StreamEnabled", nil, "StreamViewType", nil, "Replicas", e.In["Replicas"]))
	assert.Equal(t, "ValidationException", code(err))
}

func TestTable_isDeletedAfterItsReplicaAndADay(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	assert.Equal(t, "ValidationException", code(l.remove(ireland, "sessions")))
	require.NoError(t, l.remove(frankfurt, "sessions"))
	assert.Empty(t, l.Find(frankfurt, dynamoTable, nil))
	assert.ErrorContains(t, l.remove(ireland, "sessions"), "less than 24 hours ago")
	l.pass(24 * time.Hour)
	require.NoError(t, l.remove(ireland, "sessions"))
}

func TestTable_protectionKeepsBothHalves(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	l.keys()
	l.make(ireland, "sessions", dynamoTable, l.sessions("DeletionProtectionEnabled", true))
	l.make(frankfurt, "sessions", dynamoReplica, l.replicaOf("DeletionProtectionEnabled", true))
	assert.Equal(t, "ValidationException", code(l.remove(frankfurt, "sessions")))
	_, err := l.Update(frankfurt, dynamoReplica, "sessions:eu-west-1", l.replicaOf("DeletionProtectionEnabled", false))
	require.NoError(t, err)
	require.NoError(t, l.remove(frankfurt, "sessions"))
	l.pass(24 * time.Hour)
	assert.ErrorContains(t, l.remove(ireland, "sessions"), "DeletionProtectionEnabled is on")
}

func TestTable_replicaIsManagedThroughItsSource(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.inject("region-down eu-west-1")
	_, err := l.Read(frankfurt, dynamoReplica, "sessions:eu-west-1")
	assert.True(t, world.IsUnreachable(err), "the provider describes it in the region of the table")
	_, err = l.Update(frankfurt, dynamoReplica, "sessions:eu-west-1", l.replicaOf("PointInTimeRecovery", false))
	assert.True(t, world.IsUnreachable(err))
	l.keep(frankfurt, "a", "written while Ireland is lost")
	assert.Equal(t, "written while Ireland is lost", l.value(frankfurt, "a"), "its data needs nobody else")
}

func TestTable_replicatesBothWaysBehindTheWrite(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "a", "1")
	assert.Nil(t, l.value(frankfurt, "a"), "not yet there")
	l.pass(time.Second)
	assert.Equal(t, "1", l.value(frankfurt, "a"))
	l.keep(frankfurt, "b", "2")
	l.pass(time.Second)
	assert.Equal(t, "2", l.value(ireland, "b"))
}

func TestTable_laterWriteWinsInBothHomes(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "a", "first")
	l.pass(300 * time.Millisecond)
	l.keep(frankfurt, "a", "second")
	l.pass(2 * time.Second)
	for _, region := range []string{ireland, frankfurt} {
		assert.Equal(t, "second", l.value(region, "a"), region)
	}
}

func TestTable_catchesUpAfterTheRegionReturns(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "held", "1")
	l.inject("region-down eu-west-1")
	l.pass(time.Hour)
	assert.Nil(t, l.value(frankfurt, "held"), "a lost region holds back what it had not sent")
	l.keep(frankfurt, "new", "2")
	l.inject("region-up eu-west-1")
	l.pass(2 * time.Minute)
	assert.Equal(t, "1", l.value(frankfurt, "held"))
	assert.Equal(t, "2", l.value(ireland, "new"))
}

func TestTable_conditionsKeepOneWinner(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	acquire := func(owner, now, until string) error {
		_, err := l.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "PutItem", Input: doc{
			"TableName":                 "sessions",
			"Item":                      doc{"pk": attr("lease"), "sk": attr("-"), "owner": attr(owner), "until": doc{"N": until}},
			"ConditionExpression":       "attribute_not_exists(pk) OR #u < :now OR (#o = :me AND NOT #u > :max)",
			"ExpressionAttributeNames":  doc{"#u": "until", "#o": "owner"},
			"ExpressionAttributeValues": doc{":now": doc{"N": now}, ":me": attr(owner), ":max": doc{"N": "1000"}},
		}})
		return err
	}
	require.NoError(t, acquire("a", "9", "100"))
	assert.Equal(t, "ConditionalCheckFailedException", code(acquire("b", "20", "200")))
	require.NoError(t, acquire("a", "20", "200"), "its owner renews it")
	require.NoError(t, acquire("b", "201", "300"), "numbers are compared as numbers")
}

func TestTable_updatesSetCountAndRemove(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	key := doc{"pk": attr("a"), "sk": attr("-")}
	update := func(expression string) (doc, error) {
		return l.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "UpdateItem", Input: doc{
			"TableName": "sessions", "Key": key, "UpdateExpression": expression, "ReturnValues": "ALL_NEW",
			"ExpressionAttributeNames":  doc{"#n": "count"},
			"ExpressionAttributeValues": doc{":one": doc{"N": "1"}, ":zero": doc{"N": "0"}, ":t": attr("x")},
		}})
	}
	for n := 1; n <= 2; n++ {
		out, err := update("SET #n = if_not_exists(#n, :zero) + :one, label = :t")
		require.NoError(t, err)
		assert.Equal(t, doc{"N": fmt.Sprint(n)}, out["Attributes"].(doc)["count"])
	}
	out, err := update("REMOVE label")
	require.NoError(t, err)
	assert.NotContains(t, out["Attributes"], "label")
	for _, bad := range []string{"ADD #n :one", "SET label", "SET pk = :t", "SET a.b = :t", "SET label = other"} {
		_, err := update(bad)
		assert.Equal(t, "ValidationException", code(err), bad)
	}
}

func TestTable_queryListsOpenWorkOldestFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	l.make(ireland, "ledger", dynamoTable, doc{
		"Name": "ledger", "HashKey": "token", "BillingMode": "PAY_PER_REQUEST",
		"Attributes": []any{doc{"Name": "token", "Type": "S"}, doc{"Name": "open", "Type": "S"},
			doc{"Name": "accepted", "Type": "S"}},
		"GlobalSecondaryIndexes": []any{
			doc{"Name": "open", "HashKey": "open", "RangeKey": "accepted", "ProjectionType": "ALL"}},
	})
	for token, at := range map[string]string{"a": "2026-01-01T00:00:03Z", "b": "2026-01-01T00:00:01Z",
		"c": "2026-01-01T00:00:02Z", "d": "2026-01-01T00:00:00Z"} {
		l.call(ireland, "dynamodb", "PutItem", doc{"TableName": "ledger",
			"Item": doc{"token": attr(token), "open": attr("0"), "accepted": attr(at)}})
	}
	l.call(ireland, "dynamodb", "UpdateItem", doc{"TableName": "ledger", "Key": doc{"token": attr("d")},
		"UpdateExpression":          "SET done = :now REMOVE #o",
		"ExpressionAttributeNames":  doc{"#o": "open"},
		"ExpressionAttributeValues": doc{":now": attr("2026-01-01T00:01:00Z")}})
	ask := doc{"TableName": "ledger", "IndexName": "open", "Limit": 2, "KeyConditionExpression": "#o = :shard",
		"ExpressionAttributeNames": doc{"#o": "open"}, "ExpressionAttributeValues": doc{":shard": attr("0")}}
	var tokens []any
	for more := true; more; {
		page := l.call(ireland, "dynamodb", "Query", ask)
		for _, item := range page["Items"].([]any) {
			tokens = append(tokens, item.(doc)["token"].(doc)["S"])
		}
		ask["ExclusiveStartKey"], more = page["LastEvaluatedKey"], page["LastEvaluatedKey"] != nil
	}
	assert.Equal(t, []any{"b", "c", "a"}, tokens)
}

func TestTable_restoresToAPointInTime(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "a", "good")
	l.pass(time.Hour)
	good := l.Now()
	l.pass(time.Minute)
	l.keep(ireland, "a", "spoilt")
	l.pass(4 * time.Minute)
	restore := func(region string, at time.Time, target string) error {
		_, err := l.Call(world.Request{Region: region, Service: "dynamodb", Operation: "RestoreTableToPointInTime",
			Input: doc{"SourceTableName": "sessions", "TargetTableName": target, "RestoreDateTime": at.Format(time.RFC3339)}})
		return err
	}
	span := l.call(frankfurt, "dynamodb", "DescribeContinuousBackups", doc{"TableName": "sessions"})
	assert.Equal(t, l.Now().Add(-5*time.Minute).Format(time.RFC3339), span["ContinuousBackupsDescription"].(doc)["PointInTimeRecoveryDescription"].(doc)["LatestRestorableDateTime"])
	assert.Equal(t, "InvalidRestoreTimeException", code(restore(frankfurt, l.Now(), "late")))
	assert.Equal(t, "TableAlreadyExistsException", code(restore(frankfurt, good, "sessions")))
	require.NoError(t, restore(frankfurt, good, "sessions-g2"))
	read := func() (doc, error) {
		return l.Call(world.Request{Region: frankfurt, Service: "dynamodb", Operation: "GetItem",
			Input: doc{"TableName": "sessions-g2", "Key": doc{"pk": attr("a"), "sk": attr("-")}}})
	}
	_, err := read()
	assert.Equal(t, "ResourceNotFoundException", code(err), "it is there after 20 minutes")
	l.pass(20 * time.Minute)
	out, err := read()
	require.NoError(t, err)
	assert.Equal(t, attr("good"), out["Item"].(doc)["value"])
	e, err := l.Read(frankfurt, dynamoTable, "sessions-g2")
	require.NoError(t, err)
	for _, lost := range []string{"StreamEnabled", "DeletionProtectionEnabled", "Tags", "Replicas"} {
		assert.NotContains(t, e.In, lost, "a restored table has it no more")
	}
	assert.Equal(t, doc{"Enabled": false}, e.Out["PointInTimeRecovery"])
}

func TestTable_isSealedWhenItsKeyIsOnItsWayOut(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	require.NoError(t, l.remove(frankfurt, "key"))
	_, err := l.Call(world.Request{Region: frankfurt, Service: "dynamodb", Operation: "GetItem",
		Input: doc{"TableName": "sessions", "Key": doc{"pk": attr("a"), "sk": attr("-")}}})
	assert.Equal(t, "AccessDeniedException", code(err))
	here := l.call(ireland, "dynamodb", "DescribeTable", doc{"TableName": "sessions"})["Table"].(doc)
	assert.Equal(t, "INACCESSIBLE_ENCRYPTION_CREDENTIALS", here["Replicas"].([]any)[0].(doc)["ReplicaStatus"])
}
