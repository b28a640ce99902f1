package chaos

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// starter is the call that a schedule makes: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
const starter = "arn:aws:scheduler:::aws-sdk:fis:startExperiment"

// declareSchedules lets experiments run by themselves. Each start has a token of its own: with a constant one every later
// start would be the first one again.
func (b *builder) declareSchedules() error {
	if !b.args.Schedules {
		return nil
	}
	s := b.args.Scope
	role, allowed, err := b.serviceRole("starter", "Starts the experiments that have a schedule", "scheduler.amazonaws.com", "",
		func() (iampolicy.Document, error) { return b.mayStart(), nil })
	if err != nil {
		return err
	}
	group, err := scheduler.NewScheduleGroup(b.ctx, b.name+"-schedules", &scheduler.ScheduleGroupArgs{
		Name: pulumi.String(s.Schedule("experiments")), Tags: b.tags("experiments"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	for _, e := range b.all {
		if e.Schedule == "" {
			continue
		}
		input := b.templates[e.Name].ID().ToStringOutput().ApplyT(func(id string) (string, error) {
			return fmt.Sprintf(`{"ClientToken":"<aws.scheduler.execution-id>","ExperimentTemplateId":%q}`, id), nil
		}).(pulumi.StringOutput)
		if _, err := scheduler.NewSchedule(b.ctx, b.name+"-"+e.Name+"-schedule", &scheduler.ScheduleArgs{
			Name: pulumi.String(s.Schedule("experiment-" + e.Name)), GroupName: group.Name, Description: pulumi.String(e.Title),
			ScheduleExpression: pulumi.String(e.Schedule),
			FlexibleTimeWindow: &scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
			Target: &scheduler.ScheduleTargetArgs{Arn: pulumi.String(starter), RoleArn: role.Arn, Input: input,
				RetryPolicy: &scheduler.ScheduleTargetRetryPolicyArgs{
					MaximumEventAgeInSeconds: pulumi.Int(300), MaximumRetryAttempts: pulumi.Int(2),
				}},
		}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}), pulumi.DeleteBeforeReplace(true))...); err != nil {
			return err
		}
	}
	return nil
}

// mayStart allows the home's own templates. The experiment that a start makes has no tags yet.
func (b *builder) mayStart() iampolicy.Document {
	s := b.args.Scope
	return iampolicy.Document{Statements: []iampolicy.Statement{
		iampolicy.Statement{Sid: "Templates", Actions: []string{"fis:StartExperiment"},
			Resources: []string{s.ARN("fis", "experiment-template/*")}}.
			With(iampolicy.Condition{Operator: "StringEquals", Key: "aws:ResourceTag/redoubt:system", Values: []string{s.System}}).
			With(iampolicy.Condition{Operator: "StringEquals", Key: "aws:ResourceTag/redoubt:home", Values: []string{string(s.Home)}}),
		{Sid: "Experiments", Actions: []string{"fis:StartExperiment"}, Resources: []string{s.ARN("fis", "experiment/*")}},
	}}
}
