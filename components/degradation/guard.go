package degradation

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appconfig"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// How a level spreads while all is calm: a fifth of those who ask every two minutes, then ten minutes in which the
// alarm still takes it back. A recovery has no such time, and its environment no alarm.
const (
	gradualMinutes = 10
	gradualShare   = 20
	bakeMinutes    = 10
)

// strategies declares the two ways to deploy.
func (b *builder) strategies() error {
	gradual, err := b.strategy("gradual", "A fifth of the agents' replicas at a time, watched for ten minutes more",
		gradualMinutes, gradualShare, bakeMinutes)
	if err != nil {
		return err
	}
	now, err := b.strategy("recovery", "Every replica at once: for recovery plans", 0, 100, 0)
	if err != nil {
		return err
	}
	b.component.GradualID, b.component.StrategyID = gradual.ID().ToStringOutput(), now.ID().ToStringOutput()
	return nil
}

func (b *builder) strategy(part, what string, minutes, share, bake int) (*appconfig.DeploymentStrategy, error) {
	return appconfig.NewDeploymentStrategy(b.ctx, b.name+"-"+part, &appconfig.DeploymentStrategyArgs{
		Name: pulumi.String(b.args.Scope.Flags(part)), Description: pulumi.String(what),
		DeploymentDurationInMinutes: pulumi.Int(minutes), GrowthFactor: pulumi.Float64(share),
		GrowthType: pulumi.String("LINEAR"), FinalBakeTimeInMinutes: pulumi.Int(bake), ReplicateTo: pulumi.String("NONE"),
	}, b.child()...)
}

// errorPercent is the share of failed requests at which a change of a level is taken back, in two of three minutes.
const errorPercent = 5

// AlarmName names the alarm that takes a gradual deployment back.
func AlarmName(s naming.Scope) string { return s.Alarm("levels") }

// guard declares the alarm, over what users see of this home, and the role with which AppConfig looks at it and at
// nothing else:
// https://docs.aws.amazon.com/appconfig/latest/userguide/getting-started-with-appconfig-cloudwatch-alarms-permissions.html
func (b *builder) guard() error {
	name := AlarmName(b.args.Scope)
	alarm, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-alarm", &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(name),
		AlarmDescription: pulumi.Sprintf("%d %% of the requests fail: AppConfig takes back the level that is being deployed",
			errorPercent),
		MetricQueries:      b.failed(),
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"), Threshold: pulumi.Float64(errorPercent),
		EvaluationPeriods: pulumi.Int(3), DatapointsToAlarm: pulumi.Int(2), TreatMissingData: pulumi.String("notBreaching"),
	}, b.child()...)
	if err != nil {
		return err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role("levels")),
		Description:      pulumi.Sprintf("AppConfig looks at the alarm %s", name),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust("appconfig.amazonaws.com").JSON()),
	}, b.child()...)
	if err != nil {
		return err
	}
	arn := b.args.Scope.ARN("cloudwatch", "alarm:"+name)
	look, err := iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid: "LookAtTheAlarm", Actions: []string{"cloudwatch:DescribeAlarms"}, Resources: []string{arn},
	}}}.Checked()
	if err != nil {
		return err
	}
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: pulumi.String(look),
	}, b.child()...)
	if err != nil {
		return err
	}
	b.monitors = appconfig.EnvironmentMonitorArray{appconfig.EnvironmentMonitorArgs{
		AlarmArn: pulumi.String(arn), AlarmRoleArn: role.Arn,
	}}
	b.guards = []pulumi.Resource{alarm, allowed}
	b.component.AlarmName = alarm.Name
	return nil
}

// failed is the share of requests that the agents behind the load balancer answered with a fault of theirs:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (b *builder) failed() cloudwatch.MetricAlarmMetricQueryArray {
	sum := func(id, metric string) cloudwatch.MetricAlarmMetricQueryArgs {
		return cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String(id), Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace: pulumi.String("AWS/ApplicationELB"), MetricName: pulumi.String(metric),
				Dimensions: pulumi.StringMap{"LoadBalancer": b.args.LoadBalancer},
				Period:     pulumi.Int(60), Stat: pulumi.String("Sum"),
			},
		}
	}
	return cloudwatch.MetricAlarmMetricQueryArray{
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String("share"), Expression: pulumi.String("100 * FILL(failed, 0) / asked"),
			Label: pulumi.String("failed requests, percent"), ReturnData: pulumi.Bool(true),
		},
		sum("failed", "HTTPCode_Target_5XX_Count"), sum("asked", "RequestCount"),
	}
}
