package watch

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// topicMax keeps names readable; SNS takes 256: docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html.
const topicMax = 64

func topicName(s naming.Scope, severity string) string {
	return naming.Join(topicMax, s.System, "watch", severity, string(s.Home))
}

// TopicArn is the topic of a severity in the home, as computed.
func TopicArn(s naming.Scope, severity string) string { return s.ARN("sns", topicName(s, severity)) }

// topics declares a topic for each severity, who may tell it, and who is told.
func (b *builder) topics() error {
	b.topicArns = map[string]pulumi.StringOutput{}
	arns := pulumi.StringMap{}
	for _, severity := range Topics() {
		topic, policy, err := newTopic(b.ctx, b.name+"-"+severity, topicName(b.args.Scope, severity), b.args.KeyArn,
			b.mayPublish(severity), b.child)
		if err != nil {
			return err
		}
		b.policies = append(b.policies, policy)
		b.topicArns[severity], arns[severity] = topic.Arn, topic.Arn
	}
	b.component.TopicArns = arns.ToStringMapOutput()
	return b.subscribe()
}

// mayPublish lets the home's alarms tell the topic, and the escalation again: its role is allowed by IAM, in one account.
func (b *builder) mayPublish(severity string) iampolicy.Document {
	s := b.args.Scope
	return iampolicy.Document{Statements: []iampolicy.Statement{iampolicy.Statement{
		Sid: "PublishAlarms", Principals: map[string][]string{"Service": {"cloudwatch.amazonaws.com"}},
		Actions: []string{"sns:Publish"}, Resources: []string{TopicArn(s, severity)},
	}.With(iampolicy.SourceAccount(s.Account)).With(iampolicy.SourceArn(s.ARN("cloudwatch", "alarm:"+s.Alarm("*")))),
		{Sid: "PublishAgain", Principals: map[string][]string{"AWS": {"arn:aws:iam::" + s.Account + ":role/" + s.Role(rolePart)}},
			Actions: []string{"sns:Publish"}, Resources: []string{TopicArn(s, severity)}},
	}}
}

// subscribe declares who is told. Who is told by mail has to confirm it first.
func (b *builder) subscribe() error {
	for _, s := range b.args.Subscriptions {
		name := b.name + "-" + s.Severity + "-" + s.Name
		if _, err := sns.NewTopicSubscription(b.ctx, name, s.Of(b.topicArns[s.Severity]), b.child()...); err != nil {
			return err
		}
	}
	return nil
}

// Of is the subscription of a topic. Its address is a secret.
func (s Subscription) Of(topic pulumi.StringInput) *sns.TopicSubscriptionArgs {
	args := &sns.TopicSubscriptionArgs{
		Topic: topic, Protocol: pulumi.String(s.Protocol),
		Endpoint: pulumi.ToSecret(pulumi.String(s.Endpoint)).(pulumi.StringOutput),
	}
	if s.Protocol == "https" {
		args.EndpointAutoConfirms = pulumi.Bool(true)
	}
	return args
}
