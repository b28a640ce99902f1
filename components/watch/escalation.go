package watch

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	catalogue "redoubt/watch"
)

// ruleMax is EventBridge's limit: docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html.
const ruleMax = 64

const (
	rolePart    = "page-repeater"
	starterPart = "page-starter"
	machinePart = "pages"
)

func (b *builder) machineName() string { return b.args.Scope.StateMachine(machinePart) }

func (b *builder) machineARN() string {
	return b.args.Scope.ARN("states", "stateMachine:"+b.machineName())
}

// takes is the command by which somebody takes a page: it ends the execution that repeats it.
func (b *builder) takes() string {
	region := b.args.Scope.Region
	return "aws stepfunctions stop-execution --region " + region + " --cause YOUR-NAME --execution-arn $(aws stepfunctions " +
		"list-executions --region " + region + " --status-filter RUNNING --state-machine-arn " + b.machineARN() +
		" --query 'executions[0].executionArn' --output text)"
}

// escalation repeats a page until somebody takes it or the incident ends. A page is an execution of a state machine:
// EventBridge starts one when a composite that pages goes off, and to take the page is to stop it, which keeps who did.
func (b *builder) escalation() error {
	machine, err := b.machine()
	if err != nil {
		return err
	}
	b.component.MachineArn = machine.Arn
	rule := naming.Join(ruleMax, b.args.Scope.System, "pages", string(b.args.Scope.Home))
	starter, allowed, err := b.role(starterPart, "Lets EventBridge begin to repeat a page",
		iampolicy.Trust("events.amazonaws.com", iampolicy.SourceArn(b.args.Scope.ARN("events", "rule/"+rule))),
		iampolicy.Document{Statements: []iampolicy.Statement{{
			Sid: "Start", Actions: []string{"states:StartExecution"}, Resources: []string{b.machineARN()},
		}}})
	if err != nil {
		return err
	}
	pattern, err := json.Marshal(map[string]any{
		"source": []string{"aws.cloudwatch"}, "detail-type": []string{"CloudWatch Alarm State Change"},
		"detail": map[string]any{"alarmName": b.paging(), "state": map[string]any{"value": []string{"ALARM"}}},
	})
	if err != nil {
		return fmt.Errorf("event pattern: %w", err)
	}
	on, err := cloudwatch.NewEventRule(b.ctx, b.name+"-pages-rule", &cloudwatch.EventRuleArgs{
		Name: pulumi.String(rule), Description: pulumi.String("A page went off"), EventPattern: pulumi.String(string(pattern)),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(b.ctx, b.name+"-pages-machine", &cloudwatch.EventTargetArgs{
		Rule: on.Name, Arn: machine.Arn, RoleArn: starter.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	return err
}

// paging are the composites that page.
func (b *builder) paging() []string {
	var out []string
	for _, c := range b.of.Composites {
		if c.Severity == catalogue.Page {
			out = append(out, b.physical(c.Part))
		}
	}
	return out
}

func (b *builder) machine() (*sfn.StateMachine, error) {
	s := b.args.Scope
	publish := iampolicy.Statement{Sid: "Publish", Actions: []string{"sns:Publish"},
		Resources: []string{TopicArn(s, string(catalogue.Page)), TopicArn(s, Escalation)}}
	// A composite alarm is described with a right on all: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
	look := iampolicy.Statement{Sid: "Look", Actions: []string{"cloudwatch:DescribeAlarms"}, Resources: []string{"*"}}
	role, allowed, err := b.role(rolePart, "Repeats a page until somebody takes it",
		iampolicy.Trust("states.amazonaws.com", iampolicy.SourceAccount(s.Account)),
		iampolicy.Document{Statements: []iampolicy.Statement{publish, look}})
	if err != nil {
		return nil, err
	}
	definition, err := b.definition()
	if err != nil {
		return nil, err
	}
	return sfn.NewStateMachine(b.ctx, b.name+"-pages", &sfn.StateMachineArgs{
		Name: pulumi.String(b.machineName()), Definition: pulumi.String(definition), RoleArn: role.Arn, Type: pulumi.String("STANDARD"),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}), pulumi.DeleteBeforeReplace(true))...)
}

// role declares a role with one policy of its own.
func (b *builder) role(part, description string, trust, may iampolicy.Document) (*iam.Role, *iam.RolePolicy, error) {
	document, err := may.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("policy of %s: %w", part, err)
	}
	role, err := iam.NewRole(b.ctx, b.name+"-"+part, &iam.RoleArgs{
		Name: pulumi.String(b.args.Scope.Role(part)), Description: pulumi.String(description), AssumeRolePolicy: pulumi.String(trust.JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-policy", &iam.RolePolicyArgs{
		Name: pulumi.String(part), Role: role.Name, Policy: pulumi.String(document),
	}, b.child()...)
	return role, policy, err
}

// definition is the state machine, in JSONata as that of the snapshots: wait, look, tell both topics, so often. An
// alarm that something keeps still (ActionsSuppressedBy) has told nobody, so that it is not repeated either.
func (b *builder) definition() (string, error) {
	s := b.args.Scope
	tell := func(severity, next string) map[string]any {
		return map[string]any{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sns:publish", "Next": next,
			"Arguments": map[string]any{"TopicArn": TopicArn(s, severity), "Subject": "Nobody has taken a page of " + s.System,
				"Message": "{% $alarm & ' is still in alarm, and nobody has taken it. Take it: aws stepfunctions stop-execution --region " +
					s.Region + " --cause YOUR-NAME --execution-arn ' & $states.context.Execution.Id %}"},
			"Retry": retry()}
	}
	text, err := json.Marshal(map[string]any{
		"Comment": "Repeats a page until somebody stops this execution or the alarm ends", "QueryLanguage": "JSONata", "StartAt": "Begin",
		"States": map[string]any{
			"Begin": map[string]any{"Type": "Pass", "Next": "Wait",
				"Assign": map[string]any{"alarm": "{% $states.input.detail.alarmName %}", "times": 0}},
			"Wait": map[string]any{"Type": "Wait", "Seconds": b.args.RepeatMinutes * 60, "Next": "Look"},
			"Look": map[string]any{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms", "Next": "Still",
				"Arguments": map[string]any{"AlarmNames": "{% [$alarm] %}", "AlarmTypes": []string{"CompositeAlarm"}},
				"Assign": map[string]any{"times": "{% $times + 1 %}",
					"on": "{% $count($states.result.CompositeAlarms[StateValue = 'ALARM']) > 0 %}",
					// While something keeps it still, it has told nobody.
					"still": "{% $count($states.result.CompositeAlarms[$exists(ActionsSuppressedBy)]) > 0 %}"},
				"Retry": retry()},
			"Still": map[string]any{"Type": "Choice", "Default": "Page", "Choices": []any{
				map[string]any{"Condition": "{% $not($on) or $times > " + fmt.Sprint(b.args.Repeats) + " %}", "Next": "Over"},
				map[string]any{"Condition": "{% $still %}", "Next": "Wait"}}},
			"Page":     tell(string(catalogue.Page), "Escalate"),
			"Escalate": tell(Escalation, "Wait"),
			"Over":     map[string]any{"Type": "Succeed"},
		},
	})
	if err != nil {
		return "", fmt.Errorf("definition: %w", err)
	}
	return string(text), nil
}

// retry tries a call again for some minutes.
func retry() []any {
	return []any{map[string]any{"ErrorEquals": []string{"States.ALL"}, "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 5}}
}
