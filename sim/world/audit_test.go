package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	recorderKind  = "AWS::Config::ConfigurationRecorder"
	recordingKind = "AWS::Config::ConfigurationRecorderStatus"
	channelKind   = "AWS::Config::DeliveryChannel"
	frameworkKind = "AWS::Backup::Framework"
	reportKind    = "AWS::Backup::ReportPlan"
)

func (l *lab) recorder() {
	l.buckets()
	l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "config", "AssumeRolePolicy": trust})
	l.make(ireland, "recorder", recorderKind, doc{"Name": "default", "RoleArn": l.arn(ireland, "role")})
	l.make(ireland, "channel", channelKind, doc{"Name": "default", "S3BucketName": l.bucket(ireland)})
	l.make(ireland, "recording", recordingKind, doc{"Name": "default", "IsEnabled": true})
}

func framework(changes ...any) func(*lab) doc {
	return func(*lab) doc {
		return with(doc{"Name": "judged", "Controls": []any{doc{"Name": "BACKUP_RECOVERY_POINT_ENCRYPTED"}}}, changes...)
	}
}

func TestCreate_refusesAuditsAsAWSDoes(t *testing.T) {
	t.Parallel()
	report := func(template string, frameworks ...any) func(*lab) doc {
		return func(l *lab) doc {
			return doc{"Name": "report", "ReportDeliveryChannel": doc{"S3BucketName": l.bucket(ireland)},
				"ReportSetting": doc{"ReportTemplate": template, "FrameworkArns": frameworks}}
		}
	}
	const bad = "InvalidParameterValueException"
	checkRefusals(t, (*lab).recorder, []refusal{
		{"second recorder", "", recorderKind, func(l *lab) doc {
			return doc{"Name": "other", "RoleArn": l.arn(ireland, "role")}
		}, "MaxNumberOfConfigurationRecordersExceededException"},
		{"second channel", "", channelKind, func(l *lab) doc {
			return doc{"Name": "other", "S3BucketName": l.bucket(ireland)}
		}, "MaxNumberOfDeliveryChannelsExceededException"},
		{"channel without a recorder", frankfurt, channelKind, func(l *lab) doc {
			return doc{"Name": "default", "S3BucketName": l.bucket(frankfurt)}
		}, "NoAvailableConfigurationRecorderException"},
		{"recording without a channel", frankfurt, recordingKind, func(l *lab) doc {
			l.make(frankfurt, "recorder", recorderKind, doc{"Name": "default", "RoleArn": l.arn(ireland, "role")})
			return doc{"Name": "default", "IsEnabled": true}
		}, "NoAvailableDeliveryChannelException"},
		{"framework where nothing is recorded", frankfurt, frameworkKind, framework(), "InvalidRequestException"},
		{"hyphen in a framework's name", "", frameworkKind, framework("Name", "a-b"), bad},
		{"control twice", "", frameworkKind, framework("Controls", []any{doc{"Name": "A"}, doc{"Name": "A"}}), bad},
		{"report of compliance without a framework", "", reportKind, report("CONTROL_COMPLIANCE_REPORT"), bad},
		{"report on a framework that is not there", "", reportKind, report("CONTROL_COMPLIANCE_REPORT", "arn:aws:x"), bad},
	})
	l := newLab(t, 1)
	l.recorder()
	l.make(ireland, "framework", frameworkKind, framework()(l))
	l.make(ireland, "report", reportKind, report("BACKUP_JOB_REPORT")(l))
	assert.Equal(t, "LastDeliveryChannelDeleteFailedException", code(l.remove(ireland, "channel")))
	require.NoError(t, l.remove(ireland, "recording"))
	require.NoError(t, l.remove(ireland, "channel"))
}
