package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
)

var watchRows = []row{
	{"aws:cloudwatch/logGroup:LogGroup", "aws_cloudwatch_log_group", cloudwatch.LogGroupArgs{}, cloudwatch.LogGroupState{}},
	{"aws:cloudwatch/metricAlarm:MetricAlarm", "aws_cloudwatch_metric_alarm", cloudwatch.MetricAlarmArgs{}, cloudwatch.MetricAlarmState{}},
	{"aws:cloudwatch/compositeAlarm:CompositeAlarm", "aws_cloudwatch_composite_alarm", cloudwatch.CompositeAlarmArgs{}, cloudwatch.CompositeAlarmState{}},
	{"aws:cloudwatch/eventRule:EventRule", "aws_cloudwatch_event_rule", cloudwatch.EventRuleArgs{}, cloudwatch.EventRuleState{}},
	{"aws:cloudwatch/eventTarget:EventTarget", "aws_cloudwatch_event_target", cloudwatch.EventTargetArgs{}, cloudwatch.EventTargetState{}},
	{"aws:cloudwatch/dashboard:Dashboard", "aws_cloudwatch_dashboard", cloudwatch.DashboardArgs{}, cloudwatch.DashboardState{}},
	{"aws:sns/topic:Topic", "aws_sns_topic", sns.TopicArgs{}, sns.TopicState{}},
	{"aws:sns/topicPolicy:TopicPolicy", "aws_sns_topic_policy", sns.TopicPolicyArgs{}, sns.TopicPolicyState{}},
	{"aws:sns/topicSubscription:TopicSubscription", "aws_sns_topic_subscription", sns.TopicSubscriptionArgs{}, sns.TopicSubscriptionState{}},
}
