package arbiter

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// goneMinutes is how long nobody may observe before somebody is told: ECS starts a task anew by itself.
const goneMinutes = 5

// alarm tells when nobody observes. Nothing fails in the homes then, and no home is left by itself either. ECS
// publishes what a running task uses each minute, and nothing of a service without one:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
func (b *builder) alarm() error {
	s := b.args.Scope
	topic, policy, err := b.topic()
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

// topic is where it is told, and who is told. Who is told by mail has to confirm it first.
func (b *builder) topic() (*sns.Topic, *sns.TopicPolicy, error) {
	s := b.args.Scope
	topic, err := sns.NewTopic(b.ctx, b.name+"-told", &sns.TopicArgs{
		Name: pulumi.String(s.LocalTable(Name)), KmsMasterKeyId: b.keyArn.ToStringPtrOutput(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, nil, err
	}
	document, err := iampolicy.Document{Statements: []iampolicy.Statement{iampolicy.Statement{
		Sid: "PublishAlarms", Principals: map[string][]string{"Service": {"cloudwatch.amazonaws.com"}},
		Actions: []string{"sns:Publish"}, Resources: []string{s.ARN("sns", s.LocalTable(Name))},
	}.With(iampolicy.SourceAccount(s.Account)).With(iampolicy.SourceArn(b.args.alarmArn()))}}.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("topic policy: %w", err)
	}
	policy, err := sns.NewTopicPolicy(b.ctx, b.name+"-told-policy", &sns.TopicPolicyArgs{
		Arn: topic.Arn, Policy: pulumi.String(document),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	for _, to := range b.args.Tell {
		if _, err := sns.NewTopicSubscription(b.ctx, b.name+"-told-"+to.Name, to.Of(topic.Arn), b.child()...); err != nil {
			return nil, nil, err
		}
	}
	return topic, policy, nil
}

func (a Args) alarmName() string { return a.Scope.Alarm(Name + "-gone") }

func (a Args) alarmArn() string { return a.Scope.ARN("cloudwatch", "alarm:"+a.alarmName()) }
