package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// reportsPrefix is where the reports go in the bucket.
const reportsPrefix = "reports"

// report is a report that AWS Backup writes every day:
// docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-api.html.
type report struct {
	part, template, description string
	// judged reports are about the framework.
	judged bool
}

var reports = []report{
	{"backup-jobs", "BACKUP_JOB_REPORT", "Which backups were made", false},
	{"copy-jobs", "COPY_JOB_REPORT", "Which backups were copied", false},
	{"restore-jobs", "RESTORE_JOB_REPORT", "Which backups were restored, in tests and in earnest", false},
	{"controls", "CONTROL_COMPLIANCE_REPORT", "Which controls of the framework hold", true},
	{"resources", "RESOURCE_COMPLIANCE_REPORT", "Which resources the controls of the framework find fault with", true},
}

// reports declares the report plans. AWS may count the frameworks of a plan, which nobody asked for.
func (b *builder) reports(framework *backup.Framework) error {
	for _, r := range reports {
		setting := &backup.ReportPlanReportSettingArgs{ReportTemplate: pulumi.String(r.template)}
		options := []pulumi.ResourceOption{pulumi.DeleteBeforeReplace(true)}
		if r.judged {
			setting.FrameworkArns = pulumi.StringArray{framework.Arn}
			options = append(options, pulumi.IgnoreChanges([]string{"reportSetting.numberOfFrameworks"}))
		}
		_, err := backup.NewReportPlan(b.ctx, b.name+"-report-"+r.part, &backup.ReportPlanArgs{
			Name: pulumi.String(b.args.named(r.part)), Description: pulumi.String(r.description),
			ReportDeliveryChannel: &backup.ReportPlanReportDeliveryChannelArgs{
				S3BucketName: b.args.Bucket, S3KeyPrefix: pulumi.String(reportsPrefix),
				Formats: pulumi.ToStringArray([]string{"CSV", "JSON"}),
			},
			ReportSetting: setting,
		}, b.child(options...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Deliveries is what the policy of the bucket must allow: AWS Backup writes
// reports with a role that it makes for itself with the first report plan
// (docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles-AWSServiceRoleForBackupReports.html). S3 takes
// no policy that names a role which does not exist, so the role is named in a condition. That S3 does not
// take such a policy for a public one is assumed. Bucket is the bucket's ARN.
func Deliveries(s naming.Scope, bucket string) iampolicy.Statement {
	role := fmt.Sprintf("arn:aws:iam::%s:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports",
		s.Account)
	return iampolicy.Statement{
		Sid:        "Reports",
		Principals: map[string][]string{"AWS": {iampolicy.Everyone}},
		Actions:    []string{"s3:PutObject"},
		Resources:  []string{bucket + "/" + reportsPrefix + "/*"},
		Conditions: map[string]map[string][]string{
			"ArnEquals":    {"aws:PrincipalArn": {role}},
			"StringEquals": {"aws:PrincipalAccount": {s.Account}, "s3:x-amz-acl": {"bucket-owner-full-control"}},
		},
	}
}
