package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// copied is a table with one item, its backup, and the backup's copy in the
// other region's vault.
func copied(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, 5)
	vaultLab(l)
	table := l.make(ireland, "sessions", dynamoTable, l.sessions())
	l.keep(ireland, "a", "before")
	job := l.call(ireland, "backup", "StartBackupJob", doc{
		"BackupVaultName": "vault", "ResourceArn": table.ARN, "IamRoleArn": l.arn(ireland, "role"),
		"Lifecycle": doc{"DeleteAfterDays": 10, "DeleteAfter": 10}})
	l.wait(time.Minute)
	l.keep(ireland, "a", "while the job runs")
	l.wait(time.Hour)
	l.call(ireland, "backup", "StartCopyJob", doc{
		"RecoveryPointArn": job["RecoveryPointArn"], "SourceBackupVaultName": "vault", "IamRoleArn": l.arn(ireland, "role"),
		"DestinationBackupVaultArn": l.arn(frankfurt, "vault")})
	return l
}

func (l *lab) points(region string) []any {
	return l.call(region, "backup", "ListRecoveryPointsByBackupVault", doc{"BackupVaultName": "vault"})["RecoveryPoints"].([]any)
}

func TestRestoreJob_bringsATableBackWithItsRegionLost(t *testing.T) {
	t.Parallel()
	l := copied(t)
	assert.Empty(t, l.points(frankfurt), "the copy is on its way")
	l.wait(time.Hour)
	here, there := l.points(ireland), l.points(frankfurt)
	require.Len(t, there, 1)
	point := there[0].(doc)
	assert.NotEqual(t, here[0].(doc)["RecoveryPointArn"], point["RecoveryPointArn"])
	assert.Equal(t, here[0].(doc)["CreationDate"], point["CreationDate"], "it is as old as what it copies")
	assert.Equal(t, l.arn(frankfurt, "key"), point["EncryptionKeyArn"])

	l.inject("region-down " + ireland)
	in := doc{"RecoveryPointArn": point["RecoveryPointArn"], "IamRoleArn": l.arn(ireland, "role"), "IdempotencyToken": "once",
		"Metadata": doc{"targetTableName": "sessions-g2", "encryptionType": "KMS", "kmsMasterKeyArn": l.arn(frankfurt, "key")}}
	first := l.call(frankfurt, "backup", "StartRestoreJob", in)
	assert.Equal(t, first, l.call(frankfurt, "backup", "StartRestoreJob", in), "the token makes a repeat harmless")
	describe := func() doc {
		return l.call(frankfurt, "backup", "DescribeRestoreJob", doc{"RestoreJobId": first["RestoreJobId"]})
	}
	assert.Equal(t, "RUNNING", describe()["Status"])
	l.wait(12 * time.Hour)
	assert.Equal(t, "COMPLETED", describe()["Status"])
	table := l.call(frankfurt, "dynamodb", "DescribeTable", doc{"TableName": "sessions-g2"})["Table"].(doc)
	assert.Equal(t, "ACTIVE", table["TableStatus"])
	assert.Equal(t, l.arn(frankfurt, "key"), table["SSEDescription"].(doc)["KMSMasterKeyArn"])
	assert.Nil(t, table["StreamSpecification"], "a restore brings back items, keys and indexes")
	out := l.call(frankfurt, "dynamodb", "GetItem", doc{"TableName": "sessions-g2",
		"Key": doc{"pk": attr("a"), "sk": attr("-")}})
	assert.Equal(t, attr("before"), out["Item"].(map[string]any)["value"], "as it was at the backup")
}

func TestRestoreJob_refuses(t *testing.T) {
	t.Parallel()
	l := copied(t)
	l.wait(time.Hour)
	point := l.points(frankfurt)[0].(doc)["RecoveryPointArn"]
	for name, c := range map[string]struct {
		in   doc
		want string
	}{
		"a point that is not there": {doc{"RecoveryPointArn": "arn:aws:backup:eu-central-1:1:recovery-point:x"},
			"ResourceNotFoundException"},
		"no name": {doc{"Metadata": doc{}}, "MissingParameterValueException"},
		"no role": {doc{"IamRoleArn": "arn:aws:iam::123456789012:role/nobody"}, "InvalidParameterValueException"},
		"the other region's key": {doc{"Metadata": doc{"targetTableName": "sessions-g2",
			"kmsMasterKeyArn": l.arn(ireland, "key")}}, "ValidationException"},
	} {
		in := doc{"RecoveryPointArn": point, "IamRoleArn": l.arn(ireland, "role"), "Metadata": doc{"targetTableName": "sessions-g2"}}
		for k, v := range c.in {
			in[k] = v
		}
		assert.Equal(t, c.want, code(l.try(frankfurt, "backup", "StartRestoreJob", in)), name)
	}
	assert.Equal(t, "ResourceNotFoundException", code(l.try(ireland, "backup", "StartCopyJob", doc{
		"RecoveryPointArn": point, "SourceBackupVaultName": "vault", "DestinationBackupVaultArn": l.arn(frankfurt, "vault")})),
		"it is not in that region")
}
