package chaos

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fis"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system/experiments"
	"redoubt/watch"
)

// When the guards act. What a tier promises is minutes; an experiment that costs users more than these is not worth it
// (assumed).
const (
	// failing is the share of requests, in percent, that may fail, and failingFor for how many minutes in a row.
	failing, failingFor = 10, 5
	// unseenFor is for how many minutes in a row the other home may see no answer of this one.
	unseenFor = 5
)

// alarms are the stop alarms of the home's own region: the lever, and requests that fail.
func (b *builder) alarms() ([]pulumi.Resource, error) {
	s := b.args.Scope
	lever, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-lever", &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(s.Alarm(experiments.LeverPart)),
		AlarmDescription: pulumi.String("Nothing may be broken on purpose. Let it again by putting 0 into the metric"),
		Namespace:        pulumi.String(experiments.LeverNamespace), MetricName: pulumi.String(experiments.LeverMetric),
		Dimensions: pulumi.StringMap{experiments.LeverDimension: pulumi.String(s.System)}, Statistic: pulumi.String("Maximum"),
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"), Threshold: pulumi.Float64(1),
		Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(1),
		// It stays as it is put, until somebody puts it back.
		TreatMissingData: pulumi.String("ignore"), AlarmActions: pulumi.Array{pulumi.String(b.args.TopicArn)}, Tags: b.tags("lever"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, err
	}
	b.component.LeverAlarm = lever.Name
	trouble, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-trouble", &cloudwatch.MetricAlarmArgs{
		Name:               pulumi.String(s.Alarm(troublePart)),
		AlarmDescription:   pulumi.String("Too many requests of users fail: whatever is broken on purpose is stopped"),
		MetricQueries:      b.share(),
		ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(failing),
		EvaluationPeriods: pulumi.Int(failingFor), TreatMissingData: pulumi.String("notBreaching"),
		AlarmActions: pulumi.Array{pulumi.String(b.args.TopicArn)}, Tags: b.tags("trouble"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	return []pulumi.Resource{lever, trouble}, err
}

const troublePart = "experiments-trouble"

// share is how many of a hundred requests the entry could not serve.
func (b *builder) share() cloudwatch.MetricAlarmMetricQueryArray {
	of := func(id, metric string) cloudwatch.MetricAlarmMetricQueryArgs {
		return cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String(id), Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String("AWS/ApplicationELB"), MetricName: pulumi.String(metric), Period: pulumi.Int(60),
			Stat: pulumi.String("Sum"), Dimensions: pulumi.StringMap{"LoadBalancer": b.args.LoadBalancer},
		}}
	}
	return cloudwatch.MetricAlarmMetricQueryArray{
		of("own", "HTTPCode_ELB_5XX_Count"), of("agents", "HTTPCode_Target_5XX_Count"), of("requests", "RequestCount"),
		cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String("share"), ReturnData: pulumi.Bool(true),
			Label:      pulumi.String("requests that fail, percent"),
			Expression: pulumi.String("100 * (FILL(own, 0) + FILL(agents, 0)) / (FILL(requests, 0) + FILL(own, 0) + 1)")},
	}
}

// stops are the conditions under which the service stops an experiment, and starts none.
func (b *builder) stops() fis.ExperimentTemplateStopConditionArray {
	var out fis.ExperimentTemplateStopConditionArray
	for _, part := range []string{experiments.LeverPart, troublePart} {
		out = append(out, fis.ExperimentTemplateStopConditionArgs{
			Source: pulumi.String("aws:cloudwatch:alarm"),
			Value:  pulumi.String(b.args.Scope.ARN("cloudwatch", "alarm:"+b.args.Scope.Alarm(part))),
		})
	}
	return out
}

// declareStop stops all that runs here when the other home's guard says so, or whoever puts the event.
func (b *builder) declareStop() error {
	s := b.args.Scope
	role, allowed, err := b.serviceRole("stop", "Stops the experiments of the home", "states.amazonaws.com", "",
		func() (iampolicy.Document, error) { return b.mayStop(), nil })
	if err != nil {
		return err
	}
	ids := pulumi.StringArray{}
	for _, name := range slices.Sorted(maps.Keys(b.templates)) {
		ids = append(ids, b.templates[name].ID().ToStringOutput())
	}
	machine, err := sfn.NewStateMachine(b.ctx, b.name+"-stopper", &sfn.StateMachineArgs{
		Name: pulumi.String(s.StateMachine(stopPart)), RoleArn: role.Arn, Tags: b.tags("stop"),
		Definition: ids.ToStringArrayOutput().ApplyT(func(ids []string) (string, error) { return definition(s.System, ids) }).(pulumi.StringOutput),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}), pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	return b.rule("stop", "The guard in the other home, or a person, stops the experiments", Stopped(b.peer()), machine.Arn,
		iampolicy.Statement{Sid: "Start", Actions: []string{"states:StartExecution"},
			Resources: []string{s.ARN("states", "stateMachine:"+s.StateMachine(stopPart))}})
}

const stopPart = "experiments-stop"

// peer is the scope of the other home.
func (b *builder) peer() naming.Scope {
	s := b.args.Scope
	s.Home, s.Region = s.Home.Peer(), b.args.PeerRegion
	return s
}

// GuardArn is the alarm by which a home guards the other one.
func GuardArn(guard naming.Scope) string {
	return guard.ARN("cloudwatch", "alarm:"+guard.Alarm(guardPart))
}

const guardPart = "experiments-guard"

// Stopped is the event of the guard in a home: it sees no answer of the other one, or sees nothing at all.
func Stopped(guard naming.Scope) map[string]any {
	return map[string]any{
		"source": []string{"aws.cloudwatch"}, "detail-type": []string{"CloudWatch Alarm State Change"},
		"resources": []string{GuardArn(guard)},
		"detail":    map[string]any{"state": map[string]any{"value": []string{"ALARM", "INSUFFICIENT_DATA"}}},
	}
}

// declareGuard guards the other home's experiments from here: an alarm on what this home's own prober sees of it, whose
// change goes to the bus of the other region, where a rule of the other home stops all that runs there.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
func (b *builder) declareGuard() error {
	s, peer := b.args.Scope, b.peer()
	public := b.args.System.Public()
	if len(public) == 0 {
		return fmt.Errorf("no agent of %s is public: nothing tells the other home that users are served", s.System)
	}
	seen := watch.Probed(b.args.System, watch.Answers, string(peer.Home), string(s.Home), public[0].Name)
	guard, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-guard", &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(s.Alarm(guardPart)),
		AlarmDescription: pulumi.Sprintf("The %s home does not answer: whatever is broken there on purpose is stopped", peer.Home),
		Namespace:        pulumi.String(seen.Namespace), MetricName: pulumi.String(seen.Name), Statistic: pulumi.String("Maximum"),
		Dimensions:         pulumi.ToStringMap(seen.Dimensions),
		ComparisonOperator: pulumi.String("LessThanThreshold"), Threshold: pulumi.Float64(1),
		Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(unseenFor), TreatMissingData: pulumi.String("breaching"),
		AlarmActions: pulumi.Array{pulumi.String(b.args.TopicArn)}, Tags: b.tags("guard"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	bus := peer.ARN("events", "event-bus/default")
	return b.rule("guard", "Tells the other home's region that its experiments must stop", Stopped(s), pulumi.String(bus),
		iampolicy.Statement{Sid: "Tell", Actions: []string{"events:PutEvents"}, Resources: []string{bus}}, guard)
}

// rule sends the events of a pattern to a target, with a role of its own.
func (b *builder) rule(part, why string, pattern map[string]any, target pulumi.StringInput, may iampolicy.Statement,
	before ...pulumi.Resource,
) error {
	text, err := json.Marshal(pattern)
	if err != nil {
		return err
	}
	role, allowed, err := b.serviceRole(part+"-rule", why, "events.amazonaws.com", "",
		func() (iampolicy.Document, error) {
			return iampolicy.Document{Statements: []iampolicy.Statement{may}}, nil
		})
	if err != nil {
		return err
	}
	s := b.args.Scope
	rule, err := cloudwatch.NewEventRule(b.ctx, b.name+"-"+part+"-rule", &cloudwatch.EventRuleArgs{
		Name:        pulumi.String(naming.Join(ruleMax, s.System, "experiments", part, string(s.Home))),
		Description: pulumi.String(why), EventPattern: pulumi.String(string(text)), Tags: b.tags(part),
	}, b.child(pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(before))...)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(b.ctx, b.name+"-"+part+"-target", &cloudwatch.EventTargetArgs{
		Rule: rule.Name, Arn: target, RoleArn: role.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	return err
}

// ruleMax is EventBridge's limit: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
const ruleMax = 64

func (b *builder) mayStop() iampolicy.Document {
	s := b.args.Scope
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "List", Actions: []string{"fis:ListExperiments"}, Resources: []string{"*"}}, // it knows no resources
		{Sid: "Stop", Actions: []string{"fis:StopExperiment"}, Resources: []string{s.ARN("fis", "experiment/*")}},
		iampolicy.Statement{Sid: "Lever", Actions: []string{"cloudwatch:PutMetricData"}, Resources: []string{"*"}}.With(
			iampolicy.Condition{Operator: "StringEquals", Key: "cloudwatch:namespace", Values: []string{experiments.LeverNamespace}}),
	}}
}
