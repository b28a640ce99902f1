package machine

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/watch"
	"redoubt/internal/iampolicy"
	"redoubt/recovery/conduct"
	"redoubt/recovery/rights"
)

// silentHours is how long no turn may succeed before somebody is told; one is taken each hour.
const silentHours = 3

// topic is where people are asked for an approval, and told of a silent function. The machine asks there under its role,
// which is allowed by IAM, in one account.
func (b *builder) topic() error {
	s := b.args.Scope
	topic, told, err := watch.NewTold(b.ctx, b.name, watch.Told{
		Scope: s, Topic: s.Function(part), Alarm: b.alarmName(), KeyArn: b.args.LogKeyArn, Tell: b.args.Tell,
	}, b.child)
	if err != nil {
		return err
	}
	b.topicArn, b.component.TopicArn, b.told = topic.Arn, topic.Arn, told
	return nil
}

// hourly invokes the function each hour. Lambda takes the network away from a function that nobody invoked for weeks, and
// fails the first turn after it (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html): that must not be the
// first turn of a recovery. The turn reads what a recovery reads first.
func (b *builder) hourly() error {
	may, err := fixed(rights.Invokes(FunctionArn(b.args.Scope)))
	if err != nil {
		return err
	}
	role, allowed, err := b.role("hourly", hourlyPart, "Invokes the function that recovers the home each hour",
		iampolicy.Trust("scheduler.amazonaws.com", iampolicy.SourceAccount(b.args.Scope.Account)), may)
	if err != nil {
		return err
	}
	b.turns, b.mayTurn = role, allowed
	return b.schedule("hourly", part, "Keeps the function that recovers the home ready", "rate(1 hour)", conduct.Ready, 1800, 3)
}

// minutely lets the function look each minute whether the arbiter's judge has given the home the work. Two looks at once,
// and one that is taken again, start no second execution (recovery/conduct). A look that fails is followed by the next.
func (b *builder) minutely() error {
	if !b.args.Automatic {
		return nil
	}
	return b.schedule("minutely", part+"-watch", "Starts the machine that recovers the home when the arbiter says so",
		fmt.Sprintf("rate(%.0f minute)", conduct.WatchEvery.Minutes()), conduct.Watch, int(conduct.WatchEvery.Seconds()), 1)
}

// schedule declares what invokes the function again and again for a turn; a start that fails is tried again so often, within so
// many seconds.
func (b *builder) schedule(as, name, why, rate string, turn conduct.What, seconds, attempts int) error {
	s := b.args.Scope
	_, err := scheduler.NewSchedule(b.ctx, b.name+"-"+as, &scheduler.ScheduleArgs{
		Name: pulumi.String(s.Schedule(name)), Description: pulumi.String(why), ScheduleExpression: pulumi.String(rate),
		FlexibleTimeWindow: &scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
		Target: &scheduler.ScheduleTargetArgs{
			Arn: pulumi.String(FunctionArn(s)), RoleArn: b.turns.Arn, Input: pulumi.String(fmt.Sprintf(`{"what":%q}`, turn)),
			RetryPolicy: &scheduler.ScheduleTargetRetryPolicyArgs{
				MaximumEventAgeInSeconds: pulumi.Int(seconds), MaximumRetryAttempts: pulumi.Int(attempts),
			}},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{b.mayTurn, b.invoked}), pulumi.DeleteBeforeReplace(true))...)
	return err
}

func (b *builder) alarmName() string { return b.args.Scope.Alarm(part + "-silent") }

// silence tells when no turn has succeeded for hours: then a recovery could not begin either. What is not published, such as
// the errors of an hour without one, counts as none; an hour without any turn is silent.
func (b *builder) silence() error {
	s := b.args.Scope
	metric := func(id, name string) cloudwatch.MetricAlarmMetricQueryArgs {
		return cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String(id), Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String("AWS/Lambda"), MetricName: pulumi.String(name), Stat: pulumi.String("Sum"), Period: pulumi.Int(3600),
			Dimensions: pulumi.StringMap{"FunctionName": pulumi.String(s.Function(part))},
		}}
	}
	_, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-silent", &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(b.alarmName()),
		AlarmDescription: pulumi.Sprintf("The function that recovers the %s home of %s has not succeeded once in %d hours: a plan "+
			"would not run inside AWS; run it from a machine (docs/recovering.md). Look: aws logs tail %s --region %s --since 3h",
			s.Home, s.System, silentHours, b.args.logGroup(), s.Region),
		MetricQueries: cloudwatch.MetricAlarmMetricQueryArray{
			metric("turns", "Invocations"), metric("errors", "Errors"),
			cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String("good"), Expression: pulumi.String("FILL(turns, 0) - FILL(errors, 0)"),
				Label: pulumi.String("Turns that succeeded"), ReturnData: pulumi.Bool(true)},
		},
		EvaluationPeriods: pulumi.Int(silentHours), DatapointsToAlarm: pulumi.Int(silentHours),
		ComparisonOperator: pulumi.String("LessThanThreshold"), Threshold: pulumi.Float64(1), TreatMissingData: pulumi.String("breaching"),
		AlarmActions: pulumi.Array{b.topicArn}, OkActions: pulumi.Array{b.topicArn},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{b.told}), pulumi.DeleteBeforeReplace(true))...)
	return err
}
