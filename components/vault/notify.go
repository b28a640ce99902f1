package vault

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// ruleMax is EventBridge's limit, and topics take more:
// docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html.
const ruleMax = 64

// notice is a kind of event that the topic is told of. Events come instead of
// the vault's own notifications because those do not tell of an interrupted
// continuous backup. AWS Backup sends them as best effort, so they are
// no proof that a backup exists: docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html.
type notice struct {
	part, description string
	pattern           map[string]any
}

// bad are the ends that a job or a recovery point should not come to. Jobs
// tell it as state, restores and recovery points as status.
var bad = []string{"ABORTED", "EXPIRED", "FAILED", "PARTIAL", "STOPPED"}

// notices are what the topic is told of, in this home.
func (b *builder) notices() []notice {
	machine := b.args.Scope.ARN("states", "stateMachine:"+b.args.machineName())
	return append(slices.Clone(jobNotices), notice{
		"untested", "A restore test ended without a sound store",
		map[string]any{
			"source":      []string{"aws.states"},
			"detail-type": []string{"Step Functions Execution Status Change"},
			"detail": map[string]any{
				"stateMachineArn": []string{machine}, "status": []string{"ABORTED", "FAILED", "TIMED_OUT"},
			},
		},
	})
}

var jobNotices = []notice{
	{
		"failed", "A backup, a copy or a restore failed, or a continuous backup stopped",
		map[string]any{
			"source": []string{"aws.backup"},
			"detail-type": []string{
				"Backup Job State Change", "Copy Job State Change",
				"Recovery Point State Change", "Restore Job State Change",
			},
			"detail": map[string]any{"$or": []any{
				map[string]any{"state": bad}, map[string]any{"status": bad},
			}},
		},
	},
	{
		"changed", "A vault, a plan or the region's settings changed",
		map[string]any{
			"source": []string{"aws.backup"},
			"detail-type": []string{
				"Backup Plan State Change", "Backup Vault State Change", "Region Setting State Change",
			},
		},
	},
}

// notifications declares the topic, who may publish to it, and what is told.
func (b *builder) notifications() error {
	topic, err := sns.NewTopic(b.ctx, b.name+"-topic", &sns.TopicArgs{
		Name:           pulumi.String(b.eventName("told")),
		KmsMasterKeyId: b.args.TopicKeyArn.ToStringOutput().ToStringPtrOutput(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	b.component.TopicArn = topic.Arn
	document, err := b.topicPolicy().Checked()
	if err != nil {
		return fmt.Errorf("topic policy: %w", err)
	}
	policy, err := sns.NewTopicPolicy(b.ctx, b.name+"-topic-policy", &sns.TopicPolicyArgs{
		Arn: topic.Arn, Policy: pulumi.String(document),
	}, b.child()...)
	if err != nil {
		return err
	}
	for _, n := range b.notices() {
		if err := b.notice(n, topic, policy); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) notice(n notice, topic *sns.Topic, policy *sns.TopicPolicy) error {
	pattern, err := json.Marshal(n.pattern)
	if err != nil {
		return fmt.Errorf("event pattern %q: %w", n.part, err)
	}
	rule, err := cloudwatch.NewEventRule(b.ctx, b.name+"-"+n.part, &cloudwatch.EventRuleArgs{
		Name:         pulumi.String(b.eventName(n.part)),
		Description:  pulumi.String(n.description),
		EventPattern: pulumi.String(string(pattern)),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(b.ctx, b.name+"-"+n.part+"-topic", &cloudwatch.EventTargetArgs{
		Rule: rule.Name,
		Arn:  topic.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{policy}))...)
	return err
}

// topicPolicy lets the event rules and the home's alarms publish, and nobody else. Alarms of the home are named
// after system and home: docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html.
func (b *builder) topicPolicy() iampolicy.Document {
	s := b.args.Scope
	var rules []string
	for _, n := range b.notices() {
		rules = append(rules, s.ARN("events", "rule/"+b.eventName(n.part)))
	}
	publish := func(sid, service string) iampolicy.Statement {
		return iampolicy.Statement{
			Sid: sid, Principals: map[string][]string{"Service": {service}},
			Actions: []string{"sns:Publish"}, Resources: []string{TopicArn(s)},
		}
	}
	alarms := publish("PublishAlarms", "cloudwatch.amazonaws.com").With(iampolicy.SourceAccount(s.Account)).
		With(iampolicy.SourceArn(s.ARN("cloudwatch", "alarm:"+s.Alarm("*"))))
	return iampolicy.Document{Statements: []iampolicy.Statement{
		publish("PublishEvents", "events.amazonaws.com").With(iampolicy.SourceArn(rules...)), alarms,
	}}
}

// TopicArn is the topic of the home, as computed: whoever tells it something need not wait for it.
func TopicArn(s naming.Scope) string { return s.ARN("sns", eventName(s, "told")) }

func (b *builder) eventName(part string) string { return eventName(b.args.Scope, part) }

// eventName names the topic and the event rules of the home.
func eventName(s naming.Scope, part string) string {
	return naming.Join(ruleMax, s.System, "backups", part, string(s.Home))
}
