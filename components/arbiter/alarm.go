package arbiter

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/watch"
)

// goneMinutes is how long nobody may observe before somebody is told: ECS starts a task anew by itself.
const goneMinutes = 5

// alarm tells when nobody observes. Nothing fails in the homes then, and no home is left by itself either. ECS
// publishes what a running task uses each minute, and nothing of a service without one:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
func (b *builder) alarm() error {
	s := b.args.Scope
	topic, policy, err := watch.NewTold(b.ctx, b.name, watch.Told{
		Scope: s, Topic: s.LocalTable(Name), Alarm: b.args.alarmName(), KeyArn: b.keyArn, Tell: b.args.Tell,
	}, b.child)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewMetricAlarm(b.ctx, b.name+"-gone", &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(b.args.alarmName()),
		AlarmDescription: pulumi.Sprintf("No task of the arbiter of %s has run for %d minutes: a lost home is not left by "+
			"itself. Look at the service's events: aws ecs describe-services --region %s --cluster %s --services %s "+
			"(docs/arbiter.md)", s.System, goneMinutes, s.Region, s.LocalTable(Name), s.LocalTable(Name)),
		Namespace: pulumi.String("AWS/ECS"), MetricName: pulumi.String("CPUUtilization"), Statistic: pulumi.String("SampleCount"),
		Dimensions: pulumi.StringMap{
			"ClusterName": pulumi.String(s.LocalTable(Name)), "ServiceName": pulumi.String(s.LocalTable(Name)),
		},
		Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(goneMinutes), ComparisonOperator: pulumi.String("LessThanThreshold"),
		Threshold: pulumi.Float64(1), TreatMissingData: pulumi.String("breaching"),
		AlarmActions: pulumi.Array{topic.Arn}, OkActions: pulumi.Array{topic.Arn},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{policy}))...)
	return err
}

func (a Args) alarmName() string { return a.Scope.Alarm(Name + "-gone") }
