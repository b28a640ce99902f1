package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

func TestCreate_refusesBucketsAsAWSDoes(t *testing.T) {
	t.Parallel()
	const kind = "AWS::S3::Bucket"
	rows := []refusal{
		{"name taken in the other region", frankfurt, kind, func(l *lab) doc { return doc{"Bucket": l.bucket(ireland)} },
			"BucketAlreadyOwnedByYou"},
		{"setting of no bucket", "", "AWS::S3::BucketVersioning", func(*lab) doc {
			return doc{"Bucket": "nobody", "VersioningConfiguration": doc{"Status": "Enabled"}}
		}, "NoSuchBucket"},
		{"versioning suspended under a lock", "", "AWS::S3::BucketVersioning", func(l *lab) doc {
			return doc{"Bucket": l.bucket(ireland), "VersioningConfiguration": doc{"Status": "Suspended"}}
		}, "InvalidBucketState"},
		{"encryption with the other region's key", "", "AWS::S3::BucketEncryption", func(l *lab) doc {
			return doc{"Bucket": l.bucket(ireland), "Rules": []any{doc{"ApplyServerSideEncryptionByDefault": doc{
				"SseAlgorithm": "aws:kms", "KmsMasterKeyId": l.arn(frankfurt, "key")}}}}
		}, "KMS.NotFoundException"},
		{"policy of another bucket", "", "AWS::S3::BucketPolicy", func(l *lab) doc {
			return doc{"Bucket": l.bucket(ireland), "Policy": `{"Statement":[{"Resource":"arn:aws:s3:::other"}]}`}
		}, "MalformedPolicy"},
		{"early move to infrequent access", "", "AWS::S3::BucketLifecycle", func(l *lab) doc {
			return doc{"Bucket": l.bucket(ireland), "Rules": []any{doc{"Id": "r", "Status": "Enabled",
				"Transitions": []any{doc{"Days": 7, "StorageClass": "STANDARD_IA"}}}}}
		}, "InvalidArgument"},
		{"lock with days and years", "", "AWS::S3::BucketObjectLock", func(l *lab) doc {
			return doc{"Bucket": l.bucket(ireland),
				"Rule": doc{"DefaultRetention": doc{"Mode": "COMPLIANCE", "Days": 1, "Years": 1}}}
		}, "MalformedXML"},
	}
	for _, name := range []string{"ab", "Upper", "a_b", "-ab", "ab-", "a..b", "192.168.0.1", "xn--ab", "ab-s3alias"} {
		rows = append(rows, refusal{"name " + name, "", kind, func(*lab) doc { return doc{"Bucket": name} },
			"InvalidBucketName"})
	}
	checkRefusals(t, func(l *lab) { l.keys(); l.buckets() }, rows)
}

func TestCreate_refusesReplicationThatCannotWork(t *testing.T) {
	t.Parallel()
	const kind = "AWS::S3::BucketReplication"
	change := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc { return l.replication(ireland, frankfurt, changes...) }
	}
	destination := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc {
			return l.replication(ireland, frankfurt, "Destination", l.destination(frankfurt, changes...))
		}
	}
	rows := []refusal{
		{"no priority", "", kind, change("Priority", nil), "InvalidRequest"},
		{"no filter", "", kind, change("Filter", nil), "InvalidRequest"},
		{"no delete markers", "", kind, change("DeleteMarkerReplication", nil), "InvalidRequest"},
		{"existing objects", "", kind, change("ExistingObjectReplication", doc{"Status": "Enabled"}), "MalformedXML"},
		{"destination that is not there", "", kind, destination("Bucket", "arn:aws:s3:::nobody-here"), "InvalidRequest"},
		{"time control without metrics", "", kind, destination("Metrics", nil), "InvalidRequest"},
		{"time control in 10 minutes", "", kind,
			destination("ReplicationTime", doc{"Status": "Enabled", "Time": doc{"Minutes": 10}}), "InvalidRequest"},
		{"metrics at 5 minutes", "", kind, destination("Metrics",
			doc{"Status": "Enabled", "EventThreshold": doc{"Minutes": 5}}), "InvalidRequest"},
		{"encrypted objects without a key", "", kind, destination("EncryptionConfiguration", nil), "InvalidRequest"},
		{"key of the source's region", "", kind, func(l *lab) doc {
			return destination("EncryptionConfiguration", doc{"ReplicaKmsKeyId": l.arn(ireland, "key")})(l)
		}, "InvalidRequest"},
		{"source not versioned", "", kind, func(l *lab) doc {
			l.make(ireland, "plain", "AWS::S3::Bucket", doc{"Bucket": "plain-bucket"})
			return with(change()(l), "Bucket", "plain-bucket")
		}, "InvalidRequest"},
		{"destination not versioned", "", kind, func(l *lab) doc {
			l.make(frankfurt, "plain", "AWS::S3::Bucket", doc{"Bucket": "plain-bucket"})
			return destination("Bucket", "arn:aws:s3:::plain-bucket")(l)
		}, "InvalidRequest"},
		{"destination without lock", "", kind, func(l *lab) doc {
			l.make(frankfurt, "plain", "AWS::S3::Bucket", doc{"Bucket": "plain-bucket"})
			l.make(frankfurt, "v", "AWS::S3::BucketVersioning",
				doc{"Bucket": "plain-bucket", "VersioningConfiguration": doc{"Status": "Enabled"}})
			return destination("Bucket", "arn:aws:s3:::plain-bucket")(l)
		}, "InvalidRequest"},
		{"role that is not there", "", kind, func(l *lab) doc {
			return with(change()(l), "Role",
				"arn:aws:iam::1:role/x")
		}, "InvalidRequest"},
	}
	build := func(l *lab) { l.keys(); l.buckets() }
	checkRefusals(t, build, rows)
	l := newLab(t, 1)
	build(l)
	l.make(ireland, "replication", kind, l.replication(ireland, frankfurt))
	l.make(frankfurt, "replication", kind, l.replication(frankfurt, ireland))
	_, err := l.Create(ireland, "AWS::S3::BucketVersioning", "x",
		doc{"Bucket": l.bucket(ireland), "VersioningConfiguration": doc{"Status": "Suspended"}})
	assert.Equal(t, "InvalidBucketState", code(err))
}

func TestKeys_waitForTheirReplicasAndTheirWindow(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.keys()
	assert.Regexp(t, "^mrk-[0-9a-f]{32}$", l.id(ireland, "key"))
	assert.Equal(t, l.id(ireland, "key"), l.id(frankfurt, "key"), "a replica has the id of its primary")
	l.make(ireland, "alias", "AWS::KMS::Alias", doc{"Name": "alias/data", "TargetKeyId": l.id(ireland, "key")})
	single := l.make(ireland, "single", "AWS::KMS::Key", doc{"DeletionWindowInDays": 7})
	_, err := l.Create(frankfurt, "AWS::KMS::ReplicaKey", "r", doc{"PrimaryKeyArn": single.ARN})
	assert.Equal(t, "UnsupportedOperationException", code(err))
	_, err = l.Create(ireland, "AWS::KMS::Key", "k", doc{"DeletionWindowInDays": 3})
	assert.Equal(t, "ValidationException", code(err))

	require.NoError(t, l.remove(ireland, "key"))
	states := func(region, kind string) []any {
		var out []any
		for _, k := range l.Find(region, kind, nil) {
			out = append(out, k.Out["KeyState"])
		}
		return out
	}
	assert.ElementsMatch(t, []any{"PendingReplicaDeletion", "Enabled"}, states(ireland, "AWS::KMS::Key"))
	_, err = l.Read(ireland, "AWS::KMS::Alias", "alias/data")
	assert.True(t, world.IsNotFound(err), "the alias is free at once")
	require.NoError(t, l.remove(frankfurt, "key"))
	assert.ElementsMatch(t, []any{"PendingDeletion", "Enabled"}, states(ireland, "AWS::KMS::Key"))
	l.Advance(l.Now().Add(8 * 24 * time.Hour))
	assert.Empty(t, l.Find(frankfurt, "AWS::KMS::ReplicaKey", nil), "the replica's seven days are over")
	assert.Len(t, states(ireland, "AWS::KMS::Key"), 2)
	l.Advance(l.Now().Add(30 * 24 * time.Hour))
	assert.Len(t, states(ireland, "AWS::KMS::Key"), 1)
}

func vaultLab(l *lab) {
	l.keys()
	l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "backup", "AssumeRolePolicy": trust})
	for _, region := range []string{ireland, frankfurt} {
		l.make(region, "vault", "AWS::Backup::BackupVault", doc{"Name": "vault", "KmsKeyArn": l.arn(region, "key")})
		l.make(region, "vaultlock", "AWS::Backup::BackupVaultLock",
			doc{"BackupVaultName": "vault", "MinRetentionDays": 7, "MaxRetentionDays": 400})
	}
}

func planRule(l *lab, changes ...any) doc {
	return doc{"Name": "plan", "Rules": []any{with(doc{
		"RuleName": "daily", "TargetVaultName": "vault", "Schedule": "cron(0 5 ? * * *)", "StartWindow": 60,
		"CompletionWindow": 180,
		"Lifecycle":        doc{"DeleteAfter": 35},
		"CopyActions":      []any{doc{"DestinationVaultArn": l.arn(frankfurt, "vault"), "Lifecycle": doc{"DeleteAfter": 35}}},
	}, changes...)}}
}

func TestPlan_copiesToAVaultOfAnotherAccount(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	vaultLab(l)
	l.make(ireland, "plan", "AWS::Backup::BackupPlan", planRule(l, "CopyActions", []any{doc{
		"DestinationVaultArn": "arn:aws:backup:eu-west-1:210987654321:backup-vault:kept",
		"Lifecycle":           doc{"DeleteAfter": 500}}})) // whose lock is not known here
}

func TestCreate_refusesBackupsAsAWSDoes(t *testing.T) {
	t.Parallel()
	const kind = "AWS::Backup::BackupPlan"
	rule := func(changes ...any) func(*lab) doc { return func(l *lab) doc { return planRule(l, changes...) } }
	checkRefusals(t, vaultLab, []refusal{
		{"rate schedule", "", kind, rule("Schedule", "rate(1 hour)"), "InvalidParameterValueException"},
		{"five-field cron", "", kind, rule("Schedule", "cron(0 5 * * *)"), "InvalidParameterValueException"},
		{"short start window", "", kind, rule("StartWindow", 30), "InvalidParameterValueException"},
		{"short completion window", "", kind, rule("CompletionWindow", 90), "InvalidParameterValueException"},
		{"cold storage too late", "", kind, rule("Lifecycle", doc{"DeleteAfter": 100, "ColdStorageAfter": 30}),
			"InvalidParameterValueException"},
		{"continuous for too long", "", kind, rule("EnableContinuousBackup", true, "Lifecycle", doc{"DeleteAfter": 36}),
			"InvalidParameterValueException"},
		{"shorter than the vault's lock", "", kind, rule("Lifecycle", doc{"DeleteAfter": 6}),
			"InvalidParameterValueException"},
		{"for ever under a lock", "", kind, rule("Lifecycle", nil), "InvalidParameterValueException"},
		{"copy longer than the other vault's lock", "", kind, func(l *lab) doc {
			return rule("CopyActions", []any{doc{"DestinationVaultArn": l.arn(frankfurt, "vault"),
				"Lifecycle": doc{"DeleteAfter": 401}}})(l)
		}, "InvalidParameterValueException"},
		{"copy to another account and region", "", kind, rule("CopyActions", []any{doc{
			"DestinationVaultArn": "arn:aws:backup:eu-central-1:210987654321:backup-vault:kept",
			"Lifecycle":           doc{"DeleteAfter": 35}}}), "InvalidParameterValueException"},
		{"copy to another account that ends too soon", "", kind, rule("CopyActions", []any{doc{
			"DestinationVaultArn": "arn:aws:backup:eu-west-1:210987654321:backup-vault:kept",
			"Lifecycle":           doc{"DeleteAfter": 100, "ColdStorageAfter": 30}}}), "InvalidParameterValueException"},
		{"no vault", "", kind, rule("TargetVaultName", "nowhere"), "ResourceNotFoundException"},
		{"rules of one name", "", kind, func(l *lab) doc {
			p := planRule(l)
			p["Rules"] = append(p["Rules"].([]any), p["Rules"].([]any)[0])
			return p
		}, "InvalidParameterValueException"},
		{"vault's key of the other region", "", "AWS::Backup::BackupVault", func(l *lab) doc {
			return doc{"Name": "other", "KmsKeyArn": l.arn(frankfurt, "key")}
		}, "InvalidParameterValueException"},
		{"lock upside down", "", "AWS::Backup::BackupVaultLock", func(*lab) doc {
			return doc{"BackupVaultName": "vault", "MinRetentionDays": 9, "MaxRetentionDays": 8}
		}, "InvalidParameterValueException"},
		{"conditions without resources", "", "AWS::Backup::BackupSelection", func(l *lab) doc {
			p := l.make(ireland, "plan", kind, planRule(l))
			return doc{"Name": "s", "PlanId": p.ID, "IamRoleArn": l.arn(ireland, "role"),
				"Conditions": []any{doc{"StringEquals": []any{doc{"Key": "k", "Value": "v"}}}}}
		}, "InvalidParameterValueException"},
	})
}

func TestVault_keepsItsRecoveryPoints(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	vaultLab(l)
	b := l.make(ireland, "b", "AWS::S3::Bucket", doc{"Bucket": "some-bucket"})
	in := doc{"BackupVaultName": "vault", "ResourceArn": b.ARN, "IamRoleArn": l.arn(ireland, "role"),
		"Lifecycle": doc{"DeleteAfterDays": 10, "DeleteAfter": 10}}
	job := l.call(ireland, "backup", "StartBackupJob", in)
	list := func() []any {
		return l.call(ireland, "backup", "ListRecoveryPointsByBackupVault",
			doc{"BackupVaultName": "vault"})["RecoveryPoints"].([]any)
	}
	assert.Empty(t, list(), "the job runs")
	l.Advance(l.Now().Add(time.Hour))
	require.Len(t, list(), 1)
	assert.Equal(t, job["RecoveryPointArn"], list()[0].(doc)["RecoveryPointArn"])
	assert.Equal(t, "COMPLETED", l.call(ireland, "backup", "DescribeBackupJob",
		doc{"BackupJobId": job["BackupJobId"]})["State"])

	assert.Equal(t, "InvalidRequestException", code(l.remove(ireland, "vault")))
	_, err := l.Call(world.Request{Region: ireland, Service: "backup", Operation: "DeleteRecoveryPoint",
		Input: doc{"BackupVaultName": "vault", "RecoveryPointArn": job["RecoveryPointArn"]}})
	assert.Equal(t, "InvalidRequestException", code(err), "the lock keeps it")
	l.Advance(l.Now().Add(11 * 24 * time.Hour))
	assert.Empty(t, list(), "its retention is over")
	require.NoError(t, l.remove(ireland, "vault"))
}

func TestVaultLock_isFinalAfterItsGraceTime(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	vaultLab(l)
	l.make(ireland, "v2", "AWS::Backup::BackupVault", doc{"Name": "v2"})
	lock := l.make(ireland, "l2", "AWS::Backup::BackupVaultLock",
		doc{"BackupVaultName": "v2", "MinRetentionDays": 7, "ChangeableForDays": 3})
	_, err := l.Update(ireland, lock.Kind, lock.ID, with(lock.In, "MinRetentionDays", 8))
	require.NoError(t, err)
	l.Advance(l.Now().Add(4 * 24 * time.Hour))
	_, err = l.Update(ireland, lock.Kind, lock.ID, with(lock.In, "MinRetentionDays", 1))
	assert.Equal(t, "InvalidRequestException", code(err))
	assert.Equal(t, "InvalidRequestException", code(l.remove(ireland, "l2")))
	require.NoError(t, l.remove(ireland, "vaultlock"), "a governance lock can go")
}

func TestSecrets_keepTheirNameForTheWindow(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.keys()
	in := doc{"Name": "db", "KmsKeyId": l.arn(ireland, "key"),
		"Replicas": []any{doc{"Region": frankfurt, "KmsKeyId": l.arn(frankfurt, "key")}}}
	s := l.make(ireland, "secret", "AWS::SecretsManager::Secret", in)
	assert.Regexp(t, "^arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-[a-z0-9]{6}$", s.ID)
	_, err := l.Create(ireland, "AWS::SecretsManager::SecretVersion", "v", doc{"SecretId": s.ID})
	assert.Equal(t, "InvalidParameterException", code(err))
	require.NoError(t, l.remove(ireland, "secret"))
	_, err = l.Create(ireland, "AWS::SecretsManager::Secret", "again", in)
	assert.Equal(t, "InvalidRequestException", code(err))
	l.Advance(l.Now().Add(31 * 24 * time.Hour))
	_, err = l.Create(ireland, "AWS::SecretsManager::Secret", "again", in)
	require.NoError(t, err)
}
