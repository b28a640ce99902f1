package cache

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/bucket"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// exportSchedule follows the snapshot window and ends before maintenance begins.
const exportSchedule = "cron(15 5 * * ? *)"

// SnapshotPart is the part of a bucket's name that a cache's snapshots go to.
func SnapshotPart(store string) string { return naming.Snapshots(store) }

// snapshots declares where exported snapshots go, and what exports and restores
// one each day. A restored home alone keeps only the bucket, with the peer's.
func (b *builder) snapshots(p parts) error {
	if !b.args.kept() {
		return nil
	}
	store, err := b.snapshotBucket()
	if err != nil {
		return err
	}
	b.component.SnapshotBucket = store.Bucket
	if b.args.restoredOnly() {
		return nil
	}
	machine, err := b.machine(p, store)
	if err != nil {
		return err
	}
	if err := b.schedule(machine); err != nil {
		return err
	}
	return b.alarm(machine)
}

// snapshotBucket keeps an export as long as AWS keeps the snapshot. It has no
// generation: what a restored cache was made from stays where it is. It is not
// locked: whether ElastiCache sends the checksum that a locked bucket wants is not documented.
func (b *builder) snapshotBucket() (*bucket.Bucket, error) {
	a := b.args
	days := a.Store.Retention.DailyDays
	return bucket.New(b.ctx, b.name+"-snapshots", &bucket.Args{
		Scope: a.Scope, Name: SnapshotPart(a.Store.Name), Generation: 1,
		Retention: system.Retention{PITRDays: days}, ExpireDays: days, KeyArn: a.KeyArn, Peer: a.SnapshotPeer,
		Protect: a.Protect, Allow: []iampolicy.Statement{exporter(a.Scope.Region, b.snapshotBucketArn())},
	}, pulumi.Parent(b.component))
}

func (b *builder) snapshotBucketName() string {
	return b.args.Scope.Bucket(SnapshotPart(b.args.Store.Name), 1)
}

func (b *builder) snapshotBucketArn() string { return "arn:aws:s3:::" + b.snapshotBucketName() }

// exporter lets ElastiCache of the region write exports and read what a
// restore names. Lists of access rights are off, so it comes as a service:
// docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html.
// Whose snapshots it writes is held by the call: AWS exports only to a bucket of the caller's account
// (docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html).
func exporter(region, arn string) iampolicy.Statement {
	return iampolicy.Statement{
		Sid:        "Snapshots",
		Principals: map[string][]string{"Service": {region + ".elasticache-snapshot.amazonaws.com"}},
		Actions: []string{
			"s3:GetBucketAcl", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads",
			"s3:ListMultipartUploadParts", "s3:PutObject",
		},
		Resources: []string{arn, arn + "/*"},
	}
}

// machine declares the state machine that exports a snapshot and restores it.
func (b *builder) machine(p parts, store *bucket.Bucket) (*sfn.StateMachine, error) {
	closed, err := b.securityGroup("restored", "Nobody reaches a restored cache") // it has no rule
	if err != nil {
		return nil, err
	}
	role, allowed, err := b.role("exporter", "states.amazonaws.com", b.machinePolicy())
	if err != nil {
		return nil, err
	}
	text := pulumi.All(p.subnets, closed, b.args.KeyArn).ApplyT(func(v []any) (string, error) {
		return places{
			group: b.groupID(), test: b.testID(), bucket: b.snapshotBucketName(), key: fmt.Sprint(v[2]),
			subnets: fmt.Sprint(v[0]), access: fmt.Sprint(v[1]),
		}.definition()
	}).(pulumi.StringOutput)
	m, err := sfn.NewStateMachine(b.ctx, b.name+"-machine", &sfn.StateMachineArgs{
		Name: pulumi.String(b.machineName()), RoleArn: role.Arn, Definition: text, Tags: b.tags(),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed, store}), pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, err
	}
	b.component.MachineArn = m.Arn
	return m, nil
}

func (b *builder) machineName() string {
	return b.args.Scope.StateMachine(SnapshotPart(b.args.Store.Name))
}

// testID names the restored group; only one stands at a time.
func (b *builder) testID() string {
	return b.args.Scope.CacheTest(b.args.Store.Name, b.args.Generation)
}

// schedule starts the machine once a day, in a group of its own, which carries the tags.
func (b *builder) schedule(machine *sfn.StateMachine) error {
	start := iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid: "Start", Actions: []string{"states:StartExecution"},
		Resources: []string{b.args.Scope.ARN("states", "stateMachine:"+b.machineName())},
	}}}
	role, allowed, err := b.role("schedule", "scheduler.amazonaws.com", start)
	if err != nil {
		return err
	}
	name := pulumi.String(b.args.Scope.Schedule(SnapshotPart(b.args.Store.Name)))
	group, err := scheduler.NewScheduleGroup(b.ctx, b.name+"-schedules", &scheduler.ScheduleGroupArgs{
		Name: name, Tags: b.tags(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	_, err = scheduler.NewSchedule(b.ctx, b.name+"-daily", &scheduler.ScheduleArgs{
		Name: name, GroupName: group.Name,
		Description:        pulumi.String("Exports the day's snapshot of " + b.args.Store.Name + " and restores it"),
		ScheduleExpression: pulumi.String(exportSchedule),
		FlexibleTimeWindow: &scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
		Target: &scheduler.ScheduleTargetArgs{
			Arn: machine.Arn, RoleArn: role.Arn,
			RetryPolicy: &scheduler.ScheduleTargetRetryPolicyArgs{
				MaximumEventAgeInSeconds: pulumi.Int(3600), MaximumRetryAttempts: pulumi.Int(3),
			},
		},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}), pulumi.DeleteBeforeReplace(true))...)
	return err
}

// alarm goes off when a whole day brought no snapshot that was exported and
// restored, whatever the reason: a run that failed, or none at all.
func (b *builder) alarm(machine *sfn.StateMachine) error {
	alarm, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-unproved", &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(b.args.Scope.Alarm(b.args.Store.Name + "-snapshot-unproved")),
		AlarmDescription: pulumi.String("No snapshot of " + b.args.Store.Name +
			" was exported and restored for a day: look at the executions of " + b.machineName()),
		Namespace: pulumi.String("AWS/States"), MetricName: pulumi.String("ExecutionsSucceeded"),
		Dimensions: pulumi.StringMap{"StateMachineArn": machine.Arn}, Statistic: pulumi.String("Sum"),
		ComparisonOperator: pulumi.String("LessThanThreshold"), Threshold: pulumi.Float64(1),
		Period: pulumi.Int(86400), EvaluationPeriods: pulumi.Int(1), TreatMissingData: pulumi.String("breaching"),
		AlarmActions: b.args.AlarmActions, Tags: b.tags(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	b.component.AlarmName = alarm.Name
	return nil
}
