package arbiter

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/observe/settings"
)

// The smallest task that Fargate has:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
const cpu, memory = "256", "512"

// service declares the one task and what starts it anew.
func (b *builder) service(at place, logs *cloudwatch.LogGroup) error {
	start, startAllowed, err := b.role("start", "Starts the arbiter's observer", b.args.mayStart())
	if err != nil {
		return err
	}
	observe, observeAllowed, err := b.role("observe", "Observes the homes and judges", b.args.mayObserve())
	if err != nil {
		return err
	}
	name := pulumi.String(b.args.Scope.LocalTable(Name))
	cluster, err := ecs.NewCluster(b.ctx, b.name+"-cluster", &ecs.ClusterArgs{Name: name}, b.child()...)
	if err != nil {
		return err
	}
	containers, err := b.args.containers()
	if err != nil {
		return err
	}
	task, err := ecs.NewTaskDefinition(b.ctx, b.name+"-task", &ecs.TaskDefinitionArgs{
		Family: name, RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}), NetworkMode: pulumi.String("awsvpc"),
		Cpu: pulumi.String(cpu), Memory: pulumi.String(memory), ExecutionRoleArn: start.Arn, TaskRoleArn: observe.Arn,
		RuntimePlatform: &ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"), CpuArchitecture: pulumi.String("X86_64"),
		},
		ContainerDefinitions: pulumi.String(containers),
	}, b.child()...)
	if err != nil {
		return err
	}
	_, err = ecs.NewService(b.ctx, b.name+"-observer", &ecs.ServiceArgs{
		Name: name, Cluster: cluster.Arn, TaskDefinition: task.Arn, LaunchType: pulumi.String("FARGATE"),
		// One at a time: two would keep two stories of what one observer saw. The old one ends before the new one starts.
		DesiredCount: pulumi.Int(1), DeploymentMinimumHealthyPercent: pulumi.Int(0), DeploymentMaximumPercent: pulumi.Int(100),
		NetworkConfiguration: &ecs.ServiceNetworkConfigurationArgs{
			AssignPublicIp: pulumi.Bool(true), Subnets: at.subnets, SecurityGroups: pulumi.StringArray{at.group},
		},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{logs, startAllowed, observeAllowed}))...)
	return err
}

// role declares a role of ECS's tasks, and all that it may do.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func (b *builder) role(part, why string, may iampolicy.Document) (*iam.Role, *iam.RolePolicy, error) {
	s := b.args.Scope
	trust, err := iampolicy.Trust("ecs-tasks.amazonaws.com",
		iampolicy.SourceAccount(s.Account), iampolicy.SourceArn(s.ARN("ecs", "*"))).Checked()
	if err != nil {
		return nil, nil, err
	}
	allowed, err := may.Checked()
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-"+part, &iam.RoleArgs{
		Name: pulumi.String(s.Role(Name + "-" + part)), Description: pulumi.String(why), AssumeRolePolicy: pulumi.String(trust),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: pulumi.String(allowed),
	}, b.child()...)
	return role, policy, err
}

// containers is the task's one container, in the words of
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func (a Args) containers() (string, error) {
	raw, err := json.Marshal([]map[string]any{{
		"name": "observer", "image": a.Scope.Image(Image), "essential": true, "readonlyRootFilesystem": true,
		"environment": []map[string]string{
			{"name": "AWS_REGION", "value": a.Scope.Region}, {"name": settings.Variable, "value": a.Settings},
		},
		"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]string{
			"awslogs-group": a.logGroup(), "awslogs-region": a.Scope.Region, "awslogs-stream-prefix": "observer",
		}},
	}})
	return string(raw), err
}
