package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	testPlanKind      = "AWS::Backup::RestoreTestingPlan"
	testSelectionKind = "AWS::Backup::RestoreTestingSelection"
)

func (l *lab) vault() {
	l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "backup", "AssumeRolePolicy": trust})
	l.make(ireland, "vault", "AWS::Backup::BackupVault", doc{"Name": "vault", "KmsKeyArn": l.arn(ireland, "key")})
}

func (l *lab) testPlan(changes ...any) doc {
	return with(doc{
		"Name": "test_data", "ScheduleExpression": "cron(0 4 ? * SUN *)", "StartWindowHours": 8,
		"RecoveryPointSelection": doc{"Algorithm": "LATEST_WITHIN_WINDOW", "SelectionWindowDays": 7,
			"IncludeVaults": []any{l.arn(ireland, "vault")}, "RecoveryPointTypes": []any{"SNAPSHOT"}},
	}, changes...)
}

func (l *lab) testSelection(changes ...any) doc {
	return with(doc{
		"Name": "data", "RestoreTestingPlanName": "test_data", "ProtectedResourceType": "S3",
		"ProtectedResourceArns": []any{l.arn(ireland, "bucket")}, "IamRoleArn": l.arn(ireland, "role"),
		"RestoreMetadataOverrides": doc{"encryptionType": "SSE-KMS", "kmsKey": l.arn(ireland, "key")},
	}, changes...)
}

func TestCreate_refusesRestoreTestsAsAWSDoes(t *testing.T) {
	t.Parallel()
	build := func(l *lab) {
		l.keys()
		l.buckets()
		l.vault()
		l.make(ireland, "plan", testPlanKind, l.testPlan())
		l.make(ireland, "selection", testSelectionKind, l.testSelection())
	}
	plan := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc { return with(l.testPlan("Name", "other"), changes...) }
	}
	selection := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc { return with(l.testSelection("Name", "other"), changes...) }
	}
	const bad = "InvalidParameterValueException"
	checkRefusals(t, build, []refusal{
		{"hyphen in a plan's name", "", testPlanKind, plan("Name", "a-b"), bad},
		{"plan twice", "", testPlanKind, plan("Name", "test_data"), "AlreadyExistsException"},
		{"rate", "", testPlanKind, plan("ScheduleExpression", "rate(1 day)"), bad},
		{"window of two years", "", testPlanKind,
			plan("RecoveryPointSelection", doc{"SelectionWindowDays": 730}), bad},
		{"vault that is not there", "", testPlanKind, plan("RecoveryPointSelection",
			doc{"IncludeVaults": []any{"arn:aws:backup:eu-west-1:123456789012:backup-vault:none"}}), bad},
		{"vault of the other region", frankfurt, testPlanKind, plan(), bad},
		{"hyphen in a selection's name", "", testSelectionKind, selection("Name", "a-b"), bad},
		{"selection of no plan", "", testSelectionKind, selection("RestoreTestingPlanName", "none"),
			"ResourceNotFoundException"},
		{"nothing selected", "", testSelectionKind, selection("ProtectedResourceArns", nil), bad},
		{"ARNs and conditions", "", testSelectionKind, selection("ProtectedResourceConditions",
			doc{"StringEquals": []any{doc{"Key": "aws:ResourceTag/a", "Value": "b"}}}), bad},
		{"bucket as a table", "", testSelectionKind,
			selection("ProtectedResourceType", "DynamoDB", "RestoreMetadataOverrides", nil), bad},
		{"type without tests", "", testSelectionKind, selection("ProtectedResourceType", "Redshift"), bad},
		{"metadata of another type", "", testSelectionKind,
			selection("RestoreMetadataOverrides", doc{"dbSubnetGroupName": "x"}), bad},
	})
	l := newLab(t, 1)
	build(l)
	err := l.remove(ireland, "plan")
	assert.Equal(t, "InvalidRequestException", code(err), "its selection goes first")
	require.NoError(t, l.remove(ireland, "selection"))
	require.NoError(t, l.remove(ireland, "plan"))
}
