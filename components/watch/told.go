package watch

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// Told is a topic of its own for the one alarm of what stands beside the watch.
type Told struct {
	// Scope says where it is, Topic is its name, Alarm that of the alarm that tells it. Required.
	Scope        naming.Scope
	Topic, Alarm string
	// KeyArn encrypts it. Required.
	KeyArn pulumi.StringInput
	// Tell are those who are told. Who is told by mail has to confirm it first.
	Tell []Subscription
}

// NewTold declares the topic, the policy that lets CloudWatch tell it of that alarm alone, and the subscriptions, under
// names that begin with name. Both come back: an alarm that acts before the policy stands tells nobody.
func NewTold(ctx *pulumi.Context, name string, t Told, child func(...pulumi.ResourceOption) []pulumi.ResourceOption,
) (*sns.Topic, *sns.TopicPolicy, error) {
	topic, policy, err := newTopic(ctx, name+"-told", t.Topic, t.KeyArn, t.policy(), child)
	if err != nil {
		return nil, nil, err
	}
	for _, to := range t.Tell {
		if _, err := sns.NewTopicSubscription(ctx, name+"-told-"+to.Name, to.Of(topic.Arn), child()...); err != nil {
			return nil, nil, err
		}
	}
	return topic, policy, nil
}

// newTopic declares a topic and its policy.
func newTopic(ctx *pulumi.Context, name, topic string, key pulumi.StringInput, may iampolicy.Document,
	child func(...pulumi.ResourceOption) []pulumi.ResourceOption,
) (*sns.Topic, *sns.TopicPolicy, error) {
	made, err := sns.NewTopic(ctx, name, &sns.TopicArgs{
		Name: pulumi.String(topic), KmsMasterKeyId: key.ToStringOutput().ToStringPtrOutput(),
	}, child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, nil, err
	}
	text, err := may.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("topic policy: %w", err)
	}
	policy, err := sns.NewTopicPolicy(ctx, name+"-policy", &sns.TopicPolicyArgs{Arn: made.Arn, Policy: pulumi.String(text)}, child()...)
	return made, policy, err
}

func (t Told) policy() iampolicy.Document {
	s := t.Scope
	return iampolicy.Document{Statements: []iampolicy.Statement{iampolicy.Statement{
		Sid: "PublishAlarms", Principals: map[string][]string{"Service": {"cloudwatch.amazonaws.com"}},
		Actions: []string{"sns:Publish"}, Resources: []string{s.ARN("sns", t.Topic)},
	}.With(iampolicy.SourceAccount(s.Account)).With(iampolicy.SourceArn(s.ARN("cloudwatch", "alarm:"+t.Alarm)))}}
}
