// Package audit lets AWS judge the home's backups: a framework of AWS Backup Audit Manager,
// what it stands on, the recorder of AWS Config with its delivery channel, and the daily reports about jobs and
// controls.
//
// Recorder and channel belong to account and region, one of each; a home whose region has them adopts them.
package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// Type is part of every URN below an Audit.
const Type = "redoubt:audit:Audit"

// Audit is the judgement of one home's backups.
type Audit struct {
	pulumi.ResourceState

	// FrameworkArn names the framework.
	FrameworkArn pulumi.StringOutput `pulumi:"frameworkArn"`
}

// New registers the audit under name, in the region of the provider in opts.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Audit, error) {
	c, err := newAudit(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("audit %q: %w", name, err)
	}
	return c, nil
}

func newAudit(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Audit, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Audit{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "recorderAdopted": pulumi.Bool(a.AdoptRecorder),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	var running []pulumi.Resource
	if !a.AdoptRecorder {
		if running, err = b.recorder(); err != nil {
			return nil, err
		}
	}
	framework, err := b.framework(running)
	if err != nil {
		return nil, err
	}
	if err := b.reports(framework); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"frameworkArn": c.FrameworkArn})
}

type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Audit
}

func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// recorded are the types whose changes the controls are judged by:
// docs.aws.amazon.com/aws-backup/latest/devguide/turning-on-resource-tracking.html.
var recorded = []string{
	"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault",
	"AWS::Backup::RecoveryPoint", "AWS::Config::ResourceCompliance",
	"AWS::DynamoDB::Table", "AWS::RDS::DBCluster", "AWS::S3::Bucket",
}

// recorder declares the recorder, where it delivers, and that it runs, in the
// one order that AWS Config takes: it starts no recorder without a channel, and takes no channel without a recorder.
func (b *builder) recorder() ([]pulumi.Resource, error) {
	role, ready, err := b.role()
	if err != nil {
		return nil, err
	}
	recorder, err := cfg.NewRecorder(b.ctx, b.name+"-recorder", &cfg.RecorderArgs{
		Name: pulumi.String("default"), RoleArn: role.Arn,
		RecordingGroup: &cfg.RecorderRecordingGroupArgs{
			AllSupported:  pulumi.Bool(false),
			ResourceTypes: pulumi.ToStringArray(recorded),
			RecordingStrategies: cfg.RecorderRecordingGroupRecordingStrategyArray{
				&cfg.RecorderRecordingGroupRecordingStrategyArgs{UseOnly: pulumi.String("INCLUSION_BY_RESOURCE_TYPES")},
			},
		},
	}, b.child(pulumi.DependsOn(ready))...)
	if err != nil {
		return nil, err
	}
	channel, err := cfg.NewDeliveryChannel(b.ctx, b.name+"-channel", &cfg.DeliveryChannelArgs{
		Name: pulumi.String("default"), S3BucketName: b.args.Bucket, S3KmsKeyArn: b.args.KeyArn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{recorder}))...)
	if err != nil {
		return nil, err
	}
	status, err := cfg.NewRecorderStatus(b.ctx, b.name+"-recording", &cfg.RecorderStatusArgs{
		Name: recorder.Name, IsEnabled: pulumi.Bool(true),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{channel}))...)
	return []pulumi.Resource{status}, err
}

// role is what AWS Config reads the account and writes the bucket with:
// docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html.
func (b *builder) role() (*iam.Role, []pulumi.Resource, error) {
	s := b.args.Scope
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Name:        pulumi.String(s.Role("config")),
		Description: pulumi.String("Lets AWS Config record what the backups are judged by"),
		AssumeRolePolicy: pulumi.String(
			iampolicy.Trust("config.amazonaws.com", iampolicy.SourceAccount(s.Account)).JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	read, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-role-read", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	write, err := iam.NewRolePolicy(b.ctx, b.name+"-role-deliver", &iam.RolePolicyArgs{
		Name: pulumi.String("deliver"), Role: role.Name,
		Policy: b.args.Bucket.ToStringOutput().ApplyT(func(bucket string) (string, error) {
			arn := "arn:aws:s3:::" + bucket
			return iampolicy.Document{Statements: []iampolicy.Statement{
				{Sid: "Look", Actions: []string{"s3:GetBucketAcl", "s3:ListBucket"}, Resources: []string{arn}},
				{Sid: "Write", Actions: []string{"s3:PutObject"}, Resources: []string{arn + "/AWSLogs/" + s.Account + "/Config/*"}},
			}}.Checked()
		}).(pulumi.StringOutput),
	}, b.child()...)
	return role, []pulumi.Resource{read, write}, err
}

// framework declares the controls. They judge what Redoubt made, by its tag, and not the rest of the account.
func (b *builder) framework(running []pulumi.Resource) (*backup.Framework, error) {
	var controls backup.FrameworkControlArray
	for _, c := range b.args.controls() {
		var in backup.FrameworkControlInputParameterArray
		for _, p := range c.in {
			in = append(in, &backup.FrameworkControlInputParameterArgs{
				Name: pulumi.String(p.name), Value: pulumi.String(p.value),
			})
		}
		controls = append(controls, &backup.FrameworkControlArgs{
			Name: pulumi.String(c.name), InputParameters: in,
			Scope: &backup.FrameworkControlScopeArgs{
				ComplianceResourceTypes: pulumi.ToStringArray([]string{c.of}),
				Tags:                    pulumi.StringMap{"redoubt:system": pulumi.String(b.args.Scope.System)},
			},
		})
	}
	f, err := backup.NewFramework(b.ctx, b.name+"-framework", &backup.FrameworkArgs{
		Name:        pulumi.String(b.args.frameworkName()),
		Description: pulumi.String("What the backups of the home must hold to"),
		Controls:    controls,
	}, b.child(pulumi.DependsOn(running), pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, err
	}
	b.component.FrameworkArn = f.Arn
	return f, nil
}
